import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { exclusions, notReplayed } from './kubernetes/golden/exclusions.js';
import { recordingNames } from './kubernetes/golden/recording.js';
import type { Outcome } from './kubernetes/golden/replayer.js';
import { replayEverything } from './kubernetes/golden/scenario.js';
import { TestCluster } from './kubernetes/test-cluster.js';

/** Every recorded answer of a real API server against the simulated one: status, shape, and the codes and reasons in it. */
describe('recorded answers of a real Kubernetes API', () => {
  let cluster: TestCluster;
  let outcomes: Outcome[] = [];
  const used = new Set<number>();

  beforeAll(async () => {
    // Long enough to see pods terminating, short enough not to wait for them.
    cluster = await TestCluster.start('v1.20.2', { podGraceMillisecondsMax: 1_000 });
    outcomes = (await replayEverything(cluster)).outcomes;
  }, 120_000);
  afterAll(() => cluster.stop());

  const unexplained = ({ file, differences }: Outcome): string[] =>
    differences.filter((difference) => {
      const matching = exclusions.findIndex((exclusion) => exclusion.files.test(file) && exclusion.difference.test(difference));
      if (matching >= 0) used.add(matching);
      return matching < 0;
    });

  it('are answered alike', () => {
    const wrong = outcomes.map((outcome) => ({ file: outcome.file, differences: unexplained(outcome) })).filter(({ differences }) => differences.length > 0);
    console.log(`golden kubernetes: ${outcomes.length - wrong.length} of ${recordingNames().length} recordings match`);
    for (const { because, files, difference } of exclusions) console.log(`excluded ${String(difference)} in ${String(files)}: ${because}`);
    for (const [file, because] of Object.entries(notReplayed)) console.log(`not replayed ${file}: ${because}`);
    expect(wrong).toEqual([]);
  });

  it('are all replayed, but for those with a reason', () => {
    const replayed = new Set([...outcomes.map(({ file }) => file), ...Object.keys(notReplayed)]);
    expect(recordingNames().filter((name) => !replayed.has(name))).toEqual([]);
  });

  it('differ in nothing that is no longer excluded for a reason', () => {
    expect(exclusions.filter((_, index) => !used.has(index))).toEqual([]);
  });
});
