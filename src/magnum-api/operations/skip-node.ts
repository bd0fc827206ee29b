import type { EntityManager } from 'typeorm';
import { OperationConflictError } from '../../domain/domain-error.js';
import { hasEnded } from '../../domain/operation-state.js';
import { operationEffects } from '../../domain/operation-effects.js';
import { resolveNodes } from '../node-changes/resolve-nodes.js';
import { readMembers } from '../node-changes/read-members.js';
import type { OperationRow } from './operation.view.js';

/** Has an operation leave a node as it is. Only before the node is being emptied: what has begun is for pause or cancel to stop. */
export async function skipNode(manager: EntityManager, operation: OperationRow, reference: string, requestId: string): Promise<void> {
  const { id, cluster_id, kind, state, node_group_id } = operation;
  if (operationEffects[kind].paused === null) throw new OperationConflictError(`A ${kind} skips no nodes: it is about the cluster as a whole.`);
  if (hasEnded(state) && state !== 'failed') throw new OperationConflictError(`It has ended (${state}), so there is no node left to skip.`);
  const all = await readMembers(manager, cluster_id, [reference]);
  const members = node_group_id === null ? all : all.filter(({ groupId }) => groupId === node_group_id);
  const { staying, going } = resolveNodes([reference], members, node_group_id === null ? 'the cluster' : "the operation's node group");
  const [node] = staying;
  if (!node) throw new OperationConflictError(`Node ${going[0]?.name ?? reference} is being removed already, which cannot be undone.`);
  const [, skipped]: [unknown[], number] = await manager.query(`UPDATE nodes SET skipped_by = $2, updated_at = now() WHERE id = $1 AND phase NOT IN ('draining', 'deleting', 'gone')`, [node.id, id]);
  if (skipped === 0) throw new OperationConflictError(`Node ${node.name} is being emptied already: pause the operation to open it again, then skip it and resume.`);
  await manager.query(
    `INSERT INTO operation_events (cluster_id, operation_id, node_id, node_phase, type, message, because)
     VALUES ($1, $2, $3, (SELECT phase FROM nodes WHERE id = $3), 'node', $4, $5)`,
    [cluster_id, id, node.id, `Node ${node.name} is left as it is`, `request ${requestId}`],
  );
  await manager.query(`INSERT INTO outbox (operation_id) SELECT id FROM operations WHERE id = $1 AND state IN ('queued', 'running', 'waiting')`, [id]);
}
