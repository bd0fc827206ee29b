import type { EntityManager } from 'typeorm';
import type { ClusterContext } from '../cluster-context.js';

/** What a finished create means for the cluster: complete, with the versions that were seen on its nodes. */
export async function settleSuccessfulCreate({ cluster }: ClusterContext, manager: EntityManager): Promise<void> {
  await manager.query(
    `UPDATE node_groups g SET status = 'CREATE_COMPLETE', status_reason = NULL, updated_at = now(),
       version = (SELECT min(n.coe_version) FROM nodes n WHERE n.node_group_id = g.id AND n.phase = 'ready')
     WHERE g.cluster_id = $1`,
    [cluster.id],
  );
  await manager.query(
    `UPDATE clusters SET status = 'CREATE_COMPLETE', status_reason = NULL, updated_at = now() WHERE id = $1 AND status = 'CREATE_IN_PROGRESS'`,
    [cluster.id],
  );
}

export async function settleFailedCreate({ cluster }: ClusterContext, manager: EntityManager, because: string): Promise<void> {
  await manager.query(
    `UPDATE node_groups g SET status = 'CREATE_FAILED', updated_at = now(),
       status_reason = (SELECT string_agg(n.name || ': ' || n.phase_reason, '; ') FROM nodes n WHERE n.node_group_id = g.id AND n.phase = 'failed')
     WHERE g.cluster_id = $1`,
    [cluster.id],
  );
  await manager.query(
    `UPDATE clusters SET status = 'CREATE_FAILED', status_reason = $2, updated_at = now() WHERE id = $1 AND status = 'CREATE_IN_PROGRESS'`,
    [cluster.id, because],
  );
}
