import { getEventListeners } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import { DeadlineError, withDeadline } from './deadline.js';

/** Settles only when its signal is aborted, with the signal's reason. */
const endless = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true }));

describe('withDeadline', () => {
  it('answers what was run, and leaves nothing behind', async () => {
    const controller = new AbortController();
    expect(await withDeadline(60_000, controller.signal, () => Promise.resolve('done'))).toBe('done');
    expect(getEventListeners(controller.signal, 'abort')).toHaveLength(0);
  });

  it('ends what takes too long, and says how long that was', async () => {
    await expect(withDeadline(20, undefined, endless)).rejects.toThrow(new DeadlineError(20));
  });

  it("ends with the caller's reason when the caller gives up", async () => {
    const controller = new AbortController();
    const reason = new Error('the lease is lost');
    const running = withDeadline(60_000, controller.signal, endless);
    controller.abort(reason);
    await expect(running).rejects.toBe(reason);
  });

  it('does not begin for a caller who has given up', async () => {
    let begun = false;
    const run = (): Promise<void> => {
      begun = true;
      return Promise.resolve();
    };
    await expect(withDeadline(60_000, AbortSignal.abort(), run)).rejects.toThrow('aborted');
    expect(begun).toBe(false);
  });
});
