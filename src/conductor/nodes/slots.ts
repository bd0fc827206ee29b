import { randomUUID } from 'node:crypto';
import { Slot } from '../../database/slot.entity.js';
import type { ClusterContext } from '../cluster-context.js';

/** One slot for each control-plane node that is wanted; numbers are drawn upwards and never used again. */
export async function ensureSlots(context: ClusterContext): Promise<readonly Slot[]> {
  const { cluster, groups, slots } = context;
  const controlPlane = groups.find((group) => group.role === 'master');
  if (!controlPlane) throw new Error(`cluster ${cluster.id} has no control-plane group`);
  const missing = controlPlane.nodeCount - slots.length;
  if (missing <= 0) return slots;
  return context.write(async (manager) => {
    const first = Math.max(-1, ...slots.map((slot) => slot.index)) + 1;
    for (let index = first; index < first + missing; index++) {
      await manager.query(
        `INSERT INTO slots (id, cluster_id, node_group_id, index) VALUES ($1, $2, $3, $4) ON CONFLICT (cluster_id, index) DO NOTHING`,
        [randomUUID(), cluster.id, controlPlane.id, index],
      );
    }
    return manager.find(Slot, { where: { clusterId: cluster.id }, order: { index: 'ASC' } });
  });
}
