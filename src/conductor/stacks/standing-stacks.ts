import type { StandingStacks } from '../../database/reservations.js';
import { groupStackName, infraStackName, nodeStackName, slotStackName } from '../../domain/resource-names.js';
import type { UnitLevel } from '../../driver-contract/quota-units.js';
import type { StackSummary } from '../../openstack/heat/stack.js';

export interface StackOwners {
  readonly clusterId: string;
  readonly groups: readonly { readonly id: string }[];
  readonly slots: readonly { readonly index: number; readonly nodeGroupId: string }[];
  readonly nodes: readonly { readonly id: string; readonly nodeGroupId: string }[];
}

/** Half made, or on its way out. A stack that is being updated, or whose update failed, was complete before. */
const isUnsure = (status: string): boolean => /^(INIT|CREATE_IN_PROGRESS|CREATE_FAILED|DELETE)/.test(status);

/** How many stacks of each level and group stand: what the cloud's own counts of use include for certain. Pure. */
export function standingStacks({ clusterId, groups, slots, nodes }: StackOwners, stacks: ReadonlyMap<string, Pick<StackSummary, 'status'>>): readonly StandingStacks[] {
  const stands = (name: string): boolean => {
    const status = stacks.get(name)?.status;
    return status !== undefined && !isUnsure(status);
  };
  const counts = new Map<string, StandingStacks>();
  const count = (level: UnitLevel, groupId: string | null, name: string): void => {
    if (!stands(name)) return;
    const key = `${level} ${groupId ?? ''}`;
    counts.set(key, { level, groupId, count: (counts.get(key)?.count ?? 0) + 1 });
  };
  count('infra', null, infraStackName(clusterId));
  for (const { id } of groups) count('group', id, groupStackName(clusterId, id));
  for (const { index, nodeGroupId } of slots) count('slot', nodeGroupId, slotStackName(clusterId, index));
  for (const { id, nodeGroupId } of nodes) count('node', nodeGroupId, nodeStackName(clusterId, id));
  return [...counts.values()];
}
