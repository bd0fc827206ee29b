import type { Cluster } from '../../database/cluster.entity.js';

/** A cluster's row as the search for what it made wants it. */
export const knownCluster = ({ id, name, projectId, infraOutputs, spec }: Cluster) => ({ id, name, projectId, infraOutputs, fixedNetworkId: spec.fixedNetworkId });
