import { getEventListeners } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import { DeadlineError, patiently, withDeadline } from './deadline.js';

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

describe('patiently', () => {
  const never = new Promise<string>(() => undefined);

  it('answers what came in time', async () => {
    expect(await patiently(60_000, Promise.resolve('in time'), () => 'late')).toBe('in time');
  });

  it('passes on a failure that came in time', async () => {
    const failure = new Error('broken');
    await expect(patiently(60_000, Promise.reject(failure), () => 'late')).rejects.toBe(failure);
  });

  it('does without what is late, and says how long it waited', async () => {
    expect(await patiently(20, never, (ms) => `nothing within ${ms} ms`)).toBe('nothing within 20 ms');
  });

  it('fails as it is told to', async () => {
    const failure = new Error('too late');
    const late = (): never => {
      throw failure;
    };
    await expect(patiently(20, never, late)).rejects.toBe(failure);
  });
});
