import type { ClusterNode } from '../../database/node.entity.js';
import { ClusterRefusedError } from '../../kubernetes/cluster-error.js';
import type { ClusterContext } from '../cluster-context.js';
import { clusterAccess } from '../nodes/cluster-access.js';

/**
 * For Operation.release of everything that empties nodes: those whose deletion has not begun take pods again. Throws when the
 * cluster does not answer; then they stay closed, their next drain has its full time, and the next roll of the group sees to them.
 */
export async function releaseNodes(context: ClusterContext): Promise<void> {
  const { nodeGroupId } = context.operation;
  // The rows may be older than what this very turn did.
  const rows: { id: string }[] = await context.runtime.dataSource.query(
    `SELECT id FROM nodes WHERE cluster_id = $1 AND phase = 'draining' AND ($2::uuid IS NULL OR node_group_id = $2)`,
    [context.cluster.id, nodeGroupId],
  );
  const draining = new Set(rows.map(({ id }) => id));
  const nodes = context.nodes.filter(({ id }) => draining.has(id));
  await context.write((manager) => manager.query(`UPDATE nodes SET cordoned_at = NULL, drain_deadline = NULL WHERE id = ANY($1)`, [[...draining]]));
  await reopenNodes(context, nodes, `${context.operation.kind} does not go on`);
}

/** Nodes that were being emptied are members like all others again. */
export async function reopenNodes(context: ClusterContext, nodes: readonly ClusterNode[], because: string): Promise<void> {
  if (nodes.length === 0) return;
  const client = context.runtime.clusters.clientFor(await clusterAccess(context));
  for (const { id, name } of nodes) {
    context.assertHeld();
    const isThere = await isOpened(client.setUnschedulable(name, false, context.call));
    await context.write(async (manager) => {
      await manager.query(
        `UPDATE nodes SET phase = 'ready', phase_reason = NULL, cordoned_at = NULL, drain_deadline = NULL, updated_at = now() WHERE id = $1 AND phase = 'draining'`,
        [id],
      );
      await context.say(manager, `Node ${name} is open again`, isThere ? because : `${because}; its cluster does not know it`, id);
    });
  }
}

async function isOpened(asked: Promise<void>): Promise<boolean> {
  try {
    await asked;
    return true;
  } catch (error) {
    if (error instanceof ClusterRefusedError && error.status === 404) return false;
    throw error;
  }
}
