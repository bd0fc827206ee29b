import { requestOperation } from '../../src/database/operation-requests.js';
import type { OperationKind } from '../../src/domain/operation-state.js';
import type { LifecycleEnvironment } from './lifecycle-environment.js';

export interface WorkerNode {
  readonly id: string;
  readonly name: string;
  readonly phase: string;
  readonly phase_reason: string | null;
  readonly server_id: string;
  readonly replaces_node_id: string | null;
}

/** The cluster's first worker group. */
export async function workerGroupOf(world: LifecycleEnvironment, clusterId: string): Promise<{ id: string; node_count: number; status: string }> {
  const [group]: { id: string; node_count: number; status: string }[] = await world.database.query(`SELECT * FROM node_groups WHERE cluster_id = $1 AND role <> 'master' ORDER BY row_id LIMIT 1`, [clusterId]);
  if (!group) throw new Error(`cluster ${clusterId} has no worker group`);
  return group;
}

/** Workers that are not gone, oldest first. */
export const workersOf = (world: LifecycleEnvironment, clusterId: string): Promise<WorkerNode[]> =>
  world.database.query(`SELECT * FROM nodes WHERE cluster_id = $1 AND role = 'worker' AND phase <> 'gone' ORDER BY row_id`, [clusterId]);

/** Records a resize as the API accepts it: count and named victims at once, in one transaction with the operation. */
export async function requestResize(world: LifecycleEnvironment, clusterId: string, count: number, victims: readonly string[] = []): Promise<string> {
  const group = await workerGroupOf(world, clusterId);
  return request(world, { clusterId, groupId: group.id, kind: 'cluster-resize', input: { node_count: count, nodes_to_remove: victims } }, async (query) => {
    await query(`UPDATE node_groups SET node_count = $2 WHERE id = $1`, [group.id, count]);
    await query(`UPDATE nodes SET doomed_because = 'the request names it' WHERE id = ANY($1)`, [victims]);
  });
}

export async function requestReplacement(world: LifecycleEnvironment, clusterId: string, nodeIds: readonly string[], input: Record<string, unknown> = {}): Promise<string> {
  const group = await workerGroupOf(world, clusterId);
  return request(world, { clusterId, groupId: group.id, kind: 'node-replace', input: { node_ids: nodeIds, ...input } });
}

interface Wanted {
  readonly clusterId: string;
  readonly groupId: string;
  readonly kind: OperationKind;
  readonly input: Record<string, unknown>;
}

async function request(world: LifecycleEnvironment, { clusterId, groupId, kind, input }: Wanted, change?: (query: (text: string, values: unknown[]) => Promise<unknown>) => Promise<void>): Promise<string> {
  const [cluster]: { project_id: string }[] = await world.database.query(`SELECT project_id FROM clusters WHERE id = $1`, [clusterId]);
  return world.database.transaction(async (manager) => {
    await manager.query(`SELECT 1 FROM clusters WHERE id = $1 FOR UPDATE`, [clusterId]);
    await change?.((text, values) => manager.query(text, values));
    const requestId = `req-${crypto.randomUUID()}`;
    const { id } = await requestOperation(manager, { clusterId, projectId: cluster?.project_id ?? '', nodeGroupId: groupId, kind, input, timeoutMinutes: null, requestedBy: 'somebody', requestId });
    return id;
  });
}

/** What the API's pause and cancel write. */
export const wish = (world: LifecycleEnvironment, operationId: string, what: 'pause' | 'cancel'): Promise<unknown> =>
  world.database.query(`UPDATE operations SET wish = $2, due_at = now() WHERE id = $1 AND state IN ('queued', 'running', 'waiting')`, [operationId, what]);

/** What the API's resume and retry write. */
export const resume = (world: LifecycleEnvironment, operationId: string): Promise<unknown> =>
  world.database.query(
    `UPDATE operations SET state = 'queued', step = NULL, step_entered_at = NULL, step_turns = 0, waiting_for = 'a conductor to take it up', failure = NULL, finished_at = NULL, attempt = attempt + 1, due_at = now()
     WHERE id = $1 AND state IN ('paused', 'failed')`,
    [operationId],
  );
