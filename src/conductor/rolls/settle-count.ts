import type { EntityManager } from 'typeorm';
import { acceptNodesThere } from '../../database/node-counts.js';
import type { ClusterContext } from '../cluster-context.js';
import type { Operation } from '../operation/operation.js';
import { settlesUpdate } from '../operation/settle-update.js';

/** The ends of operations that change a group's nodes and nothing else: the group's count is what is there, unless more was wanted meanwhile. */
export const settlesCount = {
  ...settlesUpdate,
  succeeded: async (context, manager) => {
    await acceptUnlessWanted(context, manager);
    await settlesUpdate.succeeded(context, manager);
  },
  stopped: async (context, manager, wish, because) => {
    if (wish === 'cancel') await acceptUnlessWanted(context, manager);
    await settlesUpdate.stopped(context, manager, wish, because);
  },
} as const satisfies Pick<Operation<ClusterContext>, 'succeeded' | 'failed' | 'stopped'>;

/** A request that waits for this operation's end has written its own count and victims. */
async function acceptUnlessWanted({ operation }: ClusterContext, manager: EntityManager): Promise<void> {
  const { nodeGroupId } = operation;
  if (nodeGroupId === null) return;
  const waiting: unknown[] = await manager.query(`SELECT 1 FROM operations WHERE node_group_id = $1 AND id <> $2 AND state = 'queued' LIMIT 1`, [nodeGroupId, operation.id]);
  if (waiting.length === 0) await acceptNodesThere(manager, nodeGroupId);
}
