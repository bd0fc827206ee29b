/**
 * How one attempt ended. `not-sent`: no connection, so the service knows nothing of it · `broken`: sent, but no whole answer
 * (reset, timeout), so it may have been done · `answered`: there is a status.
 */
export type AttemptOutcome =
  | { readonly kind: 'not-sent' }
  | { readonly kind: 'broken' }
  | { readonly kind: 'answered'; readonly status: number; readonly retryAfterMs: number | null };

export interface RetryLimits {
  /** Tries after the first one. */
  readonly retries: number;
  /** All tries and pauses together (milliseconds). */
  readonly retryWindowMs: number;
}

export interface AttemptHistory {
  /** Attempts that have ended, this one included. */
  readonly attempts: number;
  readonly elapsedMs: number;
  /** Doing it twice is as good as once. */
  readonly repeatable: boolean;
}

export type RetryPlan = { readonly kind: 'stop' } | { readonly kind: 'retry'; readonly afterMs: number };

const firstPauseMs = 250;
const longestPauseMs = 10_000;

/**
 * Whether to try again, and after how long. What may not be repeated is tried again only when the service cannot have done
 * it: no connection, or 429 (turned away at the door). `random` is 0…1: pauses are spread over the upper half of their
 * length, so that callers that failed together do not come back together.
 */
export function planRetry(outcome: AttemptOutcome, history: AttemptHistory, limits: RetryLimits, random: number): RetryPlan {
  if (history.attempts > limits.retries || !mayRepeat(outcome, history.repeatable)) return { kind: 'stop' };
  const grown = Math.min(firstPauseMs * 2 ** (history.attempts - 1), longestPauseMs);
  const asked = outcome.kind === 'answered' ? outcome.retryAfterMs : null;
  const afterMs = asked ?? grown * (0.5 + random / 2);
  return history.elapsedMs + afterMs < limits.retryWindowMs ? { kind: 'retry', afterMs } : { kind: 'stop' };
}

function mayRepeat(outcome: AttemptOutcome, repeatable: boolean): boolean {
  switch (outcome.kind) {
    case 'not-sent':
      return true;
    case 'broken':
      return repeatable;
    case 'answered':
      // 501 and 505 say that it will never work.
      return outcome.status === 429 || (repeatable && outcome.status >= 500 && outcome.status !== 501 && outcome.status !== 505);
  }
}

/** Reads Retry-After, seconds or an HTTP date; null when it says nothing usable. Milliseconds, never negative. */
export function retryAfterMs(header: string | undefined, now: Date): number | null {
  if (header === undefined || header.trim() === '') return null;
  const seconds = Number(header);
  if (Number.isFinite(seconds)) return Math.max(0, seconds * 1000);
  const date = Date.parse(header);
  return Number.isNaN(date) ? null : Math.max(0, date - now.getTime());
}
