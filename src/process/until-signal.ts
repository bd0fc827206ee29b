import type { Logger } from 'pino';

export type Closer = () => Promise<void>;

/**
 * Waits for SIGTERM or SIGINT (or, for a child of `npm start`, for the end of its parent), closes stage by stage, and exits: 0
 * when everything ended, 1 when it did not within the grace, when something could not be closed, and at a second signal. What
 * is cut is safe to lose: every write is one transaction, and the next process repeats the turn once its lease is over.
 */
export async function untilSignal(log: Logger, graceSeconds: number, stages: readonly (readonly Closer[])[]): Promise<never> {
  const cause = await firstCause();
  log.info({ message: 'Stopping', cause, graceSeconds });
  const giveUp = (because: string): never => {
    log.warn({ message: 'Not everything has ended; exiting', because });
    process.exit(1);
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => giveUp(`a second signal (${signal})`));
  setTimeout(() => giveUp(`the grace of ${graceSeconds} s is over`), graceSeconds * 1000).unref();
  let failed = false;
  for (const closers of stages) {
    for (const outcome of await Promise.allSettled(closers.map((close) => close()))) {
      if (outcome.status === 'fulfilled') continue;
      failed = true;
      log.error({ message: 'Something could not be closed', err: outcome.reason as unknown });
    }
  }
  log.info({ message: 'Stopped' });
  process.exit(failed ? 1 : 0);
}

function firstCause(): Promise<string> {
  return new Promise((resolve) => {
    process.once('SIGTERM', resolve);
    process.once('SIGINT', resolve);
    // Only whoever was started with a channel to its parent has one; it closes however the parent ends.
    if (process.send === undefined) return;
    if (process.connected) process.once('disconnect', () => resolve('the launcher has ended'));
    else resolve('the launcher has ended');
  });
}
