import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { AppliedNodeMetadata } from '../../database/node-group.entity.js';
import { requestOperation } from '../../database/operation-requests.js';
import type { ClusterStatus } from '../../domain/cluster-status.js';
import { InvalidParameterError } from '../../domain/domain-error.js';
import type { OperationKind } from '../../domain/operation-state.js';
import { requireAllowed } from '../access/policy.js';
import type { ClusterRow } from '../clusters/cluster.row.js';
import { ClusterStore, clusterNotFound } from '../clusters/cluster.store.js';
import { targetOf } from '../clusters/clusters.service.js';
import type { Patch } from '../http/json-patch.js';
import type { Asking } from '../http/request-context.js';
import { RUNTIME, type Runtime } from '../runtime.js';
import type { NodeGroupRow } from './node-group.row.js';
import { NodeGroupStore, nodeGroupNotFound } from './node-group.store.js';
import { NodeGroupsClosedError, requireOpenCluster } from './node-groups-closed.error.js';
import { planNodeGroupPatch } from './plan-node-group-patch.js';

/** Accepts changes and deletions of node groups: each is a row's new values and an operation, recorded together. */
@Injectable()
export class NodeGroupChanges {
  constructor(
    @Inject(RUNTIME) private readonly runtime: Runtime,
    private readonly clusters: ClusterStore,
    private readonly groups: NodeGroupStore,
  ) {}

  /** An empty patch changes nothing. Answers the group's id. */
  async patch(asking: Asking, clusterReference: string, reference: string, patch: Patch): Promise<{ readonly clusterId: string; readonly groupId: string }> {
    const { cluster, group } = await this.find(asking, 'nodegroup:update', clusterReference, reference);
    planNodeGroupPatch(group, patch);
    if (patch.length > 0) await this.change(cluster, group.id, (manager) => this.recordPatch(manager, asking, cluster, group.id, patch));
    return { clusterId: cluster.id, groupId: group.id };
  }

  /** While a delete of the group waits or runs, another one changes nothing. */
  async delete(asking: Asking, clusterReference: string, reference: string): Promise<void> {
    const { cluster, group } = await this.find(asking, 'nodegroup:delete', clusterReference, reference);
    if (group.is_default) throw new InvalidParameterError(`Node group ${group.name} comes with its cluster and goes with it: a default node group cannot be deleted.`);
    await this.change(cluster, group.id, (manager) => this.recordDelete(manager, asking, cluster, group.id));
  }

  private async find({ caller }: Asking, rule: 'nodegroup:update' | 'nodegroup:delete', clusterReference: string, reference: string): Promise<{ cluster: ClusterRow; group: NodeGroupRow }> {
    requireAllowed(rule, caller);
    const cluster = await this.clusters.get(caller, clusterReference, 'own');
    requireAllowed(rule, caller, targetOf(cluster));
    return { cluster, group: await this.groups.get(cluster.id, reference) };
  }

  private async change(cluster: ClusterRow, groupId: string, record: (manager: EntityManager) => Promise<string | undefined>): Promise<void> {
    const operationId = await this.runtime.dataSource.transaction(async (manager) => {
      const held: { status: ClusterStatus; api_address: string | null }[] = await manager.query(`SELECT status, api_address FROM clusters WHERE id = $1 AND deleted_at IS NULL FOR UPDATE`, [cluster.id]);
      const [now] = held;
      if (!now) throw clusterNotFound(cluster.id);
      requireOpenCluster('nodegroup-update', { name: cluster.name, ...now });
      const there: unknown[] = await manager.query(`SELECT 1 FROM node_groups WHERE id = $1 FOR UPDATE`, [groupId]);
      if (there.length === 0) throw nodeGroupNotFound(groupId);
      return record(manager);
    });
    if (operationId !== undefined) await this.runtime.queue.wake(operationId);
  }

  private async recordPatch(manager: EntityManager, asking: Asking, cluster: ClusterRow, groupId: string, patch: Patch): Promise<string> {
    const group = await this.groups.get(cluster.id, groupId, manager);
    if (/^CREATE_(IN_PROGRESS|FAILED)$|^DELETE_/.test(group.status)) {
      throw new NodeGroupsClosedError(`Node group ${group.name} is ${group.status}; it can be changed once it was made, and not any more when it goes.`);
    }
    const { minNodeCount, maxNodeCount, nodeLabels, nodeTaints } = planNodeGroupPatch(group, patch);
    await manager.query(
      `UPDATE node_groups SET min_node_count = $2, max_node_count = $3, node_labels = $4, node_taints = $5, applied_node_metadata = $6,
         status = 'UPDATE_IN_PROGRESS', status_reason = NULL, updated_at = now() WHERE id = $1`,
      [groupId, minNodeCount, maxNodeCount, nodeLabels, nodeTaints && JSON.stringify(nodeTaints), await formerMetadata(manager, group)],
    );
    return this.request(manager, asking, cluster, 'nodegroup-update', groupId);
  }

  private async recordDelete(manager: EntityManager, asking: Asking, cluster: ClusterRow, groupId: string): Promise<string | undefined> {
    const deleting: unknown[] = await manager.query(
      `SELECT 1 FROM operations WHERE cluster_id = $1 AND node_group_id = $2 AND kind = 'nodegroup-delete' AND state IN ('queued', 'running', 'waiting') LIMIT 1`,
      [cluster.id, groupId],
    );
    if (deleting.length > 0) return undefined;
    await makeWay(manager, cluster.id, groupId, asking.requestId);
    // The nodes go one by one; a roll of the group that runs takes this up by itself.
    await manager.query(
      `UPDATE node_groups SET node_count = 0, min_node_count = 0, status = 'DELETE_IN_PROGRESS', status_reason = NULL, updated_at = now() WHERE id = $1`,
      [groupId],
    );
    return this.request(manager, asking, cluster, 'nodegroup-delete', groupId);
  }

  private async request(manager: EntityManager, { caller, requestId }: Asking, cluster: ClusterRow, kind: OperationKind, nodeGroupId: string): Promise<string> {
    const { id } = await requestOperation(manager, {
      ...{ clusterId: cluster.id, projectId: cluster.project_id, kind, nodeGroupId },
      ...{ timeoutMinutes: null, requestedBy: caller.userId, requestId },
    });
    await manager.query(`UPDATE clusters SET status = 'UPDATE_IN_PROGRESS', status_reason = NULL, updated_at = now() WHERE id = $1`, [cluster.id]);
    return id;
  }
}

/** Names of all that the group wanted until now, for whoever has to take it off the nodes. */
async function formerMetadata(manager: EntityManager, { id, node_labels, node_taints }: NodeGroupRow): Promise<AppliedNodeMetadata> {
  const [row]: { applied_node_metadata: AppliedNodeMetadata | null }[] = await manager.query(`SELECT applied_node_metadata FROM node_groups WHERE id = $1`, [id]);
  const { labels = [], taints = [] } = row?.applied_node_metadata ?? {};
  const wanted = (node_taints ?? []).map(({ key, effect }) => ({ key, effect }));
  const more = wanted.filter(({ key, effect }) => !taints.some((taint) => taint.key === key && taint.effect === effect));
  return { labels: [...new Set([...labels, ...Object.keys(node_labels ?? {})])], taints: [...taints, ...more] };
}

/** Nothing else is done to a group that is to go: what waits is dropped, and what runs ends after its turn. */
async function makeWay(manager: EntityManager, clusterId: string, groupId: string, requestId: string): Promise<void> {
  await manager.query(
    `WITH ended AS (
       UPDATE operations SET state = 'superseded', finished_at = clock_timestamp(), fence = fence + 1, waiting_for = NULL
       WHERE cluster_id = $1 AND node_group_id = $2 AND state IN ('queued', 'paused', 'failed') RETURNING id, kind
     )
     INSERT INTO operation_events (cluster_id, operation_id, type, message, because)
     SELECT $1, id, 'operation', kind || ' was superseded', 'request ' || $3 || ': its node group is to be deleted' FROM ended`,
    [clusterId, groupId, requestId],
  );
  await manager.query(`UPDATE operations SET wish = 'cancel' WHERE cluster_id = $1 AND node_group_id = $2 AND state IN ('running', 'waiting')`, [clusterId, groupId]);
  await manager.query(`INSERT INTO outbox (operation_id) SELECT id FROM operations WHERE cluster_id = $1 AND node_group_id = $2 AND state IN ('running', 'waiting')`, [clusterId, groupId]);
}
