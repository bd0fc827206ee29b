import { describe, expect, it } from '@jest/globals';
import { growingPauseMs, minutes, nextMove, type Operation } from './operation.js';

const operation: Operation<null> = {
  kind: 'cluster-create',
  steps: [
    { name: 'first', timeoutMs: minutes(1), run: () => Promise.resolve({ kind: 'done' }) },
    { name: 'last', timeoutMs: minutes(1), run: () => Promise.resolve({ kind: 'done' }) },
  ],
  succeeded: () => Promise.resolve(),
  failed: () => Promise.resolve(),
};
const entered = new Date('2026-01-01T00:00:00Z');
const after = (milliseconds: number): Date => new Date(entered.getTime() + milliseconds);
const waiting = { kind: 'waiting', for: 'a server', recheckAfterMs: 1000 } as const;

describe('nextMove', () => {
  it.each([
    { when: 'a step is done', step: 'first', result: { kind: 'done' } as const, then: { kind: 'enter', step: 'last' } },
    { when: 'the last step is done', step: 'last', result: { kind: 'done' } as const, then: { kind: 'finish' } },
    { when: 'a step waits', step: 'first', result: waiting, then: { kind: 'recheck', for: 'a server', afterMs: 1000 } },
    { when: 'a step failed', step: 'last', result: { kind: 'failed', because: 'no room' } as const, then: { kind: 'fail', because: 'no room' } },
  ])('answers $then.kind when $when', ({ step, result, then }) => {
    expect(nextMove(operation, { step, enteredAt: entered }, result, after(10), null)).toEqual(then);
  });

  it('fails a step that waits longer than its timeout, and says for what', () => {
    const move = nextMove(operation, { step: 'first', enteredAt: entered }, waiting, after(minutes(1)), null);
    expect(move).toEqual({ kind: 'fail', because: 'Step first did not end within 60 s; it was waiting for a server. Remove the cause, then retry the operation or delete the cluster' });
  });

  it('fails a wait beyond the deadline of the whole operation, and lets a step that is done go on', () => {
    const cursor = { step: 'first', enteredAt: entered };
    expect(nextMove(operation, cursor, waiting, after(10), after(5)).kind).toBe('fail');
    expect(nextMove(operation, cursor, { kind: 'done' }, after(10), after(5)).kind).toBe('enter');
  });

  it('refuses a cursor that the operation does not know', () => {
    expect(() => nextMove(operation, { step: 'gone', enteredAt: entered }, { kind: 'done' }, after(1), null)).toThrow('no step gone');
  });
});

describe('growingPauseMs', () => {
  it('stays short at first, grows, and ends at the longest', () => {
    const range = { minSeconds: 1, maxSeconds: 15 };
    expect([0, 1, 2, 3, 4, 6, 20].map((turns) => growingPauseMs(turns, range))).toEqual([1000, 1000, 1000, 1000, 1500, 3375, 15000]);
  });
});
