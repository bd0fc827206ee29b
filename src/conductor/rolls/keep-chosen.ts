import type { NodeGroup } from '../../database/node-group.entity.js';
import type { ClusterContext } from '../cluster-context.js';
import { nodesToKeep } from './nodes-to-keep.js';
import type { RollOutcome } from './roll-options.js';
import type { RolledNode } from './roll-view.js';

/** Nodes that were chosen to go, and are wanted again because the group is to have more now, stay; undefined when there are none. */
export async function keepChosen(context: ClusterContext, group: NodeGroup, rolled: readonly RolledNode[]): Promise<RollOutcome | undefined> {
  const kept = nodesToKeep(rolled.map(({ row, phase }) => ({ id: row.id, name: row.name, phase, doomedBecause: row.doomedBecause })), group.nodeCount);
  if (kept.length === 0) return undefined;
  await context.write(async (manager) => {
    for (const { id, name } of kept) {
      await manager.query(`UPDATE nodes SET doomed_because = NULL, updated_at = now() WHERE id = $1 AND phase NOT IN ('deleting', 'gone')`, [id]);
      await context.say(manager, `Node ${name} is to stay after all`, `the group is to have ${group.nodeCount} nodes now`, id);
    }
  });
  return { kind: 'waiting', for: `${kept.map(({ name }) => name).join(', ')} to be taken back`, recheckAfterMs: 0 };
}
