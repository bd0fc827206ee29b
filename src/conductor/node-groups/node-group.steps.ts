import type { NodeGroup } from '../../database/node-group.entity.js';
import type { ClusterStatus } from '../../domain/cluster-status.js';
import { groupStackName } from '../../domain/resource-names.js';
import type { ClusterContext } from '../cluster-context.js';
import { buildStacks, outputsOf } from '../create/create-stacks.steps.js';
import { markGone } from '../ledger/ledger.js';
import { done, type StepResult } from '../operation/operation.js';
import { drainSettingsOf } from '../rolls/drain-settings-of.js';
import { operationGroup } from '../rolls/operation-group.js';
import { rollGroup } from '../rolls/roll-group.js';
import { deleteStacks, describeDeletion } from '../stacks/delete-stacks.js';
import { onTheWayMs } from '../delete/delete.steps.js';
import { reconcileNodeMetadata } from './reconcile-node-metadata.js';

/** A retried create first takes away a group stack that failed; a first attempt has nothing to clear. */
export async function clearFailedGroupStack(context: ClusterContext): Promise<StepResult> {
  const group = operationGroup(context);
  await showStatus(context, group, 'CREATE_IN_PROGRESS');
  if (context.operation.attempt === 1) return done;
  const name = groupStackName(context.cluster.id, group.id);
  const status = (await context.stacks()).get(name)?.status ?? '';
  return /^(CREATE_FAILED|DELETE_)/.test(status) ? deleteGroupStack(context) : done;
}

/** The stack that the group's nodes stand on. */
export async function createGroupStack(context: ClusterContext): Promise<StepResult> {
  const { cluster, driver } = context;
  const group = operationGroup(context);
  await showStatus(context, group, 'CREATE_IN_PROGRESS');
  const name = groupStackName(cluster.id, group.id);
  const rendered = driver.renderGroup(context.specOf(group.revision), context.groupSpec(group), outputsOf(cluster.infraOutputs, 'infra'), []);
  const pending = await buildStacks(context, [{ name, rendered, nodeId: null }]);
  if (pending) return pending;
  const stack = (await context.stacks()).get(name);
  if (!stack) return context.waiting(`stack ${name} to appear`);
  const { heat } = await context.asClusterUser();
  const outputs = await heat.getOutputs(stack.name, stack.id, context.call);
  await context.write((manager) => manager.query(`UPDATE node_groups SET stack_id = $2, stack_outputs = $3 WHERE id = $1`, [group.id, stack.id, JSON.stringify(outputs)]));
  return done;
}

/** All nodes of a new group at once; they may take what the group's quota was reserved for, and no more. */
export async function makeNodes(context: ClusterContext): Promise<StepResult> {
  const group = operationGroup(context);
  await showStatus(context, group, 'CREATE_IN_PROGRESS');
  return rollToCount(context, group);
}

/** The count of a group that is to go is 0 since its deletion was accepted: its nodes are emptied and removed. */
export async function removeNodes(context: ClusterContext): Promise<StepResult> {
  const group = operationGroup(context);
  await showStatus(context, group, 'DELETE_IN_PROGRESS');
  return context.presentNodes.some(({ nodeGroupId }) => nodeGroupId === group.id) ? rollToCount(context, group) : done;
}

const rollToCount = (context: ClusterContext, group: NodeGroup): Promise<StepResult> =>
  rollGroup(context, group, { maxSurge: 0, maxUnavailable: 1, canary: false, soakSeconds: 0, drain: drainSettingsOf(context), scope: 'doomed' });

/** Also what a request may still bring whose answer nobody heard. */
export async function deleteGroupStack(context: ClusterContext): Promise<StepResult> {
  const { cluster } = context;
  const group = operationGroup(context);
  const name = groupStackName(cluster.id, group.id);
  const left = await deleteStacks(context, (candidate) => candidate === name);
  if (left.length > 0) return context.waiting(describeDeletion(left));
  const recheckAfterMs = await onTheWayMs(context, 'heat-stack');
  if (recheckAfterMs > 0) return { kind: 'waiting', for: 'requests for stacks that may still be on their way', recheckAfterMs };
  await context.write(async (manager) => {
    await markGone(manager, cluster.id, 'heat-stack', [name]);
    await manager.query(`UPDATE node_groups SET stack_id = NULL, stack_outputs = NULL, published_members = NULL WHERE id = $1`, [group.id]);
  });
  return done;
}

export async function reconcileMetadata(context: ClusterContext): Promise<StepResult> {
  return reconcileNodeMetadata(context, operationGroup(context));
}

/** One that was paused or has failed shows again that it goes on. */
async function showStatus(context: ClusterContext, { id, status }: NodeGroup, underWay: ClusterStatus): Promise<void> {
  if (status === underWay || (underWay === 'CREATE_IN_PROGRESS' && status !== 'CREATE_FAILED')) return;
  await context.write((manager) => manager.query(`UPDATE node_groups SET status = $2, status_reason = NULL, updated_at = now() WHERE id = $1`, [id, underWay]));
}
