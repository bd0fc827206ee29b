import type { DrainPass } from '../../kubernetes/drain/drain-node.js';
import { explainDrain, type PodWait } from '../../kubernetes/drain/drain-progress.js';
import type { DrainSettings } from './drain-settings.js';
import { fencingWayOut, type FencingVerdict } from './fencing.js';

/** A pod that is still listed so long after its grace will not go by itself any more (milliseconds); only force goes on without it. */
const overdueMs = 60_000;

/** unreachable: nobody answered, which says nothing about pods. */
export type DrainView =
  | { readonly kind: 'unreachable'; readonly because: string }
  | { readonly kind: 'seen'; readonly pass: DrainPass; readonly machine: 'alive' | FencingVerdict };

export type DrainJudgement =
  | { readonly kind: 'drained'; readonly because: string | null }
  /** stuck: time alone does not help. */
  | { readonly kind: 'waiting'; readonly for: string; readonly isStuck: boolean }
  | { readonly kind: 'failed'; readonly because: string }
  | { readonly kind: 'skip'; readonly because: string };

export interface DrainClock {
  readonly now: Date;
  readonly deadline: Date;
}

/** Whether pods are to be deleted rather than asked. */
export const isForced = ({ policy }: Pick<DrainSettings, 'policy'>, { now, deadline }: DrainClock): boolean => policy === 'force' && now >= deadline;

/** What to make of a look at a node that is being emptied. Pure. */
export function judgeDrain(view: DrainView, settings: Pick<DrainSettings, 'policy' | 'timeoutSeconds'>, clock: DrainClock): DrainJudgement {
  // Without an answer the deadline means nothing either: pods that nobody sees may be running.
  if (view.kind === 'unreachable') return { kind: 'waiting', for: `the cluster's API, which cannot be reached: ${view.because}`, isStuck: true };
  const { pass, machine } = view;
  if (machine !== 'alive' && machine.kind === 'gone') return { kind: 'drained', because: machine.because };
  const force = isForced(settings, clock);
  const left = force && machine === 'alive' ? pass.waitingFor.filter((wait) => !isOverdue(wait, pass.clusterTime)) : pass.waitingFor;
  const hold = pass.node?.hold ?? null;
  if (hold === null && left.length === 0 && pass.attachedVolumes.length === 0) return { kind: 'drained', because: null };
  const reason = reasonOf({ ...pass, waitingFor: left }, machine);
  const isHeld = hold !== null || left.some(({ kind }) => kind === 'held');
  const isStuck = isHeld || machine !== 'alive' || left.some(({ kind }) => kind === 'kept' || kind === 'blocked');
  if (clock.now < clock.deadline) return { kind: 'waiting', for: reason, isStuck };
  const because = `it was not empty after ${settings.timeoutSeconds} s: ${reason}`;
  switch (settings.policy) {
    case 'fail':
      return { kind: 'failed', because };
    case 'skip-node':
      return { kind: 'skip', because };
    case 'force':
      return judgeForced({ left, isHeld, reason, because, machine });
  }
}

interface ForcedDrain {
  readonly left: readonly PodWait[];
  readonly isHeld: boolean;
  readonly reason: string;
  readonly because: string;
  readonly machine: 'alive' | FencingVerdict;
}

/** Force overrides budgets and policies, but neither a person's hold nor the safety of data. */
function judgeForced({ left, isHeld, reason, because, machine }: ForcedDrain): DrainJudgement {
  if (machine !== 'alive') return { kind: 'failed', because };
  if (left.some(({ kind }) => kind === 'going')) return { kind: 'waiting', for: `the end of what was forced to go: ${reason}`, isStuck: false };
  if (isHeld) return { kind: 'failed', because: `${because}; a hold is not overridden by force` };
  if (left.length > 0) return { kind: 'failed', because };
  return { kind: 'drained', because: `${reason}; they are let go with the server` };
}

const isOverdue = ({ endsAt }: PodWait, clusterTime: Date): boolean => endsAt !== undefined && clusterTime.getTime() - endsAt.getTime() > overdueMs;

function reasonOf(pass: DrainPass, machine: 'alive' | FencingVerdict): string {
  if (pass.node && pass.node.hold !== null) return `the hold on it to be lifted (${pass.node.hold})`;
  const pods = explainDrain(pass);
  const volumes = `${pass.attachedVolumes.length === 1 ? 'volume' : 'volumes'} ${pass.attachedVolumes.slice(0, 3).join(', ')} to be detached`;
  const rest = pods === '' ? volumes : pods;
  return machine === 'alive' ? rest : `its machine, which does not answer (${machine.because}; ${fencingWayOut}), and then ${rest}`;
}

/** How soon to look again when nothing wakes the operation (milliseconds): grows with the drain's age, and ends at its deadline. */
export function nextLookMs(
  { now, deadline }: DrainClock,
  cordonedAt: Date,
  { minSeconds, maxSeconds, retryAfterSeconds }: { readonly minSeconds: number; readonly maxSeconds: number; readonly retryAfterSeconds: number | null },
): number {
  const ageSeconds = (now.getTime() - cordonedAt.getTime()) / 1000;
  const pauseMs = 1000 * Math.max(minSeconds, Math.min(maxSeconds, ageSeconds / 10), retryAfterSeconds ?? 0);
  const leftMs = deadline.getTime() - now.getTime();
  return Math.round(leftMs > 0 ? Math.min(pauseMs, Math.max(leftMs, minSeconds * 1000)) : pauseMs);
}
