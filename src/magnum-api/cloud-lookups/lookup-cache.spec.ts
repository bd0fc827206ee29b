import { describe, expect, it } from '@jest/globals';
import { LookupCache } from './lookup-cache.js';

class BadToken extends Error {}

function setup(answers: (string | Error | undefined)[], keepMs = 60_000) {
  const clock = { now: 0, calls: 0 };
  const reads: string[] = [];
  const cache = new LookupCache({ keepMs, isAskersFault: (error) => error instanceof BadToken, onRead: (result) => reads.push(result), now: () => clock.now });
  const ask = async (): Promise<string | undefined> => {
    const answer = answers[clock.calls++];
    await Promise.resolve();
    if (answer instanceof Error) throw answer;
    return answer;
  };
  return { clock, reads, look: (project = 'p', name = 'n') => cache.find([project, 'glance', name], ask) };
}

describe('LookupCache', () => {
  it('asks once for concurrent look-ups and until the time is over', async () => {
    const { clock, reads, look } = setup(['a', 'b']);
    expect(await Promise.all([look(), look()])).toEqual(['a', 'a']);
    clock.now = 59_999;
    expect(await look()).toBe('a');
    clock.now = 60_000;
    expect(await look()).toBe('b');
    expect(reads).toEqual(['asked', 'shared', 'found', 'asked']);
  });

  it('keeps projects and names apart', async () => {
    const { look } = setup(['a', 'b', 'c']);
    expect([await look('p', 'n'), await look('q', 'n'), await look('p', 'm')]).toEqual(['a', 'b', 'c']);
  });

  it('does not remember that something is missing', async () => {
    const { look } = setup([undefined, 'there now']);
    expect(await look()).toBeUndefined();
    expect(await look()).toBe('there now');
  });

  it('tells a failure of the cloud to those who wait, and asks anew for who comes next', async () => {
    const { clock, look } = setup([new Error('down'), 'up again']);
    expect(await Promise.allSettled([look(), look(), look()])).toMatchObject([{ reason: { message: 'down' } }, { reason: { message: 'down' } }, { reason: { message: 'down' } }]);
    expect(clock.calls).toBe(1);
    expect(await look()).toBe('up again');
  });

  it('asks once more for all who waited with somebody whose token was bad', async () => {
    const { clock, look } = setup([new BadToken('expired'), 'a']);
    expect(await Promise.allSettled([look(), look(), look()])).toMatchObject([{ reason: { message: 'expired' } }, { value: 'a' }, { value: 'a' }]);
    expect(clock.calls).toBe(2);
  });

  it('keeps nothing when it is told to share concurrent questions only', async () => {
    const { look } = setup(['a', 'b'], 0);
    expect(await Promise.all([look(), look()])).toEqual(['a', 'a']);
    expect(await look()).toBe('b');
  });
});
