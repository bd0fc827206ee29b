import { describe, expect, it } from '@jest/globals';
import { failed, growingPauseMs, minutes, nextMove, wayOut, type Operation } from './operation.js';

const operation: Operation<null> = {
  kind: 'cluster-create',
  steps: [
    { name: 'first', timeoutMs: (times) => minutes(times.STEP_TIMEOUT_MINUTES), run: () => Promise.resolve({ kind: 'done' }) },
    { name: 'last', timeoutMs: (times) => minutes(times.STEP_TIMEOUT_MINUTES), run: () => Promise.resolve({ kind: 'done' }) },
  ],
  succeeded: () => Promise.resolve(),
  failed: () => Promise.resolve(),
};
const times = { STEP_TIMEOUT_MINUTES: 1, NODES_TIMEOUT_MINUTES: 4, DELETE_TIMEOUT_MINUTES: 1, PUBLISH_MEMBERS_MINUTES: 1 };
const entered = new Date('2026-01-01T00:00:00Z');
const after = (milliseconds: number): Date => new Date(entered.getTime() + milliseconds);
const waiting = { kind: 'waiting', for: 'a server', recheckAfterMs: 1000 } as const;

describe('nextMove', () => {
  it.each([
    { when: 'a step is done', step: 'first', result: { kind: 'done' } as const, then: { kind: 'enter', step: 'last' } },
    { when: 'the last step is done', step: 'last', result: { kind: 'done' } as const, then: { kind: 'finish' } },
    { when: 'a step waits', step: 'first', result: waiting, then: { kind: 'recheck', for: 'a server', afterMs: 1000 } },
    { when: 'a step rests', step: 'first', result: { kind: 'halted', because: 'no good' } as const, then: { kind: 'stop', wish: 'pause', because: 'no good' } },
    { when: 'a step failed', step: 'last', result: { kind: 'failed', because: 'no room' } as const, then: { kind: 'fail', because: 'no room' } },
  ])('answers $then.kind when $when', ({ step, result, then }) => {
    expect(nextMove(operation, { step, enteredAt: entered }, result, { now: after(10), deadlineAt: null, times })).toEqual(then);
  });

  it('fails a step that waits longer than its timeout, and says for what', () => {
    const move = nextMove(operation, { step: 'first', enteredAt: entered }, waiting, { now: after(minutes(1)), deadlineAt: null, times });
    expect(move).toEqual({ kind: 'fail', because: 'Step first did not end within 60 s; it was waiting for a server. Remove the cause, then retry the operation or delete the cluster' });
  });

  it('fails a wait beyond the deadline of the whole operation, and lets a step that is done go on', () => {
    const cursor = { step: 'first', enteredAt: entered };
    expect(nextMove(operation, cursor, waiting, { now: after(10), deadlineAt: after(5), times }).kind).toBe('fail');
    expect(nextMove(operation, cursor, { kind: 'done' }, { now: after(10), deadlineAt: after(5), times }).kind).toBe('enter');
  });

  it('refuses a cursor that the operation does not know', () => {
    expect(() => nextMove(operation, { step: 'gone', enteredAt: entered }, { kind: 'done' }, { now: after(1), deadlineAt: null, times })).toThrow('no step gone');
  });
});

describe('failed', () => {
  it.each(['no room', 'no room.', 'no room. '])('says the reason, then the way out once: %p', (reason) => {
    expect(failed(reason)).toEqual({ kind: 'failed', because: `no room. ${wayOut}` });
  });
});

describe('growingPauseMs', () => {
  it('stays short at first, grows, and ends at the longest', () => {
    const range = { minSeconds: 1, maxSeconds: 15 };
    expect([0, 1, 2, 3, 4, 6, 20].map((turns) => growingPauseMs(turns, range))).toEqual([1000, 1000, 1000, 1000, 1500, 3375, 15000]);
  });
});
