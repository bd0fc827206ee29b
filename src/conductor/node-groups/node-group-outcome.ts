import type { EntityManager } from 'typeorm';
import type { ClusterContext } from '../cluster-context.js';
import type { Operation } from '../operation/operation.js';
import { settlesUpdate } from '../operation/settle-update.js';

type Outcome = Pick<Operation<ClusterContext>, 'succeeded' | 'failed' | 'stopped'>;

/** The cluster shows an update, the group that it is being made. */
export const settlesGroupCreate: Outcome = {
  succeeded: async (context, manager) => {
    await showEnd(context, manager, 'CREATE_COMPLETE', null);
    await settlesUpdate.succeeded(context, manager);
  },
  failed: async (context, manager, because) => {
    await showEnd(context, manager, 'CREATE_FAILED', because);
    await settlesUpdate.failed(context, manager, because);
  },
  stopped: async (context, manager, wish, because) => {
    // A group whose stack stands works with the nodes that it has.
    const isUsable = wish === 'cancel' && context.groups.some(({ id, stackId }) => id === context.operation.nodeGroupId && stackId !== null);
    await showEnd(context, manager, isUsable ? 'CREATE_COMPLETE' : 'CREATE_FAILED', because ?? `its creation was ${wish === 'cancel' ? 'cancelled' : 'paused'}`);
    await settlesUpdate.stopped(context, manager, wish, because);
  },
};

/** The group is shown until nothing of it is left. */
export const settlesGroupDelete: Outcome = {
  succeeded: async (context, manager) => {
    await manager.query(`DELETE FROM node_groups WHERE id = $1`, [context.operation.nodeGroupId]);
    await settlesUpdate.succeeded(context, manager);
  },
  failed: async (context, manager, because) => {
    await showEnd(context, manager, 'DELETE_FAILED', because);
    await settlesUpdate.failed(context, manager, because);
  },
  stopped: async (context, manager, wish, because) => {
    await showEnd(context, manager, 'DELETE_FAILED', because ?? `its deletion was ${wish === 'cancel' ? 'cancelled: delete it again, or resize it' : 'paused'}`);
    await settlesUpdate.stopped(context, manager, wish, because);
  },
};

/** Only where the group still shows what this operation does: a deletion that was accepted meanwhile has written its own. */
async function showEnd({ operation }: ClusterContext, manager: EntityManager, status: 'CREATE_COMPLETE' | 'CREATE_FAILED' | 'DELETE_FAILED', because: string | null): Promise<void> {
  await manager.query(
    `UPDATE node_groups g SET status = $2, status_reason = $3, updated_at = now(),
       version = coalesce((SELECT min(n.coe_version) FROM nodes n WHERE n.node_group_id = g.id AND n.phase = 'ready'), g.version)
     WHERE g.id = $1 AND g.status = split_part($2, '_', 1) || '_IN_PROGRESS'`,
    [operation.nodeGroupId, status, because],
  );
}
