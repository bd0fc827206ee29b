import type { EntityManager } from 'typeorm';
import type { ClusterContext } from '../cluster-context.js';

/** The row becomes a tombstone: names and tags are remembered for a while, secrets are not. */
export async function settleSuccessfulDelete({ cluster }: ClusterContext, manager: EntityManager): Promise<void> {
  await manager.query(`DELETE FROM secrets WHERE cluster_id = $1`, [cluster.id]);
  await manager.query(
    `UPDATE nodes SET phase = 'gone', gone_at = coalesce(gone_at, now()), updated_at = now() WHERE cluster_id = $1 AND phase <> 'gone'`,
    [cluster.id],
  );
  await manager.query(`UPDATE node_groups SET status = 'DELETE_COMPLETE', status_reason = NULL, updated_at = now() WHERE cluster_id = $1`, [cluster.id]);
  await manager.query(
    `UPDATE clusters SET status = 'DELETE_COMPLETE', status_reason = NULL, keystone_user_id = NULL, updated_at = now(), deleted_at = now() WHERE id = $1`,
    [cluster.id],
  );
}

export async function settleFailedDelete({ cluster }: ClusterContext, manager: EntityManager, because: string): Promise<void> {
  await manager.query(`UPDATE node_groups SET status = 'DELETE_FAILED', updated_at = now() WHERE cluster_id = $1`, [cluster.id]);
  await manager.query(`UPDATE clusters SET status = 'DELETE_FAILED', status_reason = $2, updated_at = now() WHERE id = $1`, [cluster.id, because]);
}
