import type { ClusterNode } from '../../database/node.entity.js';
import type { Slot } from '../../database/slot.entity.js';
import type { ClusterContext } from '../cluster-context.js';
import type { DrainSettings } from '../drain/drain-settings.js';
import type { ControlPlaneAction } from './control-plane-action.js';
import type { EtcdView } from './control-plane-view.js';
import { ClusterEtcd } from './etcd-access.js';
import { moveLeader, promoteMember, removeMember } from './member-actions.js';
import { admitNode, deleteNode, drainNode, drawNode, forgetNodes, retireNode, startNode, stopServer } from './node-actions.js';
import { observeControlPlane, type ControlPlaneLook } from './observe-control-plane.js';
import { planControlPlane } from './plan-control-plane.js';
import { addSlot, buildSlot, deleteSlot, leaveSlot, quarantineSlot, switchPool } from './slot-actions.js';
import { waitingFor, type Taken } from './taken.js';

export interface ControlPlaneRollOptions {
  readonly drain: DrainSettings;
  /** all (when absent): outdated nodes are replaced as well · doomed: only those that were named to go. */
  readonly scope?: 'all' | 'doomed';
}

/** waiting: the next turn goes on · halted: a person decides, or another attempt. */
export type ControlPlaneOutcome = Taken | { readonly kind: 'done' };

/**
 * One turn towards a control plane of as many slots as its group wants, each with a node that is neither doomed nor outdated:
 * looks, takes the one step that is safe now, and says what it waits for. To be called turn after turn until `done`.
 */
export async function rollControlPlane(context: ClusterContext, options: ControlPlaneRollOptions): Promise<ControlPlaneOutcome> {
  const etcd = await ClusterEtcd.open(context);
  try {
    const look = await observeControlPlane(context, etcd, options.scope ?? 'all');
    const plan = planControlPlane(look.view);
    switch (plan.kind) {
      case 'done':
      case 'halted':
        return plan;
      case 'wait':
        return waitingFor(context, plan.for);
      case 'act':
        return await take(context, etcd, look, plan.action, plan.because, options.drain);
    }
  } finally {
    await etcd.close();
  }
}

async function take(context: ClusterContext, etcd: ClusterEtcd, look: ControlPlaneLook, action: ControlPlaneAction, because: string, drain: DrainSettings): Promise<Taken> {
  switch (action.kind) {
    case 'add-slot':
      return addSlot(context, because);
    case 'build-slot':
      return buildSlot(context, slotOf(context, action.slotId));
    case 'leave-slot':
      return leaveSlot(context, slotOf(context, action.slotId), because);
    case 'quarantine-slot':
      return quarantineSlot(context, slotOf(context, action.slotId), because);
    case 'delete-slot':
      return deleteSlot(context, slotOf(context, action.slotId), because);
    case 'switch-pool':
      return switchPool(context, slotOf(context, action.slotId), action.enabled, because);
    case 'draw-node':
      return drawNode(context, slotOf(context, action.slotId), action, because);
    case 'start-node':
      return startNode(context, nodeOf(context, action.nodeId));
    case 'admit-node':
      return admitNode(context, nodeOf(context, action.nodeId), look.seen);
    case 'drain-node':
      return drainNode(context, nodeOf(context, action.nodeId), drain, because);
    case 'retire-node':
      return retireNode(context, nodeOf(context, action.nodeId), because);
    case 'stop-server':
      return stopServer(context, nodeOf(context, action.nodeId));
    case 'delete-node':
      return deleteNode(context, nodeOf(context, action.nodeId), because);
    case 'forget-nodes':
      return forgetNodes(context, action.names);
    case 'promote-member':
      return promoteMember(context, etcd, etcdOf(look), action.memberId, because);
    case 'remove-member':
      return removeMember(context, etcd, etcdOf(look), action.memberId, because);
    case 'move-leader':
      return moveLeader(context, etcd, etcdOf(look), action.toMemberId, because);
  }
}

function slotOf({ slots }: ClusterContext, id: string): Slot {
  const slot = slots.find((candidate) => candidate.id === id);
  if (!slot) throw new Error(`no slot ${id} was loaded`);
  return slot;
}

function nodeOf({ nodes }: ClusterContext, id: string): ClusterNode {
  const node = nodes.find((candidate) => candidate.id === id);
  if (!node) throw new Error(`no node ${id} was loaded`);
  return node;
}

function etcdOf({ view }: ControlPlaneLook): EtcdView {
  if (view.etcd === null) throw new Error('a member is to be changed that nobody has seen');
  return view.etcd;
}
