import type { ClassifiedPod } from './classify-pods.js';
import type { EvictionOutcome } from './eviction.js';
import { podLabel, type Pod } from './pod.js';

export interface EvictedPod {
  readonly pod: Pod;
  readonly outcome: EvictionOutcome;
}

/** What one look at a node found and did. */
export interface DrainProgress {
  /** Pods that are still to go, for whatever reason; the node is drained when there is none. */
  readonly waitingFor: readonly PodWait[];
  /** Seconds that the API server asked us to leave it alone; null when it did not. */
  readonly retryAfterSeconds: number | null;
}

export interface PodWait {
  readonly pod: Pod;
  /** going: only time is needed · blocked: something has to happen in the cluster first · held, kept: a person decides. */
  readonly kind: 'going' | 'blocked' | 'held' | 'kept';
  readonly because: string;
  /** When its grace is over, by the cluster's clock; only for one that was seen to end. */
  readonly endsAt?: Date;
}

/** Puts together what was found and what evictions were answered. Pure. */
export function drainProgress(classified: readonly ClassifiedPod[], evictions: readonly EvictedPod[]): DrainProgress {
  const answered = new Map(evictions.map(({ pod, outcome }) => [pod.uid, outcome]));
  const waitingFor = classified.flatMap(({ pod, verdict }): PodWait[] => {
    switch (verdict.kind) {
      case 'stays':
        return [];
      case 'ending':
        return [{ pod, kind: 'going', because: `it ends by ${verdict.until.toISOString()}`, endsAt: verdict.until }];
      case 'held':
        return [{ pod, kind: 'held', because: verdict.because }];
      case 'kept':
        // Only by force it was asked all the same.
        return answered.has(pod.uid) ? waitFor(pod, answered.get(pod.uid)) : [{ pod, kind: 'kept', because: verdict.because }];
      case 'evict':
        return waitFor(pod, answered.get(pod.uid));
    }
  });
  const pauses = evictions.flatMap(({ outcome }) => (outcome.kind === 'blocked' && outcome.retryAfterSeconds !== null ? [outcome.retryAfterSeconds] : []));
  return { waitingFor, retryAfterSeconds: pauses.length > 0 ? Math.max(...pauses) : null };
}

function waitFor(pod: Pod, outcome: EvictionOutcome | undefined): PodWait[] {
  if (!outcome) return [{ pod, kind: 'going', because: 'its turn to be asked' }];
  switch (outcome.kind) {
    case 'gone':
      return [];
    case 'asked':
      return [{ pod, kind: 'going', because: 'it was asked to go' }];
    case 'blocked':
    case 'conflicting':
      return [{ pod, kind: 'blocked', because: outcome.because }];
  }
}

/** Those that need somebody or something first, then those that need only time. */
const order: readonly PodWait['kind'][] = ['held', 'kept', 'blocked', 'going'];

/** The first few pods that keep the node from being empty, and why: for the node's phase reason. */
export function explainDrain({ waitingFor }: DrainProgress, most = 3): string {
  const sorted = [...waitingFor].sort((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind));
  const shown = sorted.slice(0, most).map(({ pod, because }) => `pod ${podLabel(pod)} (${because})`);
  const more = sorted.length - shown.length;
  return shown.join(', ') + (more > 0 ? ` and ${more} more` : '');
}
