import type { NodeRole } from '../../driver-contract/index.js';

export interface PlannedGroup {
  readonly id: string;
  readonly role: string;
  readonly nodeCount: number;
}
export interface PlannedSlot {
  readonly id: string;
  readonly index: number;
  readonly initialised: boolean;
}
export interface ExistingNode {
  readonly nodeGroupId: string;
  readonly slotId: string | null;
  readonly phase: string;
}
export interface MissingNode {
  readonly groupId: string;
  readonly slotId: string | null;
  readonly role: NodeRole;
  readonly bootMode: 'init' | 'join' | 'resume';
  /** Absent: the group's. */
  readonly revision?: number;
  readonly replacesNodeId?: string;
  readonly because: string;
}

/** The nodes to be made so that every slot holds one and every worker group has its count; the control plane comes first. */
export function planMissingNodes(
  groups: readonly PlannedGroup[],
  slots: readonly PlannedSlot[],
  nodes: readonly ExistingNode[],
): MissingNode[] {
  const present = nodes.filter((node) => node.phase !== 'gone');
  const clusterIsBorn = slots.some((slot) => slot.initialised);
  const controlPlaneGroup = groups.find((group) => group.role === 'master');
  const missing: MissingNode[] = [];
  for (const slot of controlPlaneGroup ? slots : []) {
    if (present.some((node) => node.slotId === slot.id)) continue;
    const first = !clusterIsBorn && slot.index === Math.min(...slots.map(({ index }) => index));
    missing.push({
      groupId: controlPlaneGroup?.id ?? '',
      slotId: slot.id,
      role: 'control-plane',
      bootMode: first ? 'init' : 'join',
      because: `slot ${slot.index} of the control plane is empty`,
    });
  }
  for (const group of groups.filter(({ role }) => role !== 'master')) {
    const have = present.filter((node) => node.nodeGroupId === group.id).length;
    for (let count = have; count < group.nodeCount; count++) {
      missing.push({
        groupId: group.id,
        slotId: null,
        role: 'worker',
        bootMode: 'join',
        because: `the group wants ${group.nodeCount} nodes and has ${count}`,
      });
    }
  }
  return missing;
}
