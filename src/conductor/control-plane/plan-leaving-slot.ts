import { act, wait, type ControlPlanePlan } from './control-plane-action.js';
import type { ControlPlaneView, PlaneSlot } from './control-plane-view.js';
import { memberOf, refusalToRemove } from './plane-facts.js';
import { beforeItStops } from './plan-moving-slot.js';

/**
 * A slot that goes for good: pods off its node, out of the load balancer, out of the lead, its member out of etcd, its node,
 * at last its own stack with the volume. No fencing: nobody uses its port and volume again.
 */
export function planLeavingSlot(view: ControlPlaneView, slot: PlaneSlot): ControlPlanePlan {
  const because = slot.leavingBecause ?? '';
  const { node } = slot;
  if (node === null) return planMember(view, slot) ?? act({ kind: 'delete-slot', slotId: slot.id }, because);
  const isAlive = node.phase === 'ready' || node.phase === 'draining';
  if (isAlive && node.isReady) {
    const blocked = refusalToRemove(view, slot);
    return blocked === undefined ? act({ kind: 'drain-node', nodeId: node.id }, because) : wait(`${node.name} to be free to go: ${blocked}`);
  }
  if (isAlive && !view.isApiReady) return wait(`the Kubernetes API to be ready, so that ${node.name} can be drained`);
  if (node.phase !== 'deleting') return act({ kind: 'retire-node', nodeId: node.id }, because);
  return beforeItStops(view, slot, node) ?? planMember(view, slot) ?? act({ kind: 'delete-node', nodeId: node.id }, because);
}

function planMember(view: ControlPlaneView, slot: PlaneSlot): ControlPlanePlan | undefined {
  // A slot that never had an address has no member either.
  if (view.etcd === null && slot.peerUrl !== null) return wait(`a member of etcd to answer, so that the one of slot ${slot.index} can be removed`);
  const member = memberOf(view, slot);
  if (!member) return undefined;
  const blocked = refusalToRemove(view, slot);
  if (blocked !== undefined) return wait(`etcd to be able to lose the member of slot ${slot.index}: ${blocked}`);
  return act({ kind: 'remove-member', memberId: member.id }, `slot ${slot.index} goes: ${slot.leavingBecause ?? ''}`);
}
