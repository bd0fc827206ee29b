import type { ClusterSpec, GroupSpec } from '../../driver-contract/index.js';

export function groupSpecOf(spec: ClusterSpec, groupId: string): GroupSpec {
  const group = spec.groups.find((candidate) => candidate.groupId === groupId);
  if (!group) throw new Error(`the spec of cluster ${spec.clusterId} has no group ${groupId}`);
  return group;
}
