import { describe, expect, it } from '@jest/globals';
import { walk } from './walk.js';

const graph = (needs: Record<string, string[]>): Map<string, Set<string>> => new Map(Object.entries(needs).map(([key, others]) => [key, new Set(others)]));

/** Work that ends when the test says so. */
class Bench {
  readonly begun: string[] = [];
  private readonly ends = new Map<string, { finish: () => void; fail: (error: Error) => void }>();

  readonly work = (key: string): Promise<void> => {
    this.begun.push(key);
    return new Promise((finish, fail) => this.ends.set(key, { finish, fail }));
  };

  async finish(key: string): Promise<void> {
    this.ends.get(key)?.finish();
    await new Promise(setImmediate);
  }

  async fail(key: string): Promise<void> {
    this.ends.get(key)?.fail(new Error(`${key} failed`));
    await new Promise(setImmediate);
  }
}

describe('walk', () => {
  it('begins what needs nothing side by side, the rest when its needs are done', async () => {
    const bench = new Bench();
    const { finished } = walk(graph({ net: [], group: [], subnet: ['net'], port: ['subnet', 'group'] }), bench.work);
    expect(bench.begun).toEqual(['net', 'group']);
    await bench.finish('net');
    expect(bench.begun).toEqual(['net', 'group', 'subnet']);
    await bench.finish('subnet');
    expect(bench.begun).toHaveLength(3);
    await bench.finish('group');
    expect(bench.begun).toEqual(['net', 'group', 'subnet', 'port']);
    await bench.finish('port');
    await expect(finished).resolves.toBeUndefined();
  });

  it('tells of a failure at once, begins nothing new and settles when the rest has ended', async () => {
    const bench = new Bench();
    const { finished, settled } = walk(graph({ a: [], b: [], c: ['b'] }), bench.work);
    const failure = expect(finished).rejects.toThrow('a failed');
    let isSettled = false;
    void settled.then(() => (isSettled = true));
    await bench.fail('a');
    await failure;
    expect(isSettled).toBe(false);
    await bench.finish('b');
    expect({ begun: bench.begun, isSettled }).toEqual({ begun: ['a', 'b'], isSettled: true });
  });

  it('ends at once when there is nothing to do', async () => {
    await expect(walk(graph({}), () => Promise.reject(new Error('nothing'))).finished).resolves.toBeUndefined();
  });

  it('is not held up by a circle or by a need that is not there', async () => {
    const done: string[] = [];
    await walk(graph({ a: ['b'], b: ['a'], c: ['elsewhere'] }), (key) => Promise.resolve(void done.push(key))).finished;
    expect(done.sort()).toEqual(['a', 'b', 'c']);
  });
});
