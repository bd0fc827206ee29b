import { describe, expect, it } from '@jest/globals';
import { EvictionPauses } from './eviction-pauses.js';
import type { EvictionOutcome } from './eviction.js';

const blocked = (retryAfterSeconds: number | null = null): EvictionOutcome => ({ kind: 'blocked', because: 'budget web', retryAfterSeconds });
const conflicting: EvictionOutcome = { kind: 'conflicting', because: 'two budgets' };

/** Milliseconds from the last of these answers until the pod may be asked again. */
function pauseAfter(...outcomes: EvictionOutcome[]): number {
  const pauses = new EvictionPauses();
  for (const outcome of outcomes) pauses.note('pod', outcome, 1_000);
  return pauses.shortestPause(['pod', 'other'], 1_000) ?? 0;
}

describe('how long a pod is left alone after its eviction was refused', () => {
  it.each([
    { after: 'it was asked', outcomes: [{ kind: 'asked' } as const], pause: 0 },
    { after: 'a budget forbade it', outcomes: [blocked()], pause: 1_000 },
    { after: 'a budget forbade it three times', outcomes: [blocked(), blocked(), blocked()], pause: 4_000 },
    { after: 'a budget forbade it for long', outcomes: Array<EvictionOutcome>(9).fill(blocked()), pause: 10_000 },
    { after: 'the server said how long', outcomes: [blocked(), blocked(7)], pause: 7_000 },
    { after: 'several budgets were found', outcomes: [conflicting], pause: 30_000 },
    { after: 'it was refused, then asked', outcomes: [blocked(), { kind: 'asked' } as const], pause: 0 },
  ])('$pause ms when $after', ({ outcomes, pause }) => {
    expect(pauseAfter(...outcomes)).toBe(pause);
  });

  it('keeps what was answered until the pause is over', () => {
    const pauses = new EvictionPauses();
    pauses.note('pod', blocked(2), 0);
    expect(pauses.answerOf('pod', 1_999)).toEqual(blocked(2));
    expect(pauses.answerOf('pod', 2_000)).toBeUndefined();
    expect(pauses.answerOf('other', 0)).toBeUndefined();
  });
});
