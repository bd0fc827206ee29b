import type { ClusterContext } from '../cluster-context.js';
import { ensureClusterUser, removeClusterUser } from '../identity/cluster-user.js';
import { findLedger, lastUnanswered, markGone, type ResourceType } from '../ledger/ledger.js';
import { done, type StepResult } from '../operation/operation.js';
import { deleteStacks, describeDeletion } from '../stacks/delete-stacks.js';
import { stackLevel, type StackLevel } from '../stacks/stack-level.js';

/** A cluster that may have stacks is deleted as its own user; one that lost the user (or its roles) gets it back for that. */
export async function openAccess(context: ClusterContext): Promise<StepResult> {
  await context.runtime.watches.forget(context.cluster.id);
  await context.runtime.clusters.evict(context.cluster.id);
  await context.write((manager) =>
    manager.query(`UPDATE node_groups SET status = 'DELETE_IN_PROGRESS', status_reason = NULL, updated_at = now() WHERE cluster_id = $1`, [
      context.cluster.id,
    ]),
  );
  if (await mayHaveStacks(context)) await ensureClusterUser(context);
  return done;
}

export async function deleteNodes(context: ClusterContext): Promise<StepResult> {
  const pending = await deleteLevel(context, ['node']);
  if (pending) return pending;
  await context.write((manager) =>
    manager.query(`UPDATE nodes SET phase = 'gone', gone_at = now(), updated_at = now() WHERE cluster_id = $1 AND phase <> 'gone'`, [
      context.cluster.id,
    ]),
  );
  return done;
}

export async function deleteGroupsAndSlots(context: ClusterContext): Promise<StepResult> {
  return (await deleteLevel(context, ['group', 'slot'])) ?? done;
}

export async function deleteInfra(context: ClusterContext): Promise<StepResult> {
  return (await deleteLevel(context, ['infra'])) ?? done;
}

/**
 * The list by tag is empty, and it was asked so long after the last request for a stack that none can still be on its
 * way: one HTTP timeout. What turns up meanwhile is deleted.
 */
export async function verifyNothingLeft(context: ClusterContext): Promise<StepResult> {
  if (!(await mayHaveStacks(context))) return done;
  const ledger = await findLedger(context.runtime.dataSource.manager, context.cluster.id, 'heat-stack');
  const left = await deleteStacks(context, () => true);
  if (left.length > 0) return context.waiting(describeDeletion(left));
  const recheckAfterMs = await onTheWayMs(context, 'heat-stack');
  if (recheckAfterMs > 0) return { kind: 'waiting', for: 'requests for stacks that may still be on their way', recheckAfterMs };
  await context.write((manager) =>
    markGone(
      manager,
      context.cluster.id,
      'heat-stack',
      ledger.map((row) => row.name),
    ),
  );
  return done;
}

/** A request for the user whose answer nobody heard may still be on its way, for one HTTP timeout: found too early, it is left behind. */
export async function deleteClusterUser(context: ClusterContext): Promise<StepResult> {
  const recheckAfterMs = await onTheWayMs(context, 'keystone-user');
  if (recheckAfterMs > 0) return { kind: 'waiting', for: "a request for the cluster's Keystone user that may still be on its way", recheckAfterMs };
  await removeClusterUser(context);
  return done;
}

async function deleteLevel(context: ClusterContext, levels: readonly StackLevel[]): Promise<StepResult | undefined> {
  if (!(await mayHaveStacks(context))) return undefined;
  const { id } = context.cluster;
  const left = await deleteStacks(context, (name) => {
    const level = stackLevel(id, name);
    return level !== undefined && levels.includes(level);
  });
  return left.length > 0 ? context.waiting(describeDeletion(left)) : undefined;
}

/** Nothing was ever asked of Heat when the ledger has no line for a stack; one that is gone may come back for a while. */
async function mayHaveStacks(context: ClusterContext): Promise<boolean> {
  const ledger = await findLedger(context.runtime.dataSource.manager, context.cluster.id, 'heat-stack');
  return ledger.length > 0 || (await onTheWayMs(context, 'heat-stack')) > 0;
}

/** For how long a request that nobody heard the answer of may still arrive: one HTTP timeout after it was sent at the latest. */
export async function onTheWayMs({ runtime, cluster, now }: ClusterContext, type: ResourceType): Promise<number> {
  const since = await lastUnanswered(runtime.dataSource.manager, cluster.id, type);
  return since ? Math.max(0, since.getTime() + runtime.config.HTTP_TIMEOUT_SECONDS * 1000 - now.getTime()) : 0;
}
