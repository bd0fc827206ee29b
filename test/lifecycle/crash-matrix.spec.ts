import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CrashWorld } from '../crash-matrix/crash-world.js';
import { runMatrix, type MatrixResult } from '../crash-matrix/matrix.js';
import { matrixOperations } from '../crash-matrix/operations.js';
import { wantedCrashEdge } from '../support/crash-edge.js';

/** Two processors, two worlds. */
const worldCount = 2;

describe('the crash matrix', () => {
  let worlds: CrashWorld[] = [];
  let results: MatrixResult[] = [];

  beforeAll(async () => {
    worlds = await Promise.all(Array.from({ length: worldCount }, () => CrashWorld.start()));
    results = await runMatrix(worlds, wantedCrashEdge);
    const lines = results.map(({ kind, edges, covered, cases, notRecurred }) => {
      const missed = notRecurred.map((edge) => `\n  did not recur: ${edge}`).join('');
      return `crash matrix: ${kind}: ${covered} of ${edges} edges covered in ${cases} cases${missed}`;
    });
    process.stdout.write(`${lines.join('\n')}\n`);
  }, 3_600_000);

  afterAll(async () => {
    await Promise.all(worlds.map((world) => world.stop()));
  }, 120_000);

  describe.each(matrixOperations)('$kind, its conductor killed at every request and turn boundary', ({ kind }) => {
    const result = (): MatrixResult => {
      const found = results.find((each) => each.kind === kind);
      if (!found) throw new Error(`${kind} was not run`);
      return found;
    };

    it('was held at every edge of a clean run that can be relied on to come again', () => {
      expect(result().uncovered).toEqual([]);
    });

    it('ends as if nothing had happened: the same rows, the same cloud, nothing made twice, nothing left', () => {
      expect(result().failures.join('\n')).toBe('');
    });
  });
});
