import { describe, expect, it } from '@jest/globals';
import { knownSeeds } from './known-seeds.js';
import { describeViolation, runSeeds, runSeedsInParallel } from './run-seeds.js';

/** Every run of CI walks the same ones; `npm run bench -- seeds` takes any others. */
const count = Number(process.env['JEROBOAM_TEST_SEEDS'] ?? 1_000);
const seeds = Array.from({ length: count }, (_, index) => index + 1);

describe('whole installations under virtual time', () => {
  it('does the same for the same seed, whatever ran before it', async () => {
    const some = [3, 8, 14, 21];
    const [forwards, backwards] = await Promise.all([runSeeds(some), runSeeds([...some].reverse())]);
    const digests = (reports: typeof forwards): object => Object.fromEntries(reports.map(({ seed, digest }) => [seed, digest]));
    expect(digests(forwards)).toEqual(digests(backwards));
    // Other seeds do other things.
    expect(new Set(forwards.map(({ digest }) => digest)).size).toBe(some.length);
  }, 600_000);

  it(`holds every invariant in ${count} seeds, and everything asked for comes about`, async () => {
    const all = [...new Set([...knownSeeds.map(({ seed }) => seed), ...seeds])];
    const reports = await runSeedsInParallel(all, 2);
    const violated = reports.filter(({ violation }) => violation !== undefined);
    expect(violated.map(describeViolation).slice(0, 5)).toEqual([]);
    expect(reports).toHaveLength(all.length);
  }, 2_400_000);
});
