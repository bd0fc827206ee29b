import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { queuedBehind } from '../../database/operation-requests.js';
import { NotFoundError, OperationNotRetryableError } from '../../domain/domain-error.js';
import { operationEffects } from '../../domain/operation-effects.js';
import type { Caller } from '../access/caller.js';
import { requireAllowed } from '../access/policy.js';
import { ClusterStore } from '../clusters/cluster.store.js';
import { targetOf } from '../clusters/clusters.service.js';
import { viewEvent, type EventRow } from '../events/event.view.js';
import { nextPage, planPage, unknownMarker, type ListQuery } from '../http/list-query.js';
import { identify } from '../http/lookup.js';
import type { Asking } from '../http/request-context.js';
import { RUNTIME, type Runtime } from '../runtime.js';
import { nodeTimes, type PhaseLine } from './node-times.js';
import {
  operationSource,
  selectOperations,
  stepsSoFar,
  viewOperation,
  type OperationDetail,
  type OperationEvents,
  type OperationEventsQuery,
  type OperationRow,
  type OperationView,
} from './operation.view.js';

const eventsShownMax = 200;

@Injectable()
export class OperationsService {
  constructor(
    @Inject(RUNTIME) private readonly runtime: Runtime,
    private readonly clusters: ClusterStore,
  ) {}

  async listOfCluster({ caller, base }: Asking, reference: string, query: ListQuery): Promise<{ operations: OperationView[]; next?: string }> {
    const { dataSource, config } = this.runtime;
    const cluster = await this.clusters.get(caller, reference, 'all');
    requireAllowed('cluster:get', caller, targetOf(cluster));
    const parameters: unknown[] = [cluster.id];
    if (query.marker !== undefined) {
      const found: unknown[] = await dataSource.query(`SELECT 1 FROM operations WHERE cluster_id = $1 AND id = $2`, [cluster.id, query.marker]);
      if (found.length === 0) throw unknownMarker(operationSource, query.marker);
    }
    const page = planPage(query, operationSource, config.LIST_LIMIT_MAX, 'o', parameters);
    const rows: OperationRow[] = await dataSource.query(
      `${selectOperations} WHERE o.cluster_id = $1 AND ${page.where} ORDER BY ${page.orderBy} LIMIT ${page.limit}`,
      parameters,
    );
    const operations = rows.map(viewOperation);
    const next = nextPage(`${base}/v1/clusters/${cluster.id}/operations`, page, operations);
    return next === undefined ? { operations } : { operations, next };
  }

  /** Also of a cluster that is gone: how its deletion went is still asked for. */
  async show({ caller }: Asking, reference: string): Promise<OperationDetail> {
    const row = await this.get(caller, reference);
    requireAllowed('cluster:get', caller, { projectId: row.project_id, userId: row.requested_by ?? '' });
    return this.detail(row);
  }

  /** The whole history of an operation, oldest first. */
  async events({ caller, base }: Asking, reference: string, query: OperationEventsQuery): Promise<OperationEvents> {
    const row = await this.get(caller, reference);
    requireAllowed('cluster:get', caller, { projectId: row.project_id, userId: row.requested_by ?? '' });
    const { dataSource, config } = this.runtime;
    const limit = Math.min(query.limit ?? config.LIST_LIMIT_MAX, config.LIST_LIMIT_MAX);
    const rows: EventRow[] = await dataSource.query(
      `SELECT * FROM operation_events WHERE cluster_id = $1 AND operation_id = $2 AND id > $3 ORDER BY id LIMIT ${limit}`,
      [row.cluster_id, row.id, query.marker ?? 0],
    );
    const last = rows.at(-1);
    const page = { operation_uuid: row.id, requested_by: row.requested_by, request_id: row.request_id, events: rows.map(viewEvent) };
    return last && rows.length === limit ? { ...page, next: `${base}/v1/operations/${row.id}/events?limit=${limit}&marker=${last.id}` } : page;
  }

  async retry({ caller, requestId }: Asking, reference: string): Promise<OperationDetail> {
    const row = await this.get(caller, reference);
    requireAllowed('cluster:retry', caller, { projectId: row.project_id, userId: row.requested_by ?? '' });
    await this.runtime.dataSource.transaction((manager) => this.requeue(manager, row, requestId));
    await this.runtime.queue.wake(row.id);
    return this.detail(await this.get(caller, reference));
  }

  private async requeue(manager: EntityManager, { id, cluster_id, kind }: OperationRow, requestId: string): Promise<void> {
    // The cluster's row first, as everywhere, so that a delete accepted at the same moment is seen.
    const clusters: unknown[] = await manager.query(`SELECT 1 FROM clusters WHERE id = $1 AND deleted_at IS NULL FOR UPDATE`, [cluster_id]);
    if (clusters.length === 0) throw new OperationNotRetryableError('The cluster is gone; there is nothing to retry.');
    const later: { kind: string; state: string }[] = await manager.query(
      `SELECT kind, state FROM operations WHERE cluster_id = $1 AND id <> $2
         AND (state IN ('queued', 'running', 'waiting') OR row_id > (SELECT row_id FROM operations WHERE id = $2)) ORDER BY row_id DESC LIMIT 1`,
      [cluster_id, id],
    );
    const [newer] = later;
    if (newer) throw new OperationNotRetryableError(`A ${newer.kind} came after this operation (${newer.state}); only the last operation of a cluster is retried.`);
    const { CREATE_TIMEOUT_MINUTES } = this.runtime.config;
    const [, affected]: [unknown[], number] = await manager.query(
      `UPDATE operations o SET state = 'queued', step = NULL, step_entered_at = NULL, step_turns = 0, waiting_for = ${queuedBehind('$3')}, failure = NULL, finished_at = NULL,
         attempt = o.attempt + 1, due_at = now(), request_id = $4,
         deadline_at = CASE WHEN o.deadline_at IS NULL THEN NULL
           ELSE now() + make_interval(mins => coalesce(nullif((SELECT create_timeout FROM clusters WHERE id = o.cluster_id), 0), $2)) END
       WHERE o.id = $1 AND o.state = 'failed'`,
      [id, CREATE_TIMEOUT_MINUTES, cluster_id, requestId],
    );
    if (affected === 0) {
      const [now]: { state: string }[] = await manager.query(`SELECT state FROM operations WHERE id = $1`, [id]);
      throw new OperationNotRetryableError(`Only a failed operation can be retried, and this one is ${now?.state ?? 'gone'}.`);
    }
    const { underWay, failed } = operationEffects[kind];
    await manager.query(`UPDATE clusters SET status = $2, status_reason = NULL, updated_at = now() WHERE id = $1`, [cluster_id, underWay]);
    await manager.query(`UPDATE node_groups SET status = $2, status_reason = NULL, updated_at = now() WHERE cluster_id = $1 AND status = $3`, [
      cluster_id,
      underWay,
      failed,
    ]);
    await manager.query(`INSERT INTO outbox (operation_id) VALUES ($1)`, [id]);
    await manager.query(`INSERT INTO operation_events (cluster_id, operation_id, type, message, because) VALUES ($1, $2, 'operation', $3, $4)`, [
      cluster_id,
      id,
      `${kind} is tried again`,
      `request ${requestId}`,
    ]);
  }

  /** As the caller may see it. */
  async get(caller: Caller, reference: string): Promise<OperationRow> {
    const identity = identify(reference);
    const missing = new NotFoundError('operation-not-found', `Operation ${reference} could not be found.`);
    if (identity.kind !== 'id') throw missing;
    const rows: OperationRow[] = await this.runtime.dataSource.query(`${selectOperations} WHERE o.id = $1 AND ($2 OR o.project_id = $3)`, [
      identity.id,
      caller.isAdmin,
      caller.projectId,
    ]);
    const [row] = rows;
    if (!row) throw missing;
    return row;
  }

  private async detail(row: OperationRow): Promise<OperationDetail> {
    const { dataSource } = this.runtime;
    const entered: { step: string; at: Date }[] = await dataSource.query(
      `SELECT step, at FROM operation_events WHERE cluster_id = $1 AND operation_id = $2 AND type = 'step' AND step IS NOT NULL ORDER BY id`,
      [row.cluster_id, row.id],
    );
    const events: EventRow[] = await dataSource.query(
      `SELECT * FROM (SELECT * FROM operation_events WHERE cluster_id = $1 AND operation_id = $2 ORDER BY id DESC LIMIT ${eventsShownMax}) newest ORDER BY id`,
      [row.cluster_id, row.id],
    );
    const phases: PhaseLine[] = await dataSource.query(
      `SELECT e.node_id, n.name, e.node_phase, e.at FROM operation_events e JOIN nodes n ON n.id = e.node_id
       WHERE e.cluster_id = $1 AND e.operation_id = $2 AND e.node_phase IS NOT NULL ORDER BY e.id`,
      [row.cluster_id, row.id],
    );
    return { ...viewOperation(row), steps: stepsSoFar(row, entered), nodes: nodeTimes(phases), events: events.map(viewEvent) };
  }
}
