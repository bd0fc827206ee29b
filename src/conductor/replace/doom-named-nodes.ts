import { z } from 'zod';
import type { ClusterContext } from '../cluster-context.js';
import { done, type StepResult } from '../operation/operation.js';
import { operationGroup } from '../rolls/operation-group.js';

const inputSchema = z.object({ node_ids: z.array(z.uuid()) });

/** The nodes that the request names are to go; those that are going or gone already need nothing more. */
export async function doomNamedNodes(context: ClusterContext): Promise<StepResult> {
  const { node_ids: ids } = inputSchema.parse(context.operation.input);
  const group = operationGroup(context);
  const named = context.presentNodes.filter(({ id, nodeGroupId, skippedBy }) => ids.includes(id) && nodeGroupId === group.id && skippedBy !== context.operation.id);
  await context.write((manager) =>
    manager.query(`UPDATE nodes SET doomed_because = $2, updated_at = now() WHERE id = ANY($1) AND doomed_because IS NULL AND phase NOT IN ('deleting', 'gone')`, [
      named.map(({ id }) => id),
      'it is to be replaced',
    ]),
  );
  return done;
}
