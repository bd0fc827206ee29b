import { Inject, Injectable } from '@nestjs/common';
import { requestOperation } from '../../database/operation-requests.js';
import { operationEffects } from '../../domain/operation-effects.js';
import { requireAllowed, type PolicyTarget } from '../access/policy.js';
import type { Patch } from '../http/json-patch.js';
import { nextPage, type ListQuery } from '../http/list-query.js';
import type { Asking } from '../http/request-context.js';
import { RUNTIME, type Runtime } from '../runtime.js';
import { Resizing } from '../node-changes/resizing.js';
import { planClusterPatch } from './plan-cluster-patch.js';
import { viewCluster, viewShortCluster, viewShownCluster, type ClusterRow } from './cluster.row.js';
import type { Accepted, ClusterView, DeleteQuery, ShortCluster } from './cluster.schema.js';
import { ClusterStore, clusterNotFound } from './cluster.store.js';

@Injectable()
export class ClustersService {
  constructor(
    @Inject(RUNTIME) private readonly runtime: Runtime,
    private readonly store: ClusterStore,
    private readonly resizing: Resizing,
  ) {}

  async list({ caller, base, minor }: Asking, query: ListQuery): Promise<{ clusters: ShortCluster[]; next?: string }> {
    const { rows, page } = await this.store.list(caller, query);
    const clusters = rows.map((row) => viewShortCluster(row, base, minor));
    const next = nextPage(`${base}/v1/clusters`, page, clusters);
    return next === undefined ? { clusters } : { clusters, next };
  }

  async detail({ caller, base, minor }: Asking, query: ListQuery): Promise<{ clusters: ClusterView[]; next?: string }> {
    const { rows, page } = await this.store.list(caller, query);
    const clusters = rows.map((row) => viewCluster(row, base, minor));
    const next = nextPage(`${base}/v1/clusters/detail`, page, clusters);
    return next === undefined ? { clusters } : { clusters, next };
  }

  async show({ caller, base, minor }: Asking, reference: string): Promise<ClusterView> {
    const row = await this.store.get(caller, reference, 'all');
    requireAllowed('cluster:get', caller, targetOf(row));
    return viewShownCluster(row, base, minor);
  }

  /** Health may be reported (magnum-auto-healer does), and the default workers get another count. */
  async patch(asking: Asking, reference: string, patch: Patch): Promise<Accepted> {
    const { caller, minor } = asking;
    const row = await this.store.get(caller, reference, 'all');
    requireAllowed('cluster:update', caller, targetOf(row));
    const { healthStatus, healthStatusReason, isChanged, nodeCount } = planClusterPatch(row, patch, minor);
    if (nodeCount !== null) await this.resizing.accept(asking, { cluster: row, nodegroup: null, nodeCount, nodesToRemove: [] });
    if (isChanged) {
      await this.runtime.dataSource.query(`UPDATE clusters SET health_status = $2, health_status_reason = $3 WHERE id = $1 AND deleted_at IS NULL`, [
        row.id,
        healthStatus,
        healthStatusReason,
      ]);
    }
    return { uuid: row.id };
  }

  /** Accepted in any state; while a delete waits or runs, another one may only ask it for more (`force` is the way out of a stuck one). */
  async delete({ caller, requestId }: Asking, reference: string, { keep_volumes: keepVolumes, force }: DeleteQuery): Promise<void> {
    const input = { ...(keepVolumes === true && { keep_volumes: true }), ...(force === true && { force: true }) };
    const row = await this.store.get(caller, reference, 'all');
    requireAllowed('cluster:delete', caller, targetOf(row));
    const operationId = await this.runtime.dataSource.transaction(async (manager) => {
      const held: unknown[] = await manager.query(`SELECT 1 FROM clusters WHERE id = $1 AND deleted_at IS NULL FOR UPDATE`, [row.id]);
      if (held.length === 0) throw clusterNotFound(reference);
      const [deleting]: { id: string }[] = await manager.query(
        `SELECT id FROM operations WHERE cluster_id = $1 AND kind = 'cluster-delete' AND state IN ('queued', 'running', 'waiting') LIMIT 1`,
        [row.id],
      );
      if (deleting) {
        // Its row may be held by a turn that saves its move just now: wanted only where there is something to add.
        if (Object.keys(input).length > 0) await manager.query(`UPDATE operations SET input = input || $2::jsonb WHERE id = $1`, [deleting.id, JSON.stringify(input)]);
        return undefined;
      }
      const { id } = await requestOperation(manager, {
        clusterId: row.id,
        projectId: row.project_id,
        kind: 'cluster-delete',
        input,
        timeoutMinutes: null,
        requestedBy: caller.userId,
        requestId,
      });
      const { underWay } = operationEffects['cluster-delete'];
      await manager.query(`UPDATE clusters SET status = $2, status_reason = NULL, updated_at = now() WHERE id = $1`, [row.id, underWay]);
      return id;
    });
    if (operationId !== undefined) await this.runtime.queue.wake(operationId);
  }
}

export const targetOf = (row: Pick<ClusterRow, 'project_id' | 'user_id'>): PolicyTarget => ({ projectId: row.project_id, userId: row.user_id });
