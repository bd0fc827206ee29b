import type { ClusterContext } from '../cluster-context.js';
import { ensureClusterUser, removeClusterUser } from '../identity/cluster-user.js';
import { findLedger, markGone } from '../ledger/ledger.js';
import { done, type StepResult } from '../operation/operation.js';
import { deleteStacks, describeDeletion, latestIntent } from '../stacks/delete-stacks.js';
import { stackLevel, type StackLevel } from '../stacks/stack-level.js';

/** A cluster that may have stacks is deleted as its own user; one that lost the user (or its roles) gets it back for that. */
export async function openAccess(context: ClusterContext): Promise<StepResult> {
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
  const intent = latestIntent(ledger);
  const timeoutMs = context.runtime.config.HTTP_TIMEOUT_SECONDS * 1000;
  const safeAt = intent ? intent.getTime() + timeoutMs : 0;
  if (context.now.getTime() < safeAt) {
    const recheckAfterMs = safeAt - context.now.getTime();
    return { kind: 'waiting', for: 'requests for stacks that may still be on their way', recheckAfterMs };
  }
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
  const intent = latestIntent(await findLedger(context.runtime.dataSource.manager, context.cluster.id, 'keystone-user'));
  const recheckAfterMs = intent ? intent.getTime() + context.runtime.config.HTTP_TIMEOUT_SECONDS * 1000 - context.now.getTime() : 0;
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

/** Nothing was ever asked of Heat when the ledger has no line for a stack. */
async function mayHaveStacks(context: ClusterContext): Promise<boolean> {
  return (await findLedger(context.runtime.dataSource.manager, context.cluster.id, 'heat-stack')).length > 0;
}
