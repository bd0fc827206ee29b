/** What a lifecycle operation is doing (queued → running ⇄ waiting → an end; paused is resumable). */
export type OperationState = 'queued' | 'running' | 'waiting' | 'paused' | 'succeeded' | 'failed' | 'cancelled' | 'superseded';

export type OperationKind = 'cluster-create' | 'cluster-delete' | 'cluster-resize' | 'node-replace' | 'nodegroup-create' | 'nodegroup-update' | 'nodegroup-delete' | 'cluster-upgrade';

const successors: Record<OperationState, readonly OperationState[]> = {
  queued: ['running', 'paused', 'cancelled', 'superseded'],
  running: ['running', 'waiting', 'paused', 'succeeded', 'failed', 'cancelled', 'superseded'],
  waiting: ['running', 'waiting', 'paused', 'succeeded', 'failed', 'cancelled', 'superseded'],
  paused: ['queued', 'cancelled', 'superseded'],
  succeeded: [],
  failed: ['queued', 'cancelled', 'superseded'],
  cancelled: [],
  superseded: [],
};

export const operationStates = Object.keys(successors) as readonly OperationState[];

export const operationKinds: readonly OperationKind[] = ['cluster-create', 'cluster-delete', 'cluster-resize', 'node-replace', 'nodegroup-create', 'nodegroup-update', 'nodegroup-delete', 'cluster-upgrade'];

export const initialOperationState: OperationState = 'queued';

export const canMove = (from: OperationState, to: OperationState): boolean => successors[from].includes(to);

/** Nothing changes it any more, except that a failed one may be retried, or accepted as it is (cancelled). */
export const hasEnded = (state: OperationState): boolean => ['succeeded', 'failed', 'cancelled', 'superseded'].includes(state);

/** Holds the cluster: at most one such operation a cluster, guarded by a partial unique index. */
export const isActive = (state: OperationState): boolean => state === 'running' || state === 'waiting';
