/** What a lifecycle operation is doing (queued → running ⇄ waiting → an end; paused is resumable). */
export type OperationState = 'queued' | 'running' | 'waiting' | 'paused' | 'succeeded' | 'failed' | 'cancelled' | 'superseded';

export type OperationKind = 'cluster-create' | 'cluster-delete';

const successors: Record<OperationState, readonly OperationState[]> = {
  queued: ['running', 'cancelled', 'superseded'],
  running: ['running', 'waiting', 'paused', 'succeeded', 'failed', 'cancelled', 'superseded'],
  waiting: ['running', 'waiting', 'paused', 'succeeded', 'failed', 'cancelled', 'superseded'],
  paused: ['queued', 'cancelled', 'superseded'],
  succeeded: [],
  failed: ['queued', 'superseded'],
  cancelled: [],
  superseded: [],
};

export const operationStates = Object.keys(successors) as readonly OperationState[];

export const canMove = (from: OperationState, to: OperationState): boolean => successors[from].includes(to);

/** Holds the cluster: at most one such operation a cluster, guarded by a partial unique index. */
export const isActive = (state: OperationState): boolean => state === 'running' || state === 'waiting';
