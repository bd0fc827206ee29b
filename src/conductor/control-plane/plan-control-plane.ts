import { act, halted, wait, type ControlPlanePlan } from './control-plane-action.js';
import type { ControlPlaneView, PlaneNode, PlaneSlot } from './control-plane-view.js';
import { planLeavingSlot } from './plan-leaving-slot.js';
import { planMovingSlot } from './plan-moving-slot.js';
import { isAlone, isMoving, memberOf, refusalToRemove, refusalToStop, strangers, unhealthyVoters, votersOf } from './plane-facts.js';

/**
 * The one safe step that brings a control plane nearer to `desired` slots with a node each that is neither doomed nor outdated.
 * One slot at a time: what has begun in a slot is brought to its end before anything begins in another. Pure; called again
 * after every step and whenever something changed.
 */
export function planControlPlane(view: ControlPlaneView): ControlPlanePlan {
  const leaving = view.slots.find(({ leavingBecause }) => leavingBecause !== null);
  if (leaving) return planLeavingSlot(view, leaving);
  if (view.isApiReady && view.staleNodeNames.length > 0) {
    return act({ kind: 'forget-nodes', names: view.staleNodeNames }, 'their machines are gone');
  }
  const moving = inUse(view).find(isMoving);
  return moving ? planMovingSlot(view, moving) : planNext(view);
}

/** Quarantined ones do not count: nobody may use them again. */
const inUse = ({ slots }: ControlPlaneView): readonly PlaneSlot[] => slots.filter(({ leavingBecause, isQuarantined }) => leavingBecause === null && !isQuarantined);

/** Every slot in use has its stack, and a node that is ready or has failed. */
function planNext(view: ControlPlaneView): ControlPlanePlan {
  const slots = inUse(view);
  const [serving, idle] = [slots.filter(serves), slots.filter((slot) => !serves(slot))];
  return (
    planRepairs(view, slots) ??
    planStandIn(slots) ??
    planShrink(view, slots) ??
    planReplacement(view, idle) ??
    // Before anybody is taken away: one more makes the loss of one smaller.
    planGrowth(view, slots) ??
    planReplacement(view, serving) ??
    planStrangers(view) ??
    planRelease(view) ??
    planEnd(view, slots)
  );
}

const serves = ({ node }: PlaneSlot): boolean => node?.phase === 'ready' && node.isReady;

/** Going on would only break the next slot as well. */
function planStandIn(slots: readonly PlaneSlot[]): ControlPlanePlan | undefined {
  const standIn = slots.find(({ node }) => node !== null && node.standsInBecause !== null);
  if (!standIn?.node) return undefined;
  return halted(`the new node of slot ${standIn.index} failed (${standIn.node.standsInBecause ?? ''}); ${standIn.node.name} runs there as before`);
}

/** Broken and doomed ones go first, then those that could not be replaced later, then the last that came. */
function planShrink(view: ControlPlaneView, slots: readonly PlaneSlot[]): ControlPlanePlan | undefined {
  if (slots.length <= view.desired) return undefined;
  const rank = ({ node, volume }: PlaneSlot): number => {
    if (node === null || node.phase === 'failed' || !node.isReady) return node?.isDoomed === true ? 0 : 1;
    if (node.isDoomed) return 2;
    return volume === 'none' && node.replaceBecause !== null ? 3 : 4;
  };
  const [victim] = [...slots].sort((one, other) => rank(one) - rank(other) || other.index - one.index);
  if (!victim) return undefined;
  const blocked = refusalToRemove(view, victim) ?? (serves(victim) ? sickVoters(view) : undefined);
  if (blocked !== undefined) return wait(`slot ${victim.index} to be free to go: ${blocked}`);
  return act({ kind: 'leave-slot', slotId: victim.id }, `${slots.length} slots, and ${view.desired} are wanted`);
}

/** The leader of etcd comes last. */
function planReplacement(view: ControlPlaneView, slots: readonly PlaneSlot[]): ControlPlanePlan | undefined {
  const candidates = slots.filter(({ node }) => node !== null && (node.phase === 'failed' || (!node.isSkipped && node.replaceBecause !== null)));
  const leads = (slot: PlaneSlot): number => (view.etcd !== null && memberOf(view, slot)?.id === view.etcd.leaderId ? 1 : 0);
  const [slot] = [...candidates].sort((one, other) => leads(one) - leads(other) || one.index - other.index);
  if (!slot?.node) return undefined;
  const { node } = slot;
  if (node.phase === 'failed') return planFailed(view, slot, node);
  const because = node.replaceBecause ?? '';
  const impossible = whyNot(view, slot) ?? (view.problems.length > 0 ? view.problems.join('; ') : undefined);
  if (impossible !== undefined) return halted(`${node.name} cannot be replaced: ${impossible}`);
  if (!node.isReady) return planDead(view, slot, node, because);
  const blocked = sickVoters(view) ?? (isAlone(view) ? undefined : refusalToStop(view, slot));
  if (blocked !== undefined) return wait(`${node.name} to be free to go: ${blocked}`);
  return act({ kind: 'drain-node', nodeId: node.id }, because);
}

/** A failure of this attempt is news, and what was there before comes back first; one of an earlier attempt is work. */
function planFailed(view: ControlPlaneView, slot: PlaneSlot, node: PlaneNode): ControlPlanePlan {
  const failure = node.failure ?? 'no reason is known';
  if (node.isOfThisAttempt && (slot.fallbackRevision === null || node.standsInBecause !== null)) return halted(`${node.name} in slot ${slot.index} failed: ${failure}`);
  const impossible = whyNot(view, slot);
  if (impossible !== undefined) return halted(`${node.name} failed (${failure}) and cannot be replaced: ${impossible}`);
  return planDead(view, slot, node, `it failed: ${failure}`);
}

/** Nobody drains a dead machine. Where it votes no more, its end makes nothing worse. */
function planDead(view: ControlPlaneView, slot: PlaneSlot, node: PlaneNode, because: string): ControlPlanePlan {
  const member = memberOf(view, slot);
  const stillVotes = member !== undefined && !member.isLearner && view.etcd?.healthOf.get(member.id)?.isHealthy === true;
  const blocked = stillVotes && !isAlone(view) ? refusalToStop(view, slot) : undefined;
  if (blocked !== undefined) return wait(`${node.name}, which is not Ready, to be free to go: ${blocked}`);
  return act({ kind: 'retire-node', nodeId: node.id }, because);
}

/** What would be lost with the machine. */
function whyNot(view: ControlPlaneView, slot: PlaneSlot): string | undefined {
  if (slot.volume !== 'none' || (view.etcd === null ? inUse(view).length : votersOf(view).length) >= 3) return undefined;
  return 'it needs an etcd volume, because the data of the cluster are on its disk';
}

function planRepairs(view: ControlPlaneView, slots: readonly PlaneSlot[]): ControlPlanePlan | undefined {
  const unseen = slots.find(({ node, pool }) => node?.phase === 'ready' && node.isReady && pool === 'off');
  if (unseen) return act({ kind: 'switch-pool', slotId: unseen.id, enabled: true }, `${unseen.node?.name ?? ''} is Ready and gets no calls`);
  const learner = slots.map((slot) => memberOf(view, slot)).find((member) => member?.isLearner === true);
  return learner ? act({ kind: 'promote-member', memberId: learner.id }, 'its node is ready, and it does not vote yet') : undefined;
}

/** Members of slots that are not ours any more; nobody runs them. */
function planStrangers(view: ControlPlaneView): ControlPlanePlan | undefined {
  const [stranger] = strangers(view);
  if (!stranger) return undefined;
  const blocked = refusalToRemove(view, { peerUrl: stranger.peerUrls[0] ?? null });
  if (blocked !== undefined) return wait(`etcd to be able to lose member ${stranger.id}, which has no slot: ${blocked}`);
  return act({ kind: 'remove-member', memberId: stranger.id }, `no slot has its address ${stranger.peerUrls.join(', ')}`);
}

function planGrowth(view: ControlPlaneView, slots: readonly PlaneSlot[]): ControlPlanePlan | undefined {
  if (slots.length >= view.desired) return undefined;
  if (!view.hasLoadBalancer && view.desired > 1) return halted('more than one control-plane node needs the load balancer, which this cluster was made without');
  if (view.problems.length > 0) return halted(`no node can be added: ${view.problems.join('; ')}`);
  if (!view.isApiReady) return wait('the Kubernetes API to be ready for one more control-plane node');
  const sick = sickVoters(view);
  if (sick !== undefined) return wait(`etcd to take one more member: ${sick}`);
  return act({ kind: 'add-slot' }, `${slots.length} slots, and ${view.desired} are wanted`);
}

/** A dead machine that is off after all gives its slot back to the cloud. */
function planRelease({ slots }: ControlPlaneView): ControlPlanePlan | undefined {
  const free = slots.find(({ isQuarantined, node }) => isQuarantined && (node === null || node.server === 'off' || node.server === 'gone'));
  return free ? act({ kind: 'leave-slot', slotId: free.id }, 'its machine does not run any more') : undefined;
}

function planEnd(view: ControlPlaneView, slots: readonly PlaneSlot[]): ControlPlanePlan {
  if (slots.every(({ node }) => node?.isSkipped === true)) return { kind: 'done' };
  if (!view.isApiReady) return wait('the Kubernetes API to be ready');
  const sick = sickVoters(view);
  return sick === undefined ? { kind: 'done' } : wait(sick);
}

function sickVoters(view: ControlPlaneView): string | undefined {
  if (view.etcd === null) return 'no member of etcd answers';
  const [sick] = unhealthyVoters(view);
  return sick ? `its member ${sick.name === '' ? sick.id : sick.name} is not healthy` : undefined;
}
