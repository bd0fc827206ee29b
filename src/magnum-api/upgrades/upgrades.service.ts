import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { insertRow } from '../../database/insert-row.js';
import { withKnownOutcome } from '../../database/known-outcome.js';
import { requestOperation } from '../../database/operation-requests.js';
import { lockProject, reserveQuota } from '../../database/reservations.js';
import { ClusterBusyError, InvalidParameterError, NotFoundError, UpgradeConflictError } from '../../domain/domain-error.js';
import { controlPlaneStepProblem } from '../../domain/kubernetes-skew.js';
import { replacementProblem } from '../../domain/master-count.js';
import { rollLimits } from '../../domain/node-share.js';
import { operationEffects } from '../../domain/operation-effects.js';
import type { UpgradeInput } from '../../domain/upgrade-input.js';
import { changedNodeFields } from '../../driver-contract/changed-node-fields.js';
import type { ClusterSpec } from '../../driver-contract/index.js';
import { growthUnits, type QuotaUnit } from '../../driver-contract/quota-units.js';
import { requireAllowed } from '../access/policy.js';
import { ProjectQuotas, type CloudQuotas } from '../cloud-quotas/project-quotas.js';
import type { ClusterTemplateRow } from '../cluster-templates/cluster-template.row.js';
import { ClusterTemplateStore, holdClusterTemplate } from '../cluster-templates/cluster-template.store.js';
import type { Accepted } from '../clusters/cluster.schema.js';
import type { ClusterRow } from '../clusters/cluster.row.js';
import { checkVolumeSizes } from '../clusters/fit-single-limits.js';
import { ClusterStore, clusterNotFound } from '../clusters/cluster.store.js';
import { targetOf } from '../clusters/clusters.service.js';
import type { Asking } from '../http/request-context.js';
import { RUNTIME, type Runtime } from '../runtime.js';
import type { UpgradeRequest } from './upgrade.schema.js';
import { UpgradeShapes, type UpgradedShape } from './upgrade-shapes.js';

interface Group {
  readonly id: string;
  readonly name: string;
  readonly role: string;
  readonly isDefault: boolean;
  readonly nodeCount: number;
  readonly revision: number;
}

interface AcceptedUpgrade {
  readonly cluster: ClusterRow;
  readonly template: ClusterTemplateRow;
  readonly shape: UpgradedShape;
  readonly input: UpgradeInput;
  readonly ownGroup: Group | null;
  readonly units: readonly QuotaUnit[];
  readonly quotas: CloudQuotas;
}

/** Microversion 1.7 had the call and refused it always. */
const refusedAt = 7;

/** Accepts upgrades: freezes the new revision and records it with its operation and its reservations in one transaction. */
@Injectable()
export class UpgradesService {
  constructor(
    @Inject(RUNTIME) private readonly runtime: Runtime,
    private readonly clusters: ClusterStore,
    private readonly templates: ClusterTemplateStore,
    private readonly shapes: UpgradeShapes,
    private readonly quotas: ProjectQuotas,
  ) {}

  async upgrade(asking: Asking, reference: string, request: UpgradeRequest): Promise<Accepted> {
    const { caller, minor } = asking;
    requireAllowed('cluster:upgrade', caller);
    const cluster = await this.clusters.get(caller, reference, 'all');
    requireAllowed('cluster:upgrade', caller, targetOf(cluster));
    if (minor === refusedAt) throw new InvalidParameterError('Upgrade is not supported at version 1.7; ask with 1.8 or later.');
    refuseStatus(cluster);
    const template = await this.templates.get(caller, request.cluster_template);
    const { revision, spec: current, groups } = await this.present(cluster.id);
    const ownGroup = ownGroupOf(groups, request.nodegroup ?? null);
    if (ownGroup && template.id !== cluster.cluster_template_id) {
      throw new UpgradeConflictError(`Node group ${ownGroup.name} can only follow the cluster's own template; upgrade group default-worker to ${template.name ?? template.id} first.`);
    }
    const upgraded = ownGroup ? [ownGroup] : groups.filter(({ isDefault }) => isDefault);
    const groupIds = new Set(upgraded.map(({ id }) => id));
    const shape = await this.shapes.freeze(asking, { cluster, current, old: await this.templateOf(cluster), template, groupIds, ownGroupId: ownGroup?.id ?? null });
    const specs = await this.specsOf(cluster.id, upgraded);
    const changes = (group: Group): readonly string[] => changedNodeFields(shape.driver, specs.get(group.revision) ?? current, shape.spec, group.id);
    const masters = upgraded.find(({ role }) => role === 'master');
    if (masters) await this.checkControlPlane(cluster, masters, changes(masters), shape.spec);
    const quotas = await this.quotas.look(asking, { projectId: cluster.project_id, loadBalancers: false });
    checkVolumeSizes(shape.spec, quotas);
    const input = inputOf(request, { revision, template, shape, upgraded, ownGroup });
    const units = upgraded.filter((group) => group.role !== 'master' && changes(group).length > 0).flatMap((group) => surgeUnits(shape, group, input));
    const operationId = await this.record(asking, { cluster, template, shape, input, ownGroup, units, quotas });
    await this.runtime.queue.wake(operationId);
    return { uuid: cluster.id };
  }

  /** Throws where the control plane cannot get there: by its versions (400), or because its data would go with its machine (409). */
  private async checkControlPlane(cluster: ClusterRow, { nodeCount }: Group, changes: readonly string[], spec: ClusterSpec): Promise<void> {
    const rows: { version: string }[] = await this.runtime.dataSource.query(
      `SELECT DISTINCT coe_version AS version FROM nodes WHERE cluster_id = $1 AND role = 'control-plane' AND phase <> 'gone' AND coe_version IS NOT NULL`,
      [cluster.id],
    );
    const seen = [...rows.map(({ version }) => version), ...(cluster.coe_version === null ? [] : [cluster.coe_version])];
    const problem = controlPlaneStepProblem(seen, spec.kubernetesVersion);
    if (problem !== undefined) throw new InvalidParameterError(`Field cluster_template: ${problem}.`);
    const lossy = changes.length === 0 ? undefined : replacementProblem(nodeCount, { hasEtcdVolume: spec.etcdVolumeSizeGib > 0 });
    if (lossy !== undefined) throw new UpgradeConflictError(`This upgrade would replace the control plane's machines (${changes.join(', ')}). ${lossy}`);
  }

  private async present(clusterId: string): Promise<{ revision: number; spec: ClusterSpec; groups: Group[] }> {
    const { dataSource } = this.runtime;
    const [row]: { revision: number; spec: ClusterSpec }[] = await dataSource.query(`SELECT revision, spec FROM clusters WHERE id = $1 AND deleted_at IS NULL`, [clusterId]);
    if (!row) throw clusterNotFound(clusterId);
    const groups: Group[] = await dataSource.query(
      `SELECT id, name, role, is_default AS "isDefault", node_count AS "nodeCount", revision FROM node_groups WHERE cluster_id = $1 ORDER BY row_id`,
      [clusterId],
    );
    return { ...row, groups };
  }

  /** A template that a cluster follows is neither deleted nor hidden from this look. */
  private async templateOf(cluster: ClusterRow): Promise<ClusterTemplateRow> {
    const [row]: ClusterTemplateRow[] = await this.runtime.dataSource.query(`SELECT t.* FROM cluster_templates t WHERE t.id = $1`, [cluster.cluster_template_id]);
    if (!row) throw new Error(`the template of cluster ${cluster.id} is gone`);
    return row;
  }

  private async specsOf(clusterId: string, groups: readonly Group[]): Promise<ReadonlyMap<number, ClusterSpec>> {
    const rows: { revision: number; spec: ClusterSpec }[] = await this.runtime.dataSource.query(`SELECT revision, spec FROM cluster_revisions WHERE cluster_id = $1 AND revision = ANY($2)`, [
      clusterId,
      groups.map(({ revision }) => revision),
    ]);
    return new Map(rows.map(({ revision, spec }) => [revision, spec]));
  }

  /** Revision, operation, wake-up and reservations, or nothing. Returns the operation's id. */
  private record({ caller, requestId }: Asking, { cluster, template, shape, input, ownGroup, units, quotas }: AcceptedUpgrade): Promise<string> {
    const { config, dataSource } = this.runtime;
    const { id: clusterId, project_id: projectId } = cluster;
    const write = async (manager: EntityManager): Promise<string> => {
      await lockProject(manager, projectId);
      await this.refuseBusy(manager, cluster, input.previous_revision);
      if (!(await holdClusterTemplate(manager, template.id))) {
        throw new NotFoundError('cluster-template-not-found', `Cluster template ${template.id} was deleted meanwhile.`);
      }
      const request = { clusterId, projectId, kind: 'cluster-upgrade', nodeGroupId: ownGroup?.id ?? null, timeoutMinutes: null, requestedBy: caller.userId, requestId } as const;
      const { id } = await requestOperation(manager, { ...request, input: { ...input } });
      await insertRow(manager, 'cluster_revisions', {
        cluster_id: clusterId,
        revision: input.revision,
        spec: shape.spec,
        cluster_template_id: template.id,
        labels: ownGroup ? cluster.labels : shape.wanted.labels,
        operation_id: id,
      });
      const { underWay } = operationEffects['cluster-upgrade'];
      await manager.query(`UPDATE clusters SET spec = $2, revision = $3, status = $4, status_reason = NULL, updated_at = now() WHERE id = $1`, [clusterId, shape.spec, input.revision, underWay]);
      await manager.query(`UPDATE node_groups SET status = $2, status_reason = NULL, updated_at = now() WHERE id = ANY($1::uuid[])`, [input.groups, underWay]);
      await reserveQuota(manager, quotas, { projectId, clusterId, operationId: id, units, keptMinutes: config.RESERVATIONS_KEPT_MINUTES });
      return id;
    };
    return withKnownOutcome(dataSource, write, async (manager) => {
      await lockProject(manager, projectId);
      const [operation]: { id: string }[] = await manager.query(`SELECT id FROM operations WHERE cluster_id = $1 AND kind = 'cluster-upgrade' AND request_id = $2`, [clusterId, requestId]);
      return operation?.id;
    });
  }

  /** Other changes of the cluster may be under way: this one follows them. */
  private async refuseBusy(manager: EntityManager, { id, name }: ClusterRow, revision: number): Promise<void> {
    const [row]: { revision: number }[] = await manager.query(`SELECT revision FROM clusters WHERE id = $1 AND deleted_at IS NULL FOR UPDATE`, [id]);
    if (!row) throw clusterNotFound(id);
    const [other]: { kind: string }[] = await manager.query(
      `SELECT kind FROM operations WHERE cluster_id = $1 AND state IN ('queued', 'running', 'waiting') AND kind = ANY($2) LIMIT 1`,
      [id, ['cluster-create', 'cluster-delete', 'cluster-upgrade', 'cluster-rollback']],
    );
    if (other) throw new ClusterBusyError(`Cluster ${name} has an unfinished ${other.kind}; wait for its end, or cancel it.`);
    if (row.revision !== revision) throw new ClusterBusyError(`Cluster ${name} was changed by another request at the same moment; ask again.`);
  }
}

function refuseStatus({ name, status }: ClusterRow): void {
  if (operationEffects['cluster-upgrade'].acceptedIn.includes(status)) return;
  throw new InvalidParameterError(`Cluster ${name} is ${status} and cannot be upgraded; only clusters that were once complete can.`);
}

/** Null stands for both default groups; groups are named by uuid or name. */
function ownGroupOf(groups: readonly Group[], reference: string | null): Group | null {
  if (reference === null) return null;
  const group = groups.find(({ id, name }) => id === reference.toLowerCase() || name === reference);
  if (!group) throw new NotFoundError('not-found', `Node group ${reference} could not be found.`);
  return group.isDefault ? null : group;
}

interface InputParts {
  readonly revision: number;
  readonly template: ClusterTemplateRow;
  readonly shape: UpgradedShape;
  readonly upgraded: readonly Group[];
  readonly ownGroup: Group | null;
}

const inputOf = (request: UpgradeRequest, { revision, template, shape: { wanted }, upgraded, ownGroup }: InputParts): UpgradeInput => ({
  revision: revision + 1,
  previous_revision: revision,
  max_surge: request.max_surge ?? request.max_batch_size ?? 1,
  max_unavailable: request.max_unavailable ?? 0,
  canary: request.canary ?? false,
  soak_seconds: request.soak_seconds ?? 0,
  drain_timeout: request.drain_timeout ?? null,
  drain_timeout_policy: request.drain_timeout_policy ?? null,
  on_failure: request.on_failure ?? 'pause',
  groups: upgraded.map(({ id }) => id),
  image_id: template.image_id,
  shown: ownGroup ? null : { flavor_id: wanted.flavorId, master_flavor_id: wanted.masterFlavorId, docker_volume_size: wanted.dockerVolumeSize },
});

/** Nodes of the new kind that stand beside the old ones for a time. */
function surgeUnits({ driver, spec, facts }: UpgradedShape, { id, nodeCount }: Group, input: UpgradeInput): readonly QuotaUnit[] {
  const { maxSurge } = rollLimits(input.max_surge, input.max_unavailable, nodeCount);
  return growthUnits(driver, spec, { groupId: id, standing: nodeCount, count: Math.min(maxSurge, nodeCount) }, facts);
}
