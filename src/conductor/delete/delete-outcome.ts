import type { EntityManager } from 'typeorm';
import { findRecordedThings } from '../../database/maker-cluster.js';
import type { ClusterContext } from '../cluster-context.js';
import { describeRemains } from './describe-remains.js';

/** The row becomes a tombstone: names and tags are remembered for a while, secrets are not. It names what was left in the cloud. */
export async function settleSuccessfulDelete(context: ClusterContext, manager: EntityManager): Promise<void> {
  const { cluster } = context;
  const remains = describeRemains(await findRecordedThings(manager, cluster.id));
  if (remains !== null) await context.say(manager, remains, null);
  await manager.query(`DELETE FROM secrets WHERE cluster_id = $1`, [cluster.id]);
  await manager.query(
    `UPDATE nodes SET phase = 'gone', gone_at = coalesce(gone_at, now()), updated_at = now() WHERE cluster_id = $1 AND phase <> 'gone'`,
    [cluster.id],
  );
  await manager.query(`UPDATE node_groups SET status = 'DELETE_COMPLETE', status_reason = NULL, updated_at = now() WHERE cluster_id = $1`, [cluster.id]);
  await manager.query(
    `UPDATE clusters SET status = 'DELETE_COMPLETE', status_reason = $2, keystone_user_id = NULL, updated_at = now(), deleted_at = now() WHERE id = $1`,
    [cluster.id, remains],
  );
}

export async function settleFailedDelete({ cluster }: ClusterContext, manager: EntityManager, because: string): Promise<void> {
  await manager.query(`UPDATE node_groups SET status = 'DELETE_FAILED', updated_at = now() WHERE cluster_id = $1`, [cluster.id]);
  await manager.query(`UPDATE clusters SET status = 'DELETE_FAILED', status_reason = $2, updated_at = now() WHERE id = $1`, [cluster.id, because]);
}
