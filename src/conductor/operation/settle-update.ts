import type { EntityManager } from 'typeorm';
import type { OperationRecord } from '../../database/operation.entity.js';
import { operationEffects } from '../../domain/operation-effects.js';
import type { OperationKind } from '../../domain/operation-state.js';
import type { ClusterContext } from '../cluster-context.js';
import { wayOut, type Operation } from './operation.js';

/** What all changes of living clusters do to the cluster when they end; to be spread into the operation. */
export const settlesUpdate = {
  succeeded: (context, manager) => settle(context, manager, 'succeeded', null),
  failed: (context, manager, because) => settle(context, manager, 'failed', because),
  stopped: (context, manager, wish, because) =>
    wish === 'pause'
      ? settle(context, manager, 'paused', `${because === null ? '' : `${because}. `}${context.operation.kind} is paused: resume or cancel it, or ask for something else`)
      : settle(context, manager, 'cancelled', `${context.operation.kind} was cancelled; what it had done stays`),
} as const satisfies Pick<Operation<ClusterContext>, 'succeeded' | 'failed' | 'stopped'>;

/**
 * The cluster and its groups show how the operation ended, unless another one is to follow at once: then they stay in
 * progress. A delete that has overtaken it has written its own status.
 */
async function settle(context: ClusterContext, manager: EntityManager, end: 'succeeded' | 'failed' | 'paused' | 'cancelled', because: string | null): Promise<void> {
  const { cluster, operation } = context;
  const { underWay, [end]: wanted } = operationEffects[operation.kind];
  if (wanted === null) throw new Error(`operation ${operation.kind} cannot be ${end}; ${wayOut}`);
  const followers: unknown[] = await manager.query(`SELECT 1 FROM operations WHERE cluster_id = $1 AND state IN ('queued', 'running', 'waiting') AND id <> $2 LIMIT 1`, [cluster.id, operation.id]);
  const status = followers.length > 0 ? underWay : wanted;
  await manager.query(
    `UPDATE node_groups g SET status = $2, status_reason = $3, updated_at = now(),
       version = coalesce((SELECT min(n.coe_version) FROM nodes n WHERE n.node_group_id = g.id AND n.phase = 'ready'), g.version)
     WHERE g.cluster_id = $1 AND g.status = $4`,
    [cluster.id, wanted, because, underWay],
  );
  await manager.query(`UPDATE clusters SET status = $2, status_reason = $3, updated_at = now() WHERE id = $1 AND status = $4`, [cluster.id, status, because, underWay]);
}

const updates: readonly OperationKind[] = (Object.keys(operationEffects) as OperationKind[]).filter((kind) => operationEffects[kind].underWay === 'UPDATE_IN_PROGRESS');

/** Somebody else may have ended meanwhile and shown its own end: from its first turn on an update is what the cluster shows. */
export async function showUnderWay(manager: EntityManager, { clusterId, kind, nodeGroupId }: OperationRecord): Promise<void> {
  if (!updates.includes(kind)) return;
  const { underWay } = operationEffects[kind];
  await manager.query(`UPDATE clusters SET status = $2, status_reason = NULL, updated_at = now() WHERE id = $1 AND status IN ('CREATE_COMPLETE', 'UPDATE_COMPLETE', 'UPDATE_FAILED')`, [
    clusterId,
    underWay,
  ]);
  await manager.query(
    `UPDATE node_groups SET status = $2, status_reason = NULL, updated_at = now()
     WHERE cluster_id = $1 AND ($3::uuid IS NULL OR id = $3) AND status IN ('CREATE_COMPLETE', 'UPDATE_COMPLETE', 'UPDATE_FAILED')`,
    [clusterId, underWay, nodeGroupId],
  );
}
