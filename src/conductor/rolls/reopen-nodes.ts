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
    const opened = await openingOf(client.setUnschedulable(name, false, context.call));
    await context.write(async (manager) => {
      await manager.query(
        `UPDATE nodes SET phase = 'ready', phase_reason = NULL, cordoned_at = NULL, drain_deadline = NULL, updated_at = now() WHERE id = $1 AND phase = 'draining'`,
        [id],
      );
      await context.say(manager, opened.message(name), `${because}${opened.remark}`, id);
    });
  }
}

interface Opening {
  readonly message: (name: string) => string;
  readonly remark: string;
}

async function openingOf(asked: Promise<boolean>): Promise<Opening> {
  const message = (name: string): string => `Node ${name} is open again`;
  try {
    if (await asked) return { message, remark: '' };
    return { message: (name) => `Node ${name} is no longer emptied`, remark: '; it stays closed, because somebody else had closed it' };
  } catch (error) {
    if (error instanceof ClusterRefusedError && error.status === 404) return { message, remark: '; its cluster does not know it' };
    throw error;
  }
}
