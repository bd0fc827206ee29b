import { clusterStatuses, type ClusterStatus } from './cluster-status.js';
import type { OperationKind } from './operation-state.js';

/** What an operation means for its cluster's status: from its acceptance on, and when it has ended one way or the other. */
export interface OperationEffect {
  readonly underWay: ClusterStatus;
  readonly succeeded: ClusterStatus;
  readonly failed: ClusterStatus;
  /** When it was paused: not done, but nothing goes on; and when it was cancelled: accepted as it is. Null: it can be neither. */
  readonly paused: ClusterStatus | null;
  readonly cancelled: ClusterStatus | null;
  /** Statuses in which the API accepts one; a create comes with its cluster. */
  readonly acceptedIn: readonly ClusterStatus[];
}

/** A change of a living cluster. None is ever refused because one before it failed. */
export const updateEffect: OperationEffect = {
  underWay: 'UPDATE_IN_PROGRESS',
  succeeded: 'UPDATE_COMPLETE',
  failed: 'UPDATE_FAILED',
  // Whoever waits for it in Magnum's words learns that it is not done.
  paused: 'UPDATE_FAILED',
  cancelled: 'UPDATE_COMPLETE',
  acceptedIn: ['CREATE_COMPLETE', 'UPDATE_IN_PROGRESS', 'UPDATE_COMPLETE', 'UPDATE_FAILED'],
};

/** The model check walks this table: a new kind of operation that could leave a cluster without a way out is found there. */
export const operationEffects: Readonly<Record<OperationKind, OperationEffect>> = {
  'cluster-create': { underWay: 'CREATE_IN_PROGRESS', succeeded: 'CREATE_COMPLETE', failed: 'CREATE_FAILED', paused: null, cancelled: null, acceptedIn: [] },
  'cluster-delete': {
    underWay: 'DELETE_IN_PROGRESS',
    succeeded: 'DELETE_COMPLETE',
    failed: 'DELETE_FAILED',
    paused: null,
    cancelled: null,
    acceptedIn: clusterStatuses.filter((status) => status !== 'DELETE_COMPLETE'),
  },
  'cluster-resize': updateEffect,
  'node-replace': updateEffect,
  'nodegroup-create': updateEffect,
  'nodegroup-update': updateEffect,
  'nodegroup-delete': updateEffect,
  'cluster-upgrade': updateEffect,
};
