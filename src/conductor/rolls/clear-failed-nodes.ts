import type { NodeGroup } from '../../database/node-group.entity.js';
import type { ClusterContext } from '../cluster-context.js';
import { clearedBecause, isHalting, markFailure } from './new-node-failure.js';
import type { RollOptions } from './roll-options.js';
import type { RolledNode } from './roll-view.js';

/**
 * New nodes that will never be ready go again; what they failed of is told when they are gone. Answers the names of those that
 * begin to go.
 */
export async function clearFailedNodes(context: ClusterContext, group: NodeGroup, rolled: readonly RolledNode[]): Promise<readonly string[]> {
  const failed = rolled.filter(({ phase, readyAt, row }) => phase === 'failed' && readyAt === null && row.doomedBecause === null);
  if (failed.length === 0) return [];
  const isSurge = rolled.length > group.nodeCount;
  const { createdAt: since } = context.operation;
  await context.write(async (manager) => {
    for (const { row } of failed) {
      const [now]: { phase_reason: string | null }[] = await manager.query(`SELECT phase_reason FROM nodes WHERE id = $1`, [row.id]);
      const cause = now?.phase_reason ?? 'nobody knows why';
      const isOld = row.phase === 'failed' && row.updatedAt !== null && row.updatedAt < since;
      const because = isOld ? clearedBecause(cause) : markFailure(row.name, cause, isSurge);
      await manager.query(`UPDATE nodes SET phase = 'deleting', doomed_because = $2, updated_at = now() WHERE id = $1 AND phase = 'failed'`, [row.id, because]);
      await context.say(manager, `Node ${row.name} is removed again`, cause, row.id);
    }
  });
  return failed.map(({ row }) => row.name);
}

/** Why the roll halts: a new node that failed is gone. Told once: an operation that is resumed enters its step after that. */
export function failureToTell({ nodes, operation }: ClusterContext, group: NodeGroup, options: RollOptions): string | undefined {
  const { stepEnteredAt: entered } = operation;
  const failure = nodes.find(
    ({ nodeGroupId, goneAt, doomedBecause }) => nodeGroupId === group.id && goneAt !== null && entered !== null && goneAt >= entered && isHalting(doomedBecause, options),
  );
  return failure?.doomedBecause ?? undefined;
}
