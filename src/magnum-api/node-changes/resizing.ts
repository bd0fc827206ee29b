import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { requestOperation } from '../../database/operation-requests.js';
import { lockProject, reserveQuota } from '../../database/reservations.js';
import { NotFoundError } from '../../domain/domain-error.js';
import type { ClusterStatus } from '../../domain/cluster-status.js';
import { operationEffects } from '../../domain/operation-effects.js';
import { checkRoom } from '../clusters/check-room.js';
import { requireZeroNodesAllowed } from '../clusters/cluster-counts.js';
import type { Asking } from '../http/request-context.js';
import { RUNTIME, type Runtime } from '../runtime.js';
import { requireMasterCount, requireReplaceable } from './check-control-plane.js';
import { GrowthQuota, type Growth, type GrowthLook } from './growth-quota.js';
import { mergeInput } from './merge-input.js';
import { planResize, type MemberNode, type ResizePlan, type WantedSize } from './plan-resize.js';
import { readGroups, findGroup, requireChangeable, type ChangeableGroup } from './read-groups.js';
import { readMembers } from './read-members.js';

export interface ResizeOfCluster extends WantedSize {
  readonly cluster: { readonly id: string; readonly project_id: string };
  /** Null: the default group of workers. */
  readonly nodegroup: string | null;
}

export interface ResizeDecision {
  readonly group: ChangeableGroup;
  readonly members: readonly MemberNode[];
  readonly plan: ResizePlan;
  /** What has to be reserved beyond what other operations hold. */
  readonly growth: Growth;
}

/** Accepts resizes: everything is decided under the cluster's lock and recorded in one transaction. */
@Injectable()
export class Resizing {
  constructor(
    @Inject(RUNTIME) private readonly runtime: Runtime,
    private readonly quota: GrowthQuota,
  ) {}

  /** Throws what planResize throws, and the quotas' refusals; then nothing was changed. */
  async accept(asking: Asking, wanted: ResizeOfCluster): Promise<void> {
    const { dataSource } = this.runtime;
    const glance = await this.decide(dataSource.manager, asking, wanted);
    let look = glance.growth.count > 0 ? await this.quota.look(asking, wanted.cluster.project_id, glance.group) : null;
    let id = await dataSource.transaction((manager) => this.record(manager, asking, wanted, look));
    if (id === null) {
      // Somebody made the group smaller meanwhile, so that this one makes it larger.
      look = await this.quota.look(asking, wanted.cluster.project_id, glance.group);
      id = await dataSource.transaction((manager) => this.record(manager, asking, wanted, look));
    }
    if (id !== null) await this.runtime.queue.wake(id);
  }

  /** What the request comes to as things stand; nothing is locked or changed. */
  async decide(manager: EntityManager, { minor }: Asking, { cluster, nodegroup, ...size }: ResizeOfCluster): Promise<ResizeDecision> {
    const groups = await readGroups(manager, cluster.id);
    const group = findGroup(groups, nodegroup);
    const [row]: { status: ClusterStatus; busy: boolean }[] = await manager.query(
      `SELECT status, EXISTS (SELECT 1 FROM operations WHERE cluster_id = $1 AND state IN ('queued', 'running', 'waiting')) AS busy FROM clusters WHERE id = $1 AND deleted_at IS NULL`,
      [cluster.id],
    );
    if (!row) throw new NotFoundError('cluster-not-found', `Cluster ${cluster.id} could not be found.`);
    requireZeroNodesAllowed(size.nodeCount, minor);
    if (group.role === 'master') requireMasterCount(group, size.nodeCount);
    requireChangeable('The cluster', row.status);
    requireChangeable(`Node group ${group.name}`, group.status);
    const members = (await readMembers(manager, cluster.id, size.nodesToRemove)).filter(({ groupId }) => groupId === group.id);
    const plan = planResize(group, members, size);
    if (group.role === 'master' && plan.replaces) requireReplaceable(group);
    // Quarantined ones take up room in the cloud and are no use to the group.
    const idle = members.filter(({ isInQuarantine }) => isInQuarantine).length;
    const existing = members.filter(({ phase, isInQuarantine }) => isInQuarantine || (phase !== 'deleting' && phase !== 'gone')).length;
    // What is wanted already is held by the operation that is to make it.
    const standing = row.busy ? Math.max(group.nodeCount + idle, existing) : existing;
    const growth = { group, standing, count: Math.max(0, plan.nodeCount + idle - standing) };
    if (growth.count > 0) checkRoom(group.spec, groups.reduce((sum, { id, nodeCount }) => sum + (id === group.id ? plan.nodeCount : nodeCount), 0));
    return { group, members, plan, growth };
  }

  /** Count, victims, operation and reservation, or nothing; null when the quotas have to be looked at first. */
  private async record(manager: EntityManager, asking: Asking, wanted: ResizeOfCluster, look: GrowthLook | null): Promise<string | null> {
    const { caller, requestId } = asking;
    const { id: clusterId, project_id: projectId } = wanted.cluster;
    // The project before the cluster, as when one is created.
    if (look) await lockProject(manager, projectId);
    await manager.query(`SELECT 1 FROM clusters WHERE id = $1 FOR UPDATE`, [clusterId]);
    const { group, plan, growth } = await this.decide(manager, asking, wanted);
    if (growth.count > 0 && !look) return null;
    const { underWay } = operationEffects['cluster-resize'];
    await manager.query(`UPDATE node_groups SET node_count = $2, status = $3, status_reason = NULL, updated_at = now() WHERE id = $1`, [group.id, plan.nodeCount, underWay]);
    const victims = plan.victims.map(({ id }) => id);
    await manager.query(`UPDATE nodes SET doomed_because = $2, updated_at = now() WHERE id = ANY($1)`, [victims, `request ${requestId} ${plan.replaces ? 'replaces' : 'removes'} it`]);
    const input = { node_count: plan.nodeCount, nodes_to_remove: victims };
    const { id, isNew } = await requestOperation(manager, { clusterId, projectId, kind: 'cluster-resize', nodeGroupId: group.id, input, timeoutMinutes: null, requestedBy: caller.userId, requestId });
    if (!isNew) await mergeInput(manager, id, input, 'nodes_to_remove');
    if (growth.count > 0 && look) {
      const keptMinutes = this.runtime.config.RESERVATIONS_KEPT_MINUTES;
      await reserveQuota(manager, look.look, { projectId, clusterId, operationId: id, units: this.quota.units(growth, look), keptMinutes });
    }
    await manager.query(`UPDATE clusters SET status = $2, status_reason = NULL, updated_at = now() WHERE id = $1`, [clusterId, underWay]);
    await manager.query(`INSERT INTO operation_events (cluster_id, operation_id, type, message, because) VALUES ($1, $2, 'operation', $3, $4)`, [
      clusterId,
      id,
      describeResize(group, plan),
      `request ${requestId}`,
    ]);
    return id;
  }
}

export function describeResize({ name, nodeCount: before }: Pick<ChangeableGroup, 'name' | 'nodeCount'>, { nodeCount, victims, replaces }: ResizePlan): string {
  const names = victims.map((victim) => victim.name).join(', ');
  if (replaces) return `Node group ${name} is to have other nodes for ${names}`;
  const count = nodeCount === before ? `is to have ${nodeCount} nodes` : `is to have ${nodeCount} nodes instead of ${before}`;
  return `Node group ${name} ${count}${names === '' ? '' : `, without ${names}`}`;
}
