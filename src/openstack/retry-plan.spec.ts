import { describe, expect, it } from '@jest/globals';
import { planRetry, retryAfterMs, type AttemptOutcome } from './retry-plan.js';

const limits = { retries: 5, retryWindowMs: 60_000 };
const first = { attempts: 1, elapsedMs: 0 };
const answered = (status: number, retryAfter: number | null = null): AttemptOutcome => ({ kind: 'answered', status, retryAfterMs: retryAfter });

describe('planRetry', () => {
  it.each<[string, AttemptOutcome, boolean, boolean]>([
    ['no connection', { kind: 'not-sent' }, true, true],
    ['a broken connection', { kind: 'broken' }, true, false],
    ['429', answered(429), true, true],
    ['500', answered(500), true, false],
    ['503', answered(503), true, false],
    ['504', answered(504), true, false],
    ['501', answered(501), false, false],
    ['200', answered(200), false, false],
    ['302', answered(302), false, false],
    ['400', answered(400), false, false],
    ['401', answered(401), false, false],
    ['409', answered(409), false, false],
  ])('after %s', (_, outcome, repeatable, notRepeatable) => {
    expect(planRetry(outcome, { ...first, repeatable: true }, limits, 0).kind).toBe(repeatable ? 'retry' : 'stop');
    expect(planRetry(outcome, { ...first, repeatable: false }, limits, 0).kind).toBe(notRepeatable ? 'retry' : 'stop');
  });

  it('pauses longer each time, up to ten seconds', () => {
    const pauses = [1, 2, 3, 4, 5, 20].map((attempts) => planRetry({ kind: 'broken' }, { attempts, elapsedMs: 0, repeatable: true }, { ...limits, retries: 50 }, 1));
    expect(pauses).toEqual([250, 500, 1000, 2000, 4000, 10_000].map((afterMs) => ({ kind: 'retry', afterMs })));
  });

  it('spreads pauses over the upper half of their length', () => {
    expect(planRetry({ kind: 'broken' }, { ...first, repeatable: true }, limits, 0)).toEqual({ kind: 'retry', afterMs: 125 });
  });

  it('waits as long as it was asked to', () => {
    expect(planRetry(answered(503, 7_000), { ...first, repeatable: true }, limits, 0.5)).toEqual({ kind: 'retry', afterMs: 7_000 });
  });

  it('stops after the last retry, and when the window would be over', () => {
    expect(planRetry({ kind: 'broken' }, { attempts: 6, elapsedMs: 0, repeatable: true }, limits, 0).kind).toBe('stop');
    expect(planRetry({ kind: 'broken' }, { attempts: 1, elapsedMs: 59_999, repeatable: true }, limits, 0).kind).toBe('stop');
    expect(planRetry(answered(429, 60_000), { ...first, repeatable: true }, limits, 0).kind).toBe('stop');
  });
});

describe('retryAfterMs', () => {
  const now = new Date('2026-03-01T12:00:00Z');
  it.each([
    ['seconds', '3', 3000],
    ['a date', 'Sun, 01 Mar 2026 12:00:05 GMT', 5000],
    ['a date that is over', 'Sun, 01 Mar 2026 11:00:00 GMT', 0],
    ['nothing', undefined, null],
    ['an empty header', ' ', null],
    ['something else', 'soon', null],
  ])('reads %s', (_, header, milliseconds) => {
    expect(retryAfterMs(header, now)).toBe(milliseconds);
  });
});
