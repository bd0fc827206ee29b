import { expect, it } from '@jest/globals';
import { RateLimit } from './rate-limit.js';

it('lets a burst through, then as many as come with time, each key by itself', () => {
  const clock = { now: 0 };
  const limit = new RateLimit(3, () => clock.now);
  expect([1, 2, 3, 4].map(() => limit.secondsToWait('a'))).toEqual([0, 0, 0, 20]);
  expect(limit.secondsToWait('b')).toBe(0);
  clock.now = 19_000;
  expect(limit.secondsToWait('a')).toBe(1);
  clock.now = 20_000;
  expect(limit.secondsToWait('a')).toBe(0);
  expect(limit.secondsToWait('a')).toBe(20);
});
