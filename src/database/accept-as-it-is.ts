import type { EntityManager } from 'typeorm';

/**
 * What the end of a change of a group's nodes means for what is wanted of them, inside the transaction that cancels it (or that ends
 * it well): no node is to go any more that has not begun to, and the group is to have the workers it has; those that were only
 * planned are none. While another change of the group is to follow, that one's wishes stay.
 */
export async function acceptAsItIs(manager: EntityManager, { id, kind, nodeGroupId }: { readonly id: string; readonly kind: string; readonly nodeGroupId: string | null }): Promise<void> {
  if (nodeGroupId === null) return;
  const followers: unknown[] = await manager.query(
    `SELECT 1 FROM operations WHERE node_group_id = $1 AND id <> $2 AND state IN ('queued', 'running', 'waiting', 'paused') LIMIT 1`,
    [nodeGroupId, id],
  );
  if (followers.length > 0) return;
  await manager.query(`UPDATE nodes SET doomed_because = NULL, updated_at = now() WHERE node_group_id = $1 AND doomed_because IS NOT NULL AND phase NOT IN ('deleting', 'gone')`, [nodeGroupId]);
  if (kind !== 'cluster-resize' && kind !== 'node-replace') return;
  await manager.query(`UPDATE nodes SET phase = 'gone', gone_at = clock_timestamp(), updated_at = now() WHERE node_group_id = $1 AND phase = 'planned' AND role = 'worker'`, [nodeGroupId]);
  // Slots of a control plane come and go by pairs, and only the conductor knows between which.
  await manager.query(
    `UPDATE node_groups g SET node_count = (SELECT count(*) FROM nodes n WHERE n.node_group_id = g.id AND n.phase NOT IN ('deleting', 'gone')), updated_at = now()
     WHERE g.id = $1 AND g.role <> 'master'`,
    [nodeGroupId],
  );
}
