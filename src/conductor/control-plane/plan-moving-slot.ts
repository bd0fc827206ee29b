import { fencingWayOut } from '../drain/fencing.js';
import { act, halted, wait, type ControlPlanePlan } from './control-plane-action.js';
import type { ControlPlaneView, PlaneNode, PlaneSlot } from './control-plane-view.js';
import { isAlone, isHealthy, memberOf, refusalToRemove, refusalToStop, votersOf } from './plane-facts.js';

/** What follows in a slot in which something has begun. */
export function planMovingSlot(view: ControlPlaneView, slot: PlaneSlot): ControlPlanePlan {
  if (slot.stack === 'failed') {
    if (slot.isOfThisAttempt) return halted(`slot ${slot.index} could not be made: ${slot.failure ?? 'Heat gives no reason'}`);
    return act({ kind: 'leave-slot', slotId: slot.id }, `it could not be made: ${slot.failure ?? 'Heat gives no reason'}`);
  }
  if (slot.stack !== 'complete') return act({ kind: 'build-slot', slotId: slot.id }, 'it has no address yet');
  const { node } = slot;
  if (node === null) return planEmptySlot(view, slot);
  switch (node.phase) {
    case 'planned':
      return act({ kind: 'start-node', nodeId: node.id }, `slot ${slot.index} is free for it`);
    case 'building':
    case 'booting':
    case 'joined':
      return planArrival(view, slot, node);
    case 'draining':
      return planDrain(view, slot, node);
    case 'deleting':
      return planEndOfNode(view, slot, node);
    case 'ready':
    case 'failed':
    case 'gone':
      return wait(`slot ${slot.index}, in which nothing moves`);
  }
}

/** How a node comes into an empty slot depends on what etcd knows of it and on what its volume holds. */
function planEmptySlot(view: ControlPlaneView, slot: PlaneSlot): ControlPlanePlan {
  if (!slot.isPortFree || slot.volume === 'held') return wait(`port and volume of slot ${slot.index} to be free`);
  const member = memberOf(view, slot);
  const draw = (bootMode: 'join' | 'resume', because: string): ControlPlanePlan =>
    act({ kind: 'draw-node', slotId: slot.id, bootMode, ...(slot.fallbackRevision === null ? {} : { revision: slot.fallbackRevision }) }, because);
  const hasData = slot.volume === 'free' && slot.wasUsed;
  if (view.etcd === null) {
    // Without a quorum nobody knows the members; what is on the volume may be what brings it back.
    return hasData ? draw('resume', `its volume holds the etcd data of slot ${slot.index}`) : wait('a member of etcd to answer');
  }
  if (!member) {
    if (hasData) return act({ kind: 'leave-slot', slotId: slot.id }, 'its volume holds the data of a member that etcd does not know any more');
    return view.isApiReady ? draw('join', `slot ${slot.index} of the control plane is empty`) : wait('the Kubernetes API to be ready for a node to join');
  }
  if (hasData && !member.isLearner && member.name !== '') return draw('resume', `its volume holds the etcd data of slot ${slot.index}`);
  if (!member.isLearner && votersOf(view).length < 3) return halted(`slot ${slot.index} has lost its etcd data: the control plane needs an etcd volume, or three nodes`);
  const blocked = refusalToRemove(view, slot);
  if (blocked !== undefined) return wait(`etcd to be able to lose member ${member.id}, whose data are gone: ${blocked}`);
  return act({ kind: 'remove-member', memberId: member.id }, 'its data are gone with its machine');
}

/** Ready is not enough: its member has to vote. */
function planArrival(view: ControlPlaneView, slot: PlaneSlot, node: PlaneNode): ControlPlanePlan {
  if (!node.isReady) return wait(`node ${node.name} to become Ready (it is ${node.phase})`);
  const member = memberOf(view, slot);
  if (!member) return wait(`the etcd member of ${node.name} to be known`);
  if (!isHealthy(view, member)) return wait(`the etcd member of ${node.name} to be healthy`);
  if (member.isLearner) return act({ kind: 'promote-member', memberId: member.id }, 'its node is Ready, and it does not vote yet');
  return act({ kind: 'admit-node', nodeId: node.id }, "its cluster's API shows it Ready, and its etcd member is healthy");
}

/** Of a machine that dies meanwhile the drain takes care as well, as long as there is an API to ask. */
function planDrain(view: ControlPlaneView, slot: PlaneSlot, node: PlaneNode): ControlPlanePlan {
  const because = node.replaceBecause ?? 'its drain had begun';
  if (!view.isApiReady) {
    if (isAlone(view) && node.server !== 'running') return act({ kind: 'retire-node', nodeId: node.id }, 'its machine does not run');
    return wait(`the Kubernetes API to be ready, so that ${node.name} can be drained`);
  }
  const blocked = isAlone(view) || !node.isReady ? undefined : refusalToStop(view, slot);
  return blocked === undefined ? act({ kind: 'drain-node', nodeId: node.id }, because) : wait(`${node.name} to be free to go: ${blocked}`);
}

/** Its end is sealed: out of the load balancer, out of the lead, off, gone. */
function planEndOfNode(view: ControlPlaneView, slot: PlaneSlot, node: PlaneNode): ControlPlanePlan {
  const before = beforeItStops(view, slot, node);
  if (before) return before;
  if (node.server === 'running' || node.server === 'stopped') return planFencing(view, slot, node);
  return act({ kind: 'delete-node', nodeId: node.id }, 'its machine is off');
}

/** No new calls go to it, and it leads nobody. */
export function beforeItStops(view: ControlPlaneView, slot: PlaneSlot, node: PlaneNode): ControlPlanePlan | undefined {
  if (slot.pool === 'on') return act({ kind: 'switch-pool', slotId: slot.id, enabled: false }, `${node.name} is about to go`);
  const member = memberOf(view, slot);
  // Only the leader hands over its lead: one that does not answer loses it with its machine.
  if (!member || view.etcd?.leaderId !== member.id || !isHealthy(view, member)) return undefined;
  const heir = votersOf(view).find((other) => other.id !== member.id && isHealthy(view, other));
  return heir ? act({ kind: 'move-leader', toMemberId: heir.id }, `${node.name}, whose member leads, is about to go`) : undefined;
}

/**
 * Port and volume may be used again only when the machine is proven not to run. Where that takes too long the slot is given
 * up instead, as long as etcd can be without it.
 */
function planFencing(view: ControlPlaneView, slot: PlaneSlot, node: PlaneNode): ControlPlanePlan {
  if (!node.isStopOverdue) return act({ kind: 'stop-server', nodeId: node.id }, 'its slot may be used again only when it does not run');
  const member = memberOf(view, slot);
  const notFenced = `${node.name} is ${node.notFencedBecause ?? 'not fenced: Nova does not show its server off'}`;
  if (view.etcd === null || isAlone(view)) return halted(`${notFenced}, so its slot cannot be used again, and the control plane has no other; ${fencingWayOut}`);
  if (member) {
    const blocked = refusalToRemove(view, slot);
    if (blocked !== undefined) return wait(`the server of ${node.name}, which is not fenced, to be off (it cannot be given up: ${blocked})`);
    if (slot.pool === 'on') return act({ kind: 'switch-pool', slotId: slot.id, enabled: false }, `${node.name} is dead and not fenced`);
    return act({ kind: 'remove-member', memberId: member.id }, `${node.name} is not fenced: nobody may use its data again`);
  }
  return act({ kind: 'quarantine-slot', slotId: slot.id }, notFenced);
}
