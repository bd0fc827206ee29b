import type { EntityManager } from 'typeorm';
import type { ClusterContext } from '../cluster-context.js';
import { settlesUpdate } from '../operation/settle-update.js';
import { openUpgrade } from './upgrade-run.js';

/** Template, labels and versions count only now: they were seen on the nodes. */
export async function settleUpgraded(context: ClusterContext, manager: EntityManager): Promise<void> {
  const { input, target, controlPlane } = await openUpgrade(context);
  const { shown } = input;
  await settlesUpdate.succeeded(context, manager);
  await manager.query(`UPDATE node_groups SET image_id = $2, updated_at = now() WHERE id = ANY($1::uuid[])`, [input.groups, input.image_id]);
  if (controlPlane) await manager.query(`UPDATE clusters SET coe_version = $2 WHERE id = $1`, [context.cluster.id, target.spec.kubernetesVersion]);
  if (!shown) return;
  await manager.query(
    `UPDATE node_groups SET flavor_id = CASE WHEN role = 'master' THEN $2 ELSE $3 END, docker_volume_size = $4, labels = $5 WHERE id = ANY($1::uuid[])`,
    [input.groups, shown.master_flavor_id, shown.flavor_id, shown.docker_volume_size, target.labels],
  );
  await manager.query(`UPDATE clusters SET cluster_template_id = $2, labels = $3, flavor_id = $4, master_flavor_id = $5, docker_volume_size = $6 WHERE id = $1`, [
    context.cluster.id,
    target.clusterTemplateId,
    target.labels,
    shown.flavor_id,
    shown.master_flavor_id,
    shown.docker_volume_size,
  ]);
}
