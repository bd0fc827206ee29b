import type { DataSource } from 'typeorm';
import { OperationRecord } from '../../database/operation.entity.js';
import { isUniqueViolation } from '../../database/unique-violation.js';
import type { WakeUpCause } from '../../queue/wake-up-queue.js';

/**
 * Takes the lease of an operation that may move now and raises its fence. Undefined when there is nothing to do: it has
 * ended, somebody holds it, its pause is not over (`timer`), or another operation holds the cluster.
 */
export async function takeLease(
  dataSource: DataSource,
  operationId: string,
  owner: string,
  leaseSeconds: number,
  cause: WakeUpCause,
): Promise<OperationRecord | undefined> {
  try {
    const [rows]: [{ id: string }[], number] = await dataSource.query(
      `UPDATE operations SET
         lease_owner = $2, lease_until = clock_timestamp() + make_interval(secs => $3), due_at = clock_timestamp() + make_interval(secs => $3),
         fence = fence + 1, wake_pending = false, started_at = coalesce(started_at, now()),
         state = CASE state WHEN 'queued' THEN 'running' ELSE state END
       WHERE id = $1 AND state IN ('queued', 'running', 'waiting')
         AND (lease_until IS NULL OR lease_until <= now())
         AND ($4 = 'event' OR due_at <= now() + interval '20 milliseconds')
       RETURNING id`,
      [operationId, owner, leaseSeconds, cause],
    );
    if (rows.length === 0) return undefined;
  } catch (error) {
    if (isUniqueViolation(error)) return undefined;
    throw error;
  }
  return dataSource.manager.findOneByOrFail(OperationRecord, { id: operationId });
}

/** Leaves a note for the holder of the lease, so that what woke us is not lost; true when somebody is there to read it. */
export async function noteWakeUp(dataSource: DataSource, operationId: string): Promise<boolean> {
  const [, affected]: [unknown[], number] = await dataSource.query(
    `UPDATE operations SET wake_pending = true WHERE id = $1 AND state IN ('running', 'waiting') AND lease_until > now()`,
    [operationId],
  );
  return affected > 0;
}

/**
 * A queued delete ends whatever else holds the cluster and has no turn running (a running turn ends itself, see
 * `saveMove`). Answers the ids of the operations that it ended.
 */
export async function makeWayForDelete(dataSource: DataSource, operationId: string): Promise<string[]> {
  const [rows]: [{ id: string }[], number] = await dataSource.query(
    `WITH wanted AS (SELECT id, cluster_id FROM operations WHERE id = $1 AND kind = 'cluster-delete' AND state = 'queued'),
     ended AS (
       UPDATE operations o SET state = 'superseded', finished_at = now(), waiting_for = NULL, fence = o.fence + 1
       FROM wanted WHERE o.cluster_id = wanted.cluster_id AND o.id <> wanted.id
         AND (o.state IN ('queued', 'paused') OR (o.state IN ('running', 'waiting') AND (o.lease_until IS NULL OR o.lease_until <= now())))
       RETURNING o.id, o.cluster_id, o.kind
     ),
     noted AS (
       INSERT INTO operation_events (cluster_id, operation_id, type, message, because)
       SELECT cluster_id, id, 'operation', kind || ' was superseded', 'the cluster is to be deleted' FROM ended
     )
     UPDATE operations SET due_at = now() WHERE id IN (SELECT id FROM wanted) AND EXISTS (SELECT 1 FROM ended) RETURNING id`,
    [operationId],
  );
  return rows.map((row) => row.id);
}
