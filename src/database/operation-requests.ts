import { randomUUID } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import type { OperationKind } from '../domain/operation-state.js';

export interface OperationRequest {
  readonly clusterId: string;
  readonly projectId: string;
  readonly kind: OperationKind;
  readonly nodeGroupId?: string | null;
  readonly input?: Record<string, unknown>;
  /** Minutes from now until the whole operation has failed; null = no limit of its own. */
  readonly timeoutMinutes: number | null;
  readonly requestedBy: string;
  readonly requestId: string;
}

/** What a queued operation of the cluster waits for: SQL over the parameter that holds the cluster's id. */
export const queuedBehind = (clusterId: string): string =>
  `coalesce((SELECT 'the running ' || kind || ' to end' FROM operations WHERE cluster_id = ${clusterId} AND state IN ('running', 'waiting')), 'a conductor to take it up')`;

/**
 * Records a wanted operation and its wake-up inside the caller's transaction. When one of the same kind already waits
 * for the cluster, that one is answered instead (a second DELETE changes nothing). It takes the place of a paused one of its kind.
 */
export async function requestOperation(manager: EntityManager, request: OperationRequest): Promise<{ id: string; isNew: boolean }> {
  const id = randomUUID();
  await supersedePaused(manager, request);
  const inserted: { id: string }[] = await manager.query(
    `INSERT INTO operations (id, cluster_id, project_id, node_group_id, kind, state, waiting_for, input, deadline_at, requested_by, request_id)
     VALUES ($1, $2, $3, $4, $5, 'queued', ${queuedBehind('$2')}, $6, now() + make_interval(mins => $7::int), $8, $9)
     ON CONFLICT (cluster_id, kind, node_group_id) WHERE state = 'queued' DO NOTHING
     RETURNING id`,
    [
      id,
      request.clusterId,
      request.projectId,
      request.nodeGroupId ?? null,
      request.kind,
      JSON.stringify(request.input ?? {}),
      request.timeoutMinutes,
      request.requestedBy,
      request.requestId,
    ],
  );
  if (inserted.length === 0) {
    const [waiting]: { id: string }[] = await manager.query(
      `SELECT id FROM operations WHERE cluster_id = $1 AND kind = $2 AND node_group_id IS NOT DISTINCT FROM $3 AND state = 'queued'`,
      [request.clusterId, request.kind, request.nodeGroupId ?? null],
    );
    if (waiting) return { id: waiting.id, isNew: false };
    // It began between the two statements: the caller's transaction is repeated by its caller at most once more.
    return requestOperation(manager, request);
  }
  await manager.query(`INSERT INTO outbox (operation_id) VALUES ($1)`, [id]);
  await manager.query(
    `INSERT INTO operation_events (cluster_id, operation_id, type, message, because) VALUES ($1, $2, 'operation', $3, $4)`,
    [request.clusterId, id, `${request.kind} was requested`, `request ${request.requestId}`],
  );
  return { id, isNew: true };
}

/** What was paused would otherwise be resumed into a cluster that somebody has since wanted otherwise. */
async function supersedePaused(manager: EntityManager, { clusterId, kind, nodeGroupId, requestId }: OperationRequest): Promise<void> {
  await manager.query(
    `WITH ended AS (
       UPDATE operations SET state = 'superseded', finished_at = clock_timestamp(), fence = fence + 1
       WHERE cluster_id = $1 AND kind = $2 AND node_group_id IS NOT DISTINCT FROM $3 AND state = 'paused' RETURNING id
     )
     INSERT INTO operation_events (cluster_id, operation_id, type, message, because)
     SELECT $1, id, 'operation', $2 || ' was superseded', 'request ' || $4 || ' took its place' FROM ended`,
    [clusterId, kind, nodeGroupId ?? null, requestId],
  );
}
