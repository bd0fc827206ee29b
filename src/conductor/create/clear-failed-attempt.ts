import { nodeStackName } from '../../domain/resource-names.js';
import { secretNames } from '../../domain/secret-names.js';
import type { ClusterContext } from '../cluster-context.js';
import { ensureClusterUser } from '../identity/cluster-user.js';
import { findLedger, markGone } from '../ledger/ledger.js';
import { done, type StepResult } from '../operation/operation.js';
import { deleteStacks, describeDeletion } from '../stacks/delete-stacks.js';
import { stackLevel } from '../stacks/stack-level.js';
import { planClearing } from './plan-clearing.js';

/** A retried create first takes away what failed, nodes before what they stand on; a first attempt has nothing to clear. */
export async function clearFailedAttempt(context: ClusterContext): Promise<StepResult> {
  const { cluster, operation, nodes, slots, runtime } = context;
  if (operation.attempt === 1) return done;
  const ledger = await findLedger(runtime.dataSource.manager, cluster.id, 'heat-stack');
  if (ledger.length === 0) return done;
  await ensureClusterUser(context);

  const stacks = [...(await context.stacks()).values()].map(({ name, status }) => ({ name, status, level: stackLevel(cluster.id, name) }));
  const candidates = nodes.map(({ id, phase, role, bootDeadline }) => {
    // A machine whose time ran out while the operation was at rest has failed as well.
    const isLate = phase === 'booting' && bootDeadline !== null && context.now >= bootDeadline;
    return { id, role, phase: isLate ? 'failed' : phase, stackName: nodeStackName(cluster.id, id) };
  });
  const clearing = planClearing(
    candidates,
    stacks,
    slots.some((slot) => slot.initialised),
  );
  // Nodes first: a slot's port and volume cannot go while a server holds them.
  const doomedNodes = clearing.stackNames.filter((name) => stackLevel(cluster.id, name) === 'node');
  const now = new Set(doomedNodes.length > 0 ? doomedNodes : clearing.stackNames);
  const left = await deleteStacks(context, (name) => now.has(name));
  if (left.length > 0) return context.waiting(describeDeletion(left));
  if (now.size < clearing.stackNames.length) return { kind: 'waiting', for: 'the rest of the failed attempt', recheckAfterMs: 0 };
  await forgetCleared(context, clearing, ledger.map((row) => row.name));
  return done;
}

async function forgetCleared(context: ClusterContext, clearing: { nodeIds: readonly string[]; resetSlots: boolean }, ledgerNames: readonly string[]): Promise<void> {
  const { cluster, runtime } = context;
  const existing = await context.stacks();
  await context.write(async (manager) => {
    await markGone(
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
