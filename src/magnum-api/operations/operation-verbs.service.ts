import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { acceptAsItIs } from '../../database/accept-as-it-is.js';
import { queuedBehind } from '../../database/operation-requests.js';
import { isUniqueViolation } from '../../database/unique-violation.js';
import { OperationConflictError } from '../../domain/domain-error.js';
import { operationEffects } from '../../domain/operation-effects.js';
import { requireAllowed, type Rule } from '../access/policy.js';
import type { Asking } from '../http/request-context.js';
import { RUNTIME, type Runtime } from '../runtime.js';
import { selectOperations, type OperationDetail, type OperationRow } from './operation.view.js';
import { OperationsService } from './operations.service.js';
import { planVerb, type Neighbours, type Verb, type VerbPlan } from './plan-verb.js';
import { skipNode } from './skip-node.js';

const rules: Record<Verb, Rule> = { pause: 'operation:pause', resume: 'operation:resume', cancel: 'operation:cancel' };

const participles: Record<'paused' | 'queued' | 'cancelled', string> = { paused: 'was paused', queued: 'goes on', cancelled: 'was cancelled' };

/** What people want of operations that exist. Only what nobody works at is changed at once. */
@Injectable()
export class OperationVerbsService {
  constructor(
    @Inject(RUNTIME) private readonly runtime: Runtime,
    private readonly operations: OperationsService,
  ) {}

  async ask(asking: Asking, reference: string, verb: Verb): Promise<OperationDetail> {
    const row = await this.operations.get(asking.caller, reference);
    requireAllowed(rules[verb], asking.caller, { projectId: row.project_id, userId: row.requested_by ?? '' });
    try {
      await this.runtime.dataSource.transaction((manager) => this.act(manager, row, verb, asking.requestId));
    } catch (error) {
      if (isUniqueViolation(error)) throw new OperationConflictError(`Another ${row.kind} waits already and does what is wanted by now; cancel this one.`);
      throw error;
    }
    await this.runtime.queue.wake(row.id);
    return this.operations.show(asking, row.id);
  }

  /** Leaves one node as it is, for as long as this operation lasts. */
  async skip(asking: Asking, reference: string, node: string): Promise<OperationDetail> {
    const row = await this.operations.get(asking.caller, reference);
    requireAllowed('operation:skip_node', asking.caller, { projectId: row.project_id, userId: row.requested_by ?? '' });
    await this.runtime.dataSource.transaction(async (manager) => skipNode(manager, await this.lock(manager, row), node, asking.requestId));
    await this.runtime.queue.wake(row.id);
    return this.operations.show(asking, row.id);
  }

  private async act(manager: EntityManager, { id, cluster_id }: OperationRow, verb: Verb, requestId: string): Promise<void> {
    const row = await this.lock(manager, { id, cluster_id });
    const plan = planVerb(verb, row, await neighboursOf(manager, row));
    switch (plan.kind) {
      case 'refuse':
        throw new OperationConflictError(plan.because);
      case 'nothing':
        return;
      case 'wish':
        return wishFor(manager, row, plan.wish, requestId);
      case 'move':
        return move(manager, row, plan.to, requestId);
    }
  }

  /** The cluster's row first, as everywhere. A conductor that begins or ends a turn has to wait for the operation's. */
  private async lock(manager: EntityManager, { id, cluster_id }: Pick<OperationRow, 'id' | 'cluster_id'>): Promise<OperationRow> {
    const clusters: unknown[] = await manager.query(`SELECT 1 FROM clusters WHERE id = $1 AND deleted_at IS NULL FOR UPDATE`, [cluster_id]);
    if (clusters.length === 0) throw new OperationConflictError('The cluster is gone; nothing of it can be changed.');
    await manager.query(`SELECT 1 FROM operations WHERE id = $1 FOR UPDATE`, [id]);
    const [row]: OperationRow[] = await manager.query(`${selectOperations} WHERE o.id = $1`, [id]);
    if (!row) throw new Error(`operation ${id} vanished`);
    return row;
  }
}

async function neighboursOf(manager: EntityManager, { id, cluster_id }: OperationRow): Promise<Neighbours> {
  const due: unknown[] = await manager.query(
    `SELECT 1 FROM operations WHERE cluster_id = $1 AND id <> $2 AND kind = 'cluster-delete' AND state IN ('queued', 'running', 'waiting') LIMIT 1`,
    [cluster_id, id],
  );
  const newer: { kind: string; state: string }[] = await manager.query(
    `SELECT n.kind, n.state FROM operations n JOIN operations o ON o.id = $2 WHERE n.cluster_id = $1 AND n.row_id > o.row_id ORDER BY n.row_id DESC LIMIT 1`,
    [cluster_id, id],
  );
  return { deleteIsDue: due.length > 0, newer: newer[0] ?? null };
}

async function wishFor(manager: EntityManager, row: OperationRow, wish: Extract<VerbPlan, { kind: 'wish' }>['wish'], requestId: string): Promise<void> {
  await manager.query(`UPDATE operations SET wish = $2 WHERE id = $1`, [row.id, wish]);
  const message = wish === null ? `${row.kind} is not to be paused after all` : `${row.kind} is to be ${wish === 'pause' ? 'paused' : 'cancelled'} at the end of its turn`;
  await note(manager, row, message, requestId);
  await manager.query(`INSERT INTO outbox (operation_id) VALUES ($1)`, [row.id]);
}

/** What had begun before is another attempt: failures of the one that was paused are work for it, and no news. */
async function move(manager: EntityManager, row: OperationRow, to: 'paused' | 'queued' | 'cancelled', requestId: string): Promise<void> {
  await manager.query(
    to === 'queued'
      ? `UPDATE operations SET state = 'queued', step = NULL, step_entered_at = NULL, step_turns = 0, waiting_for = ${queuedBehind('$2')}, failure = NULL, wish = NULL, due_at = now(),
           attempt = attempt + CASE WHEN started_at IS NULL THEN 0 ELSE 1 END
         WHERE id = $1`
      : `UPDATE operations SET state = '${to}', waiting_for = NULL, wish = NULL, fence = fence + 1,
           finished_at = ${to === 'cancelled' ? 'clock_timestamp()' : 'NULL'} WHERE id = $1 AND $2::uuid IS NOT NULL`,
    [row.id, row.cluster_id],
  );
  if (to === 'cancelled') await acceptAsItIs(manager, { id: row.id, kind: row.kind, nodeGroupId: row.node_group_id });
  if (to === 'queued') await manager.query(`INSERT INTO outbox (operation_id) VALUES ($1)`, [row.id]);
  await note(manager, row, `${row.kind} ${participles[to]}`, requestId);
  await showMoved(manager, row, to);
}

/** The cluster and the groups that showed this operation show what it has become; a cluster that others hold or wait for stays in progress. */
async function showMoved(manager: EntityManager, { id, cluster_id, kind, node_group_id }: OperationRow, to: 'paused' | 'queued' | 'cancelled'): Promise<void> {
  const { underWay, paused, cancelled, failed } = operationEffects[kind];
  const shown = { queued: underWay, paused, cancelled }[to];
  const before = { queued: ['CREATE_COMPLETE', 'UPDATE_COMPLETE', failed], paused: [underWay], cancelled: [underWay, paused, failed] }[to];
  const reason = to === 'paused' ? `${kind} is paused: resume or cancel it, or ask for something else` : null;
  await manager.query(
    `UPDATE node_groups SET status = $2, status_reason = $3, updated_at = now() WHERE cluster_id = $1 AND ($4::uuid IS NULL OR id = $4) AND status = ANY($5)`,
    [cluster_id, shown, reason, node_group_id, before],
  );
  await manager.query(
    `UPDATE clusters SET status = $2, status_reason = $3, updated_at = now() WHERE id = $1 AND status = ANY($4)
       AND ($5 OR NOT EXISTS (SELECT 1 FROM operations WHERE cluster_id = $1 AND id <> $6 AND state IN ('queued', 'running', 'waiting')))`,
    [cluster_id, shown, reason, before, to === 'queued', id],
  );
}

async function note(manager: EntityManager, { id, cluster_id }: OperationRow, message: string, requestId: string): Promise<void> {
  await manager.query(`INSERT INTO operation_events (cluster_id, operation_id, type, message, because) VALUES ($1, $2, 'operation', $3, $4)`, [
    cluster_id,
    id,
    message,
    `request ${requestId}`,
  ]);
}
