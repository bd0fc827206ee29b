import type { Logger } from 'pino';

/**
 * Waits for SIGTERM or SIGINT, closes in order, and exits. What does not end within the grace is cut: every write is safe
 * to lose, because the next process repeats the turn.
 */
export async function untilSignal(log: Logger, graceSeconds: number, closers: readonly (() => Promise<void>)[]): Promise<never> {
  const signal = await new Promise<NodeJS.Signals>((resolve) => {
    process.once('SIGTERM', resolve);
    process.once('SIGINT', resolve);
  });
  log.info({ message: 'Stopping', signal });
  const timer = setTimeout(() => {
    log.warn({ message: 'Not everything ended within the grace; exiting', graceSeconds });
    process.exit(1);
  }, graceSeconds * 1000);
  timer.unref();
  for (const close of closers) await close();
  log.info({ message: 'Stopped' });
  process.exit(0);
}
