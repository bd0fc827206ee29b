import type { EntityManager } from 'typeorm';

/**
 * A change of a group's nodes is accepted as it stands: nodes that were only planned are dropped, nobody is to go any more, and the
 * group's count is that of the nodes that are there. So nothing surprises later.
 */
export async function acceptNodesThere(manager: EntityManager, nodeGroupId: string): Promise<void> {
  await manager.query(`UPDATE nodes SET phase = 'gone', gone_at = clock_timestamp(), updated_at = now() WHERE node_group_id = $1 AND phase = 'planned'`, [nodeGroupId]);
  await manager.query(`UPDATE nodes SET doomed_because = NULL, updated_at = now() WHERE node_group_id = $1 AND doomed_because IS NOT NULL AND phase NOT IN ('deleting', 'gone')`, [nodeGroupId]);
  await manager.query(
    `UPDATE node_groups SET node_count = (SELECT count(*) FROM nodes WHERE node_group_id = $1 AND phase NOT IN ('deleting', 'gone')), updated_at = now() WHERE id = $1`,
    [nodeGroupId],
  );
}
