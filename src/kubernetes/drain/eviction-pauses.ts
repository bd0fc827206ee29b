import type { EvictionOutcome } from './eviction.js';

/** After a budget forbade an eviction: 1 s, then twice as long each time, up to 10 s (milliseconds). */
const firstPauseMs = 1_000;
const longestPauseMs = 10_000;

/** Several budgets on a pod: only a person changes that (milliseconds). */
const conflictPauseMs = 30_000;

/** Entries of pods that nobody asked for so long are forgotten (milliseconds). */
const keptMs = 10 * 60_000;

interface Pause {
  readonly outcome: EvictionOutcome;
  readonly tries: number;
  readonly until: number;
}

/**
 * When each pod whose eviction was refused may be asked again, however often its drain looks meanwhile. In memory only: after a
 * restart everybody may be asked once, which does no harm. Times are milliseconds of any one clock.
 */
export class EvictionPauses {
  private readonly pauses = new Map<string, Pause>();

  /** What the pod's eviction was last answered, while it is not to be asked again; undefined when it may be asked. */
  answerOf(podUid: string, now: number): EvictionOutcome | undefined {
    const pause = this.pauses.get(podUid);
    return pause && now < pause.until ? pause.outcome : undefined;
  }

  note(podUid: string, outcome: EvictionOutcome, now: number): void {
    const tries = (this.pauses.get(podUid)?.tries ?? 0) + 1;
    this.pauses.delete(podUid);
    for (const [uid, { until }] of this.pauses) if (until + keptMs < now) this.pauses.delete(uid);
    const pauseMs = pauseAfter(outcome, tries);
    if (pauseMs > 0) this.pauses.set(podUid, { outcome, tries, until: now + pauseMs });
  }

  /** Milliseconds until the first of these pods may be asked again; null when none is paused. */
  shortestPause(podUids: readonly string[], now: number): number | null {
    const pauses = podUids.flatMap((uid) => {
      const until = this.pauses.get(uid)?.until ?? 0;
      return until > now ? [until - now] : [];
    });
    return pauses.length > 0 ? Math.min(...pauses) : null;
  }
}

function pauseAfter(outcome: EvictionOutcome, tries: number): number {
  switch (outcome.kind) {
    case 'asked':
    case 'gone':
      return 0;
    case 'conflicting':
      return conflictPauseMs;
    case 'blocked':
      return outcome.retryAfterSeconds === null ? Math.min(longestPauseMs, firstPauseMs * 2 ** (tries - 1)) : outcome.retryAfterSeconds * 1000;
  }
}
