import { groupStackName, nodeStackName, slotStackName } from '../../domain/resource-names.js';
import { secretNames } from '../../domain/secret-names.js';
import type { ClusterContext } from '../cluster-context.js';
import { ensureClusterUser } from '../identity/cluster-user.js';
import { findLedger, giveUp } from '../ledger/ledger.js';
import { done, type StepResult } from '../operation/operation.js';
import { deleteStacks, describeDeletion } from '../stacks/delete-stacks.js';
import { stackLevel } from '../stacks/stack-level.js';
import { nextToClear, planClearing, type ClearingNode } from './plan-clearing.js';

/** A retried create first takes away what failed or vanished, nodes before what they stand on; a first attempt has nothing to clear. */
export async function clearFailedAttempt(context: ClusterContext): Promise<StepResult> {
  const { cluster, operation, slots, runtime } = context;
  if (operation.attempt === 1) return done;
  const ledger = await findLedger(runtime.dataSource.manager, cluster.id, 'heat-stack');
  if (ledger.length === 0) return done;
  await ensureClusterUser(context);

  const existing = await context.stacks();
  const names = new Set([...ledger.map(({ name }) => name), ...existing.keys()]);
  const stacks = [...names].map((name) => ({ name, status: existing.get(name)?.status ?? null, level: stackLevel(cluster.id, name) }));
  const clearing = planClearing(
    clearingNodes(context),
    stacks,
    slots.some((slot) => slot.initialised),
  );
  const doomed = new Set(clearing.stackNames);
  const now = new Set(nextToClear(stacks.filter(({ name }) => doomed.has(name))));
  const left = await deleteStacks(context, (name) => now.has(name));
  if (left.length > 0) return context.waiting(describeDeletion(left));
  if (now.size < doomed.size) return { kind: 'waiting', for: 'the rest of the failed attempt', recheckAfterMs: 0 };
  await forgetCleared(context, clearing, ledger.map((row) => row.name));
  return done;
}

function clearingNodes({ cluster, nodes, slots, now }: ClusterContext): ClearingNode[] {
  return nodes.map(({ id, phase, role, bootDeadline, nodeGroupId, slotId }) => {
    // A machine whose time ran out while the operation was at rest has failed as well.
    const isLate = phase === 'booting' && bootDeadline !== null && now >= bootDeadline;
    const slot = slots.find((candidate) => candidate.id === slotId);
    const standsOn = [groupStackName(cluster.id, nodeGroupId), ...(slot ? [slotStackName(cluster.id, slot.index)] : [])];
    return { id, role, phase: isLate ? 'failed' : phase, stackName: nodeStackName(cluster.id, id), standsOn };
  });
}

async function forgetCleared(context: ClusterContext, clearing: { nodeIds: readonly string[]; resetSlots: boolean }, ledgerNames: readonly string[]): Promise<void> {
  const { cluster, runtime } = context;
  const existing = await context.stacks();
  await context.write(async (manager) => {
    await giveUp(
      manager,
      cluster.id,
      'heat-stack',
      ledgerNames.filter((name) => !existing.has(name)),
    );
    await manager.query(`UPDATE nodes SET phase = 'gone', gone_at = now(), updated_at = now() WHERE id = ANY($1)`, [clearing.nodeIds]);
    const secrets = clearing.nodeIds.flatMap((id) => [secretNames.claimToken(id), secretNames.payload(id), secretNames.bootstrapToken(id)]);
    await runtime.secrets.drop(manager, cluster.id, secrets);
    if (clearing.resetSlots) {
      await manager.query(`UPDATE slots SET initialised = false, stack_id = NULL, stack_outputs = NULL WHERE cluster_id = $1`, [cluster.id]);
    }
    if (clearing.nodeIds.length > 0) {
      await context.say(manager, `${clearing.nodeIds.length} nodes of the failed attempt were removed`, 'the operation was retried');
    }
  });
}
