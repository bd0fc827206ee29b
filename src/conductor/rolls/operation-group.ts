import type { NodeGroup } from '../../database/node-group.entity.js';
import type { ClusterContext } from '../cluster-context.js';

/** The node group that the operation is about. */
export function operationGroup({ groups, operation }: ClusterContext): NodeGroup {
  const group = groups.find(({ id }) => id === operation.nodeGroupId);
  if (!group) throw new Error(`operation ${operation.id} names no node group of its cluster`);
  return group;
}
