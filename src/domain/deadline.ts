/** What was waited for did not come in time. */
export class DeadlineError extends Error {
  constructor(readonly timeoutMs: number) {
    super(`no whole answer within ${timeoutMs / 1000} s`);
    this.name = 'DeadlineError';
  }
}

/** Waits so long for something, then does without it: answers what `late` answers, or throws what it throws. The work goes on. */
export async function patiently<Result>(patienceMs: number, work: Promise<Result>, late: (patienceMs: number) => Result): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const tooLong = new Promise<Result>((resolve, reject) => {
    timer = setTimeout(() => {
      try {
        resolve(late(patienceMs));
      } catch (error) {
        reject(error instanceof Error ? error : new Error(String(error)));
      }
    }, patienceMs);
  });
  try {
    return await Promise.race([work, tooLong]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Runs something with a signal that is aborted by the caller's signal (with its reason) or after `timeoutMs` (with a
 * DeadlineError). By hand, because AbortSignal.any keeps what it made alive for as long as a source lives.
 */
export async function withDeadline<Result>(
  timeoutMs: number,
  signal: AbortSignal | undefined,
  run: (deadline: AbortSignal) => Promise<Result>,
): Promise<Result> {
  signal?.throwIfAborted();
  const controller = new AbortController();
  const onAbort = (): void => controller.abort(signal?.reason);
  const timer = setTimeout(() => controller.abort(new DeadlineError(timeoutMs)), timeoutMs);
  signal?.addEventListener('abort', onAbort, { once: true });
  try {
    return await run(controller.signal);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', onAbort);
  }
}
