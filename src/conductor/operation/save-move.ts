import type { EntityManager } from 'typeorm';
import type { OperationRecord } from '../../database/operation.entity.js';
import type { OperationState } from '../../domain/operation-state.js';
import type { Move, Wish } from './operation.js';

/** What the runner does after a move was saved. */
export type AfterSave = 'next-turn' | 'pause' | 'ended';

interface Saved {
  readonly after: AfterSave;
  readonly pauseMs: number;
}

/**
 * Persists one move of an operation (inside a fenced transaction) with its line of history. An operation that a delete
 * waits for ends here as superseded, whatever its own move was, unless it ended by itself.
 */
export async function saveMove(manager: EntityManager, operation: OperationRecord, move: Move): Promise<Saved> {
  const ends = move.kind === 'fail' || move.kind === 'finish' || move.kind === 'stop';
  if (!ends && operation.kind !== 'cluster-delete' && (await deleteIsWaiting(manager, operation.clusterId))) {
    await end(manager, operation.id, 'superseded', null);
    await note(manager, operation, 'operation', `${operation.kind} was superseded`, 'the cluster is to be deleted');
    return { after: 'ended', pauseMs: 0 };
  }
  switch (move.kind) {
    case 'enter':
      await manager.query(
        `UPDATE operations SET state = 'running', step = $2, step_entered_at = clock_timestamp(), step_turns = 0, waiting_for = NULL WHERE id = $1`,
        [operation.id, move.step],
      );
      await note(manager, { id: operation.id, clusterId: operation.clusterId, step: move.step }, 'step', `${operation.kind}: ${move.step}`, null);
      return { after: 'next-turn', pauseMs: 0 };
    case 'recheck':
      return saveWait(manager, operation, move);
    case 'fail':
      await end(manager, operation.id, 'failed', move.because);
      await note(manager, operation, 'operation', `${operation.kind} failed`, move.because);
      return { after: 'ended', pauseMs: 0 };
    case 'stop':
      await stop(manager, operation, move);
      return { after: 'ended', pauseMs: 0 };
    case 'finish':
      await end(manager, operation.id, 'succeeded', null);
      await note(manager, operation, 'operation', `${operation.kind} succeeded`, null);
      return { after: 'ended', pauseMs: 0 };
  }
}

/** Paused or cancelled, the operation no longer holds the cluster. */
async function stop(manager: EntityManager, operation: OperationRecord, { wish, because }: { readonly wish: Wish; readonly because: string | null }): Promise<void> {
  const state = wish === 'pause' ? 'paused' : 'cancelled';
  await end(manager, operation.id, state, because);
  await note(manager, operation, 'operation', `${operation.kind} was ${state}`, because ?? 'somebody asked for it');
}

async function saveWait(manager: EntityManager, operation: OperationRecord, move: Extract<Move, { kind: 'recheck' }>): Promise<Saved> {
  const [[row]]: [[{ woken: boolean; changed: boolean }], number] = await manager.query(
    `UPDATE operations o SET state = 'waiting', waiting_for = $2, step_turns = o.step_turns + 1, wake_pending = false,
       lease_owner = CASE WHEN o.wake_pending THEN o.lease_owner END, lease_until = CASE WHEN o.wake_pending THEN o.lease_until END,
       due_at = CASE WHEN o.wake_pending THEN o.due_at ELSE clock_timestamp() + make_interval(secs => $3) END
     FROM operations before WHERE o.id = $1 AND before.id = o.id
     RETURNING before.wake_pending AS woken, before.waiting_for IS DISTINCT FROM o.waiting_for AS changed`,
    [operation.id, move.for, move.afterMs / 1000],
  );
  if (row.changed) await showWait(manager, operation, move.for);
  return row.woken ? { after: 'next-turn', pauseMs: 0 } : { after: 'pause', pauseMs: move.afterMs };
}

/** Shows what a step that still runs waits for. */
export async function tellWait(manager: EntityManager, operation: OperationRecord, reason: string): Promise<void> {
  const [, changed]: [unknown[], number] = await manager.query(`UPDATE operations SET waiting_for = $2 WHERE id = $1 AND waiting_for IS DISTINCT FROM $2`, [operation.id, reason]);
  if (changed > 0) await showWait(manager, operation, reason);
}

async function showWait(manager: EntityManager, operation: OperationRecord, reason: string): Promise<void> {
  await note(manager, operation, 'wait', `Waiting for ${reason}`, null);
  await manager.query(`UPDATE clusters SET status_reason = $2 WHERE id = $1 AND status LIKE '%_IN_PROGRESS'`, [
    operation.clusterId,
    `${operation.step ?? operation.kind}: waiting for ${reason}`,
  ]);
}

async function end(manager: EntityManager, id: string, state: OperationState, failure: string | null): Promise<void> {
  await manager.query(
    `UPDATE operations SET state = $2, failure = $3, waiting_for = NULL, wish = NULL,
       finished_at = CASE WHEN $2 = 'paused' THEN NULL ELSE clock_timestamp() END, lease_owner = NULL, lease_until = NULL
     WHERE id = $1`,
    [id, state, failure],
  );
}

async function deleteIsWaiting(manager: EntityManager, clusterId: string): Promise<boolean> {
  const rows: unknown[] = await manager.query(
    `SELECT 1 FROM operations WHERE cluster_id = $1 AND kind = 'cluster-delete' AND state = 'queued'`,
    [clusterId],
  );
  return rows.length > 0;
}

/** Appends to the cluster's history; `because` is the reason a person may ask for. Of a node its phase is kept, too: write that first. */
export async function note(
  manager: EntityManager,
  operation: Pick<OperationRecord, 'id' | 'clusterId' | 'step'>,
  type: 'operation' | 'step' | 'wait' | 'action' | 'node' | 'status' | 'incident',
  message: string,
  because: string | null,
  nodeId: string | null = null,
): Promise<void> {
  await manager.query(
    `INSERT INTO operation_events (cluster_id, operation_id, node_id, node_phase, type, step, message, because)
     VALUES ($1, $2, $3, (SELECT phase FROM nodes WHERE id = $3), $4, $5, $6, $7)`,
    [operation.clusterId, operation.id, nodeId, type, operation.step, message, because],
  );
}
