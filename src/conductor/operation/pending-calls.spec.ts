import { beforeEach, describe, expect, it } from '@jest/globals';
import { PendingCalls } from './pending-calls.js';

let now: number;
let calls: PendingCalls;
beforeEach(() => {
  now = 0;
  calls = new PendingCalls(() => now);
});
const attempt = { service: 'heat', call: 'POST cloud:8004/v1/stacks' } as const;

describe('PendingCalls', () => {
  it('says nothing of calls that are answered soon', () => {
    const ended = calls.begin(attempt);
    now = 4_999;
    expect(calls.reason(5_000)).toBeUndefined();
    ended(null);
    now = 60_000;
    expect(calls.reason(5_000)).toBeUndefined();
  });

  it('names the service that does not answer', () => {
    calls.begin({ service: 'nova', call: 'GET cloud:8774/servers' })(null);
    calls.begin(attempt);
    now = 5_000;
    expect(calls.reason(5_000)).toBe('heat, which does not answer to POST cloud:8004/v1/stacks so far');
  });

  it('names what the last attempt met, until one comes to something', () => {
    calls.begin(attempt)('heat answered 503');
    expect(calls.reason(5_000)).toBe('another try: heat answered 503');
    const second = calls.begin(attempt);
    now = 6_000;
    expect(calls.reason(5_000)).toBe('another try: heat answered 503');
    second(null);
    expect(calls.reason(5_000)).toBeUndefined();
  });
});
