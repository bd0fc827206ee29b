/**
 * Names of what we make in OpenStack: derived from ids, never from what people type, so that a lost answer is found
 * again by name. Tags have at most 80 characters in Heat.
 */
export const stackTag = 'jeroboam';
export const clusterTag = (clusterId: string): string => `jeroboam-cluster-${clusterId}`;
export const clusterUserName = (clusterId: string): string => `jeroboam-${clusterId}`;

export const infraStackName = (clusterId: string): string => `jb-${clusterId}-infra`;
export const groupStackName = (clusterId: string, groupId: string): string => `jb-${clusterId}-group-${groupId.slice(0, 8)}`;
export const slotStackName = (clusterId: string, slotIndex: number): string => `jb-${clusterId}-slot-${slotIndex}`;
export const nodeStackName = (clusterId: string, nodeId: string): string => `jb-${clusterId}-node-${nodeId.slice(0, 8)}`;
