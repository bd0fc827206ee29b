import { clusterStatuses, type ClusterStatus } from './cluster-status.js';
import type { OperationKind } from './operation-state.js';

/** What an operation means for its cluster's status: from its acceptance on, and when it has ended one way or the other. */
export interface OperationEffect {
  readonly underWay: ClusterStatus;
  readonly succeeded: ClusterStatus;
  readonly failed: ClusterStatus;
  /** Statuses in which the API accepts one; a create comes with its cluster. */
  readonly acceptedIn: readonly ClusterStatus[];
}

/** The model check walks this table: a new kind of operation that could leave a cluster without a way out is found there. */
export const operationEffects: Readonly<Record<OperationKind, OperationEffect>> = {
  'cluster-create': { underWay: 'CREATE_IN_PROGRESS', succeeded: 'CREATE_COMPLETE', failed: 'CREATE_FAILED', acceptedIn: [] },
  'cluster-delete': {
    underWay: 'DELETE_IN_PROGRESS',
    succeeded: 'DELETE_COMPLETE',
    failed: 'DELETE_FAILED',
    acceptedIn: clusterStatuses.filter((status) => status !== 'DELETE_COMPLETE'),
  },
};
