type Action = 'CREATE' | 'UPDATE' | 'DELETE';

/** Magnum's cluster and node group statuses that Jeroboam writes (Magnum knows ten more that only old drivers wrote). */
export type ClusterStatus = `${Action}_${'IN_PROGRESS' | 'COMPLETE' | 'FAILED'}`;

const successors: Record<ClusterStatus, readonly ClusterStatus[]> = {
  CREATE_IN_PROGRESS: ['CREATE_COMPLETE', 'CREATE_FAILED', 'DELETE_IN_PROGRESS'],
  CREATE_COMPLETE: ['UPDATE_IN_PROGRESS', 'DELETE_IN_PROGRESS'],
  CREATE_FAILED: ['CREATE_IN_PROGRESS', 'DELETE_IN_PROGRESS'],
  UPDATE_IN_PROGRESS: ['UPDATE_COMPLETE', 'UPDATE_FAILED', 'DELETE_IN_PROGRESS'],
  UPDATE_COMPLETE: ['UPDATE_IN_PROGRESS', 'DELETE_IN_PROGRESS'],
  UPDATE_FAILED: ['UPDATE_IN_PROGRESS', 'UPDATE_COMPLETE', 'DELETE_IN_PROGRESS'],
  DELETE_IN_PROGRESS: ['DELETE_COMPLETE', 'DELETE_FAILED'],
  DELETE_COMPLETE: [],
  DELETE_FAILED: ['DELETE_IN_PROGRESS'],
};

export const clusterStatuses = Object.keys(successors) as readonly ClusterStatus[];

/** What clusters and node groups are when they are accepted. */
export const initialClusterStatus: ClusterStatus = 'CREATE_IN_PROGRESS';

export const canBecome = (from: ClusterStatus, to: ClusterStatus): boolean => successors[from].includes(to);
