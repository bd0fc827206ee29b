import type { OperationKind, OperationState } from '../../domain/operation-state.js';
import { operationEffects } from '../../domain/operation-effects.js';

/** What people can want of an operation besides retrying it. */
export type Verb = 'pause' | 'resume' | 'cancel';

export interface VerbTarget {
  readonly kind: OperationKind;
  readonly state: OperationState;
  readonly wish: 'pause' | 'cancel' | null;
}

/** What else there is about the same cluster. */
export interface Neighbours {
  /** A delete that has not ended. */
  readonly deleteIsDue: boolean;
  /** Kind and state of an operation that was asked for later, if there is one. */
  readonly newer: { readonly kind: string; readonly state: string } | null;
}

/** move: at once, nobody works at it · wish: the conductor does it at the end of its turn · nothing: it is so already. */
export type VerbPlan =
  | { readonly kind: 'move'; readonly to: 'paused' | 'queued' | 'cancelled' }
  | { readonly kind: 'wish'; readonly wish: 'pause' | 'cancel' | null }
  | { readonly kind: 'nothing' }
  | { readonly kind: 'refuse'; readonly because: string };

const refuse = (because: string): VerbPlan => ({ kind: 'refuse', because });

/** What a verb does to an operation as it stands; a refusal says what can be done instead. */
export function planVerb(verb: Verb, target: VerbTarget, neighbours: Neighbours): VerbPlan {
  const { kind, state } = target;
  const effect = operationEffects[kind];
  if (effect.paused === null || effect.cancelled === null) return refuse(`A ${kind} can be neither paused nor cancelled; ${wayOutOf(kind)}`);
  if (state === 'succeeded' || state === 'cancelled' || state === 'superseded') return refuse(`It has ended (${state}): there is nothing to ${verb}.`);
  switch (verb) {
    case 'pause':
      return planPause(target);
    case 'resume':
      return planResume(target, neighbours);
    case 'cancel':
      return planCancel(target, neighbours);
  }
}

function planPause({ state, wish }: VerbTarget): VerbPlan {
  switch (state) {
    case 'queued':
      return { kind: 'move', to: 'paused' };
    case 'running':
    case 'waiting':
      if (wish === 'cancel') return refuse('It is about to be cancelled: ask for what you want once it is.');
      return wish === 'pause' ? { kind: 'nothing' } : { kind: 'wish', wish: 'pause' };
    case 'paused':
      return { kind: 'nothing' };
    default:
      return refuse(`It has ${state}, so it does nothing just now: retry it, or cancel it to accept the cluster as it is.`);
  }
}

function planResume({ kind, state, wish }: VerbTarget, { deleteIsDue, newer }: Neighbours): VerbPlan {
  switch (state) {
    case 'paused':
      if (deleteIsDue) return refuse('The cluster is being deleted.');
      if (newer?.kind === kind && newer.state === 'queued') return refuse(`Another ${kind} waits already: it does what is wanted by now. Cancel this one.`);
      return { kind: 'move', to: 'queued' };
    case 'running':
    case 'waiting':
      if (wish === 'pause') return { kind: 'wish', wish: null };
      return refuse(`Only a paused operation can be resumed, and this one is ${state}.`);
    case 'failed':
      return refuse('It has failed: retry it instead.');
    default:
      return refuse(`Only a paused operation can be resumed, and this one is ${state}.`);
  }
}

function planCancel({ state, wish }: VerbTarget, { deleteIsDue, newer }: Neighbours): VerbPlan {
  switch (state) {
    case 'running':
    case 'waiting':
      return wish === 'cancel' ? { kind: 'nothing' } : { kind: 'wish', wish: 'cancel' };
    case 'failed':
      if (newer) return refuse(`A ${newer.kind} came after it (${newer.state}); its failure has no say any more.`);
      return { kind: 'move', to: 'cancelled' };
    case 'paused':
      return deleteIsDue ? refuse('The cluster is being deleted, which ends this operation too.') : { kind: 'move', to: 'cancelled' };
    default:
      return { kind: 'move', to: 'cancelled' };
  }
}

const wayOutOf = (kind: OperationKind): string =>
  kind === 'cluster-create' ? 'delete the cluster instead.' : 'it goes on by itself, or can be retried when it has failed.';
