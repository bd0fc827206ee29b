import { describe, expect, it } from '@jest/globals';
import { LookupCache } from './lookup-cache.js';

function setup(answers: (string | undefined)[]) {
  const clock = { now: 0, calls: 0 };
  const cache = new LookupCache(60_000, () => clock.now);
  const ask = () => Promise.resolve(answers[clock.calls++]);
  return { clock, look: (project = 'p', name = 'n') => cache.find([project, 'glance', name], ask) };
}

describe('LookupCache', () => {
  it('asks once for concurrent look-ups and until the time is over', async () => {
    const { clock, look } = setup(['a', 'b']);
    expect(await Promise.all([look(), look()])).toEqual(['a', 'a']);
    clock.now = 59_999;
    expect(await look()).toBe('a');
    clock.now = 60_000;
    expect(await look()).toBe('b');
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
});
