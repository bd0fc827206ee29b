import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import { until } from '../../test/support/until.js';
import { ClusterNews } from './cluster-news.js';

/** A stream that a test feeds; it ends when the reader gives up. */
async function* feed(parts: readonly Promise<string>[], signal: AbortSignal): AsyncGenerator<string> {
  for (const part of parts) yield part;
  await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
}

describe('ClusterNews', () => {
  let news: ClusterNews | undefined;
  afterEach(() => news?.close());

  async function millisecondsOf(work: Promise<void>): Promise<number> {
    const started = performance.now();
    await work;
    return performance.now() - started;
  }

  it('wakes up when the stream says something', async () => {
    const event = pause(80, 'data: {}');
    news = new ClusterNews({ open: (signal) => Promise.resolve(feed([event], signal)), lookEveryMs: 20_000, lookAnywayMs: 20_000 });
    expect(await millisecondsOf(news.next())).toBeLessThan(5_000);
  });

  it('looks by the clock when there is no stream', async () => {
    news = new ClusterNews({ open: () => Promise.reject(new Error('404')), lookEveryMs: 150, lookAnywayMs: 20_000 });
    const waited = await millisecondsOf(news.next());
    expect(waited).toBeGreaterThanOrEqual(150);
    expect(waited).toBeLessThan(5_000);
  });

  it('opens the stream again when it ended', async () => {
    const signals: AbortSignal[] = [];
    const open = async function* (signal: AbortSignal): AsyncGenerator<string> {
      signals.push(signal);
      if (signals.length > 1) yield* feed([Promise.resolve('data: {}')], signal);
    };
    news = new ClusterNews({ open: (signal) => Promise.resolve(open(signal)), lookEveryMs: 100, lookAnywayMs: 100 });
    await until(() => signals.length === 2, { what: 'the second opening' });
    await news.next();
    expect(signals).toHaveLength(2);
  });
});
