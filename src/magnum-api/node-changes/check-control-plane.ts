import { EtcdVolumeNeededError, InvalidParameterError } from '../../domain/domain-error.js';
import { masterCountProblem, replacementProblem } from '../../domain/master-count.js';
import type { ChangeableGroup } from './read-groups.js';

type ControlPlane = Pick<ChangeableGroup, 'name' | 'nodeCount' | 'spec'>;

/** Throws InvalidParameterError for a number of nodes that etcd, or a cluster made without a load balancer, cannot have. */
export function requireMasterCount({ name, spec }: ControlPlane, nodeCount: number): void {
  const problem = masterCountProblem(nodeCount, { hasLoadBalancer: spec.masterLbEnabled });
  if (problem !== undefined) throw new InvalidParameterError(`Field node_count: node group ${name} is the control plane. ${problem}`);
}

/** Throws EtcdVolumeNeededError where a node of the control plane would take the cluster's data with it. */
export function requireReplaceable({ nodeCount, spec }: ControlPlane): void {
  const problem = replacementProblem(nodeCount, { hasEtcdVolume: spec.etcdVolumeSizeGib > 0 });
  if (problem !== undefined) throw new EtcdVolumeNeededError(`${problem} Nothing was changed.`);
}
