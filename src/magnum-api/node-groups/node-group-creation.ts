import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { insertRow } from '../../database/insert-row.js';
import { requestOperation } from '../../database/operation-requests.js';
import { reserveQuota } from '../../database/reservations.js';
import type { ClusterStatus } from '../../domain/cluster-status.js';
import { AlreadyExistsError, ConflictingValueError, InvalidParameterError } from '../../domain/domain-error.js';
import type { ClusterDriver, ClusterSpec, GroupSpec, NodeTaintSpec } from '../../driver-contract/index.js';
import { groupUnit, growthUnits, type QuotaFacts } from '../../driver-contract/quota-units.js';
import { requireAllowed } from '../access/policy.js';
import { CloudLookups } from '../cloud-lookups/cloud-lookups.js';
import { ProjectQuotas, type CloudQuotas } from '../cloud-quotas/project-quotas.js';
import { bootVolumeSize } from '../cluster-templates/cluster-template.rules.js';
import { checkRoom } from '../clusters/check-room.js';
import { checkMachines } from '../clusters/check-machines.js';
import { ClusterShapes } from '../clusters/cluster-shapes.js';
import type { ClusterRow } from '../clusters/cluster.row.js';
import { ClusterStore, clusterNotFound } from '../clusters/cluster.store.js';
import { targetOf } from '../clusters/clusters.service.js';
import { checkVolumeSizes, fitServerGroups, type Warning } from '../clusters/fit-single-limits.js';
import { allOrFirstFailure } from '../http/first-failure.js';
import type { Asking } from '../http/request-context.js';
import { RUNTIME, type Runtime } from '../runtime.js';
import { buildGroupSpec, inheritGroupLabels, withGroup, type GroupSpecInput } from './build-group-spec.js';
import { checkGroupCounts, checkNodeLabels, maximumOf, readNodeTaints } from './node-group-rules.js';
import type { CreateNodeGroup } from './node-group.schema.js';
import { requireOpenCluster } from './node-groups-closed.error.js';

/** What the cluster is now, as far as a new group has to fit it. */
interface ClusterGround {
  readonly status: ClusterStatus;
  readonly api_address: string | null;
  readonly spec: ClusterSpec;
  readonly revision: number;
  readonly control_plane_version: string;
  readonly template_image: string;
  readonly group_ids: readonly string[];
  /** Of all groups together. */
  readonly nodes: number;
}

interface WantedGroup {
  readonly request: CreateNodeGroup;
  readonly labels: Readonly<Record<string, string>>;
  readonly flavorId: string;
  readonly imageId: string;
  readonly nodeTaints: readonly NodeTaintSpec[];
  /** All but what the cluster's newest spec says. */
  readonly parts: Omit<GroupSpecInput, 'spec' | 'controlPlaneVersion'>;
  readonly typed: Pick<GroupSpec, 'bootVolumeType' | 'dockerVolumeType'>;
  readonly facts: QuotaFacts;
  readonly quotas: CloudQuotas;
}

/**
 * Accepts a new node group: looks at everything it names and at the project's quotas, adds it to the cluster's spec as a new
 * revision that only this group has, and records it with its operation and its reservations in one transaction.
 */
@Injectable()
export class NodeGroupCreation {
  constructor(
    @Inject(RUNTIME) private readonly runtime: Runtime,
    private readonly clusters: ClusterStore,
    private readonly lookups: CloudLookups,
    private readonly shapes: ClusterShapes,
    private readonly quotas: ProjectQuotas,
  ) {}

  /** Answers the new group's id. */
  async create(asking: Asking, reference: string, request: CreateNodeGroup): Promise<{ readonly clusterId: string; readonly groupId: string }> {
    requireAllowed('nodegroup:create', asking.caller);
    const cluster = await this.clusters.get(asking.caller, reference, 'own');
    requireAllowed('nodegroup:create', asking.caller, targetOf(cluster));
    requireOpenCluster('nodegroup-create', cluster);
    await this.checkName(this.runtime.dataSource.manager, cluster.id, request.name);
    const nodeTaints = checkRequest(request);
    const wanted = await this.lookUp(asking, cluster, request, nodeTaints);
    const operationId = await this.runtime.dataSource.transaction((manager) => this.record(manager, asking, cluster, wanted));
    await this.runtime.queue.wake(operationId);
    return { clusterId: cluster.id, groupId: wanted.parts.id };
  }

  private async checkName(manager: EntityManager, clusterId: string, name: string): Promise<void> {
    const taken: unknown[] = await manager.query(`SELECT 1 FROM node_groups WHERE cluster_id = $1 AND name = $2`, [clusterId, name]);
    if (taken.length > 0) throw new AlreadyExistsError(`The cluster has a node group ${name} already; choose another name.`);
  }

  private async lookUp(asking: Asking, cluster: ClusterRow, request: CreateNodeGroup, nodeTaints: readonly NodeTaintSpec[]): Promise<WantedGroup> {
    const ground = await this.groundOf(this.runtime.dataSource.manager, cluster.id, { held: false });
    const driver = this.driverOf(ground.spec);
    const { lookups } = this;
    const { DEFAULT_BOOT_VOLUME_SIZE: defaultBootVolumeSizeGib } = this.runtime.config;
    const labels = inheritGroupLabels(request, cluster.labels);
    const bootVolumeSizeGib = bootVolumeSize(labels, defaultBootVolumeSizeGib);
    const flavorId = request.flavor_id ?? cluster.flavor_id;
    if (flavorId === null) throw new InvalidParameterError('Field flavor_id: neither the node group nor its cluster names one.');
    const imageId = request.image_id ?? ground.template_image;
    const [image, flavor, hasVolumes, given, quotas] = await allOrFirstFailure([
      lookups.image(asking, imageId),
      lookups.flavor(asking, 'flavor_id', flavorId, { ownDisk: bootVolumeSizeGib === 0 }),
      lookups.hasVolumes(asking),
      this.shapes.withGroupIds(asking, cluster.project_id, labels),
      this.quotas.look(asking, { projectId: cluster.project_id, loadBalancers: false }),
    ]);
    checkMachines({ image, flavors: { flavor_id: flavor }, bootVolumeSizeGib });
    const { values, problems } = driver.resolveLabels(given);
    if (problems.length > 0) throw new InvalidParameterError(problems.join(' '));
    const parts = {
      ...{ id: randomUUID(), request, image, flavor, labels: values, driver, hasVolumes, defaultBootVolumeSizeGib },
      ...{ nodeLabels: request.node_labels ?? {}, nodeTaints },
    };
    const group = buildGroupSpec({ ...parts, spec: ground.spec, controlPlaneVersion: ground.control_plane_version });
    // The cluster itself has its volumes and zones already.
    const alone = { ...ground.spec, labels: {}, etcdVolumeSizeGib: 0, groups: [{ ...group, labels: values }] };
    const [typed, defaultVolumeType] = await allOrFirstFailure([
      this.shapes.withTypes(asking, alone),
      hasVolumes ? lookups.defaultVolumeType(asking) : null,
      this.shapes.checkZones(asking, alone),
    ]);
    checkVolumeSizes(alone, quotas);
    const { bootVolumeType = null, dockerVolumeType = null } = typed.groups[0] ?? {};
    const facts = { flavors: new Map([[flavor.id, flavor]]), defaultVolumeType: defaultVolumeType?.name ?? null };
    return { request, labels, flavorId, imageId, nodeTaints, parts, typed: { bootVolumeType, dockerVolumeType }, facts, quotas };
  }

  /** Group, revision, operation, reservations and wake-up, or nothing. Returns the operation's id. */
  private async record(manager: EntityManager, { caller, requestId }: Asking, cluster: ClusterRow, wanted: WantedGroup): Promise<string> {
    const { request, parts, facts, quotas } = wanted;
    const { config } = this.runtime;
    const ground = await this.groundOf(manager, cluster.id, { held: true });
    requireOpenCluster('nodegroup-create', { name: cluster.name, ...ground });
    await this.checkName(manager, cluster.id, request.name);
    checkRoom(ground.spec, ground.nodes + request.node_count);
    const driver = this.driverOf(ground.spec);
    const built = { ...buildGroupSpec({ ...parts, spec: ground.spec, controlPlaneVersion: ground.control_plane_version }), ...wanted.typed };
    const fitted = fitServerGroups({ ...ground.spec, groups: [built] }, new Map([[built.groupId, request.node_count]]), quotas);
    const group = fitted.spec.groups[0] ?? built;
    const spec = withGroup(ground.spec, new Set(ground.group_ids), group);
    const contradictions = driver.specProblems?.(spec) ?? [];
    if (contradictions.length > 0) throw new InvalidParameterError(contradictions.join(' '));
    const revision = ground.revision + 1;
    await insertRow(manager, 'node_groups', groupColumns(cluster, wanted, revision));
    const { id: operationId } = await requestOperation(manager, {
      clusterId: cluster.id,
      projectId: cluster.project_id,
      kind: 'nodegroup-create',
      nodeGroupId: group.groupId,
      timeoutMinutes: null,
      requestedBy: caller.userId,
      requestId,
    });
    await manager.query(
      `INSERT INTO cluster_revisions (cluster_id, revision, spec, cluster_template_id, labels, operation_id)
       SELECT id, $2, $3, cluster_template_id, labels, $4 FROM clusters WHERE id = $1`,
      [cluster.id, revision, spec, operationId],
    );
    await manager.query(`UPDATE clusters SET spec = $2, revision = $3, status = 'UPDATE_IN_PROGRESS', status_reason = NULL, updated_at = now() WHERE id = $1`, [cluster.id, spec, revision]);
    const units = [groupUnit(driver, spec, group, facts), ...growthUnits(driver, spec, { groupId: group.groupId, standing: 0, count: request.node_count }, facts)];
    await reserveQuota(manager, quotas, { projectId: cluster.project_id, clusterId: cluster.id, operationId, units, keptMinutes: config.RESERVATIONS_KEPT_MINUTES });
    await tell(manager, cluster.id, operationId, fitted.warnings);
    return operationId;
  }

  private async groundOf(manager: EntityManager, clusterId: string, { held }: { readonly held: boolean }): Promise<ClusterGround> {
    const [ground]: ClusterGround[] = await manager.query(
      `SELECT c.status, c.api_address, c.spec, c.revision, t.image_id AS template_image, r.spec ->> 'kubernetesVersion' AS control_plane_version,
         (SELECT array_agg(id) FROM node_groups WHERE cluster_id = c.id) AS group_ids,
         (SELECT sum(node_count)::int FROM node_groups WHERE cluster_id = c.id) AS nodes
       FROM clusters c
       JOIN cluster_templates t ON t.id = c.cluster_template_id
       JOIN node_groups g ON g.cluster_id = c.id AND g.role = 'master'
       JOIN cluster_revisions r ON r.cluster_id = c.id AND r.revision = g.revision
       WHERE c.id = $1 AND c.deleted_at IS NULL ${held ? 'FOR UPDATE OF c' : ''}`,
      [clusterId],
    );
    if (!ground) throw clusterNotFound(clusterId);
    return ground;
  }

  private driverOf({ driver: name }: ClusterSpec): ClusterDriver {
    const driver = this.runtime.drivers.find((candidate) => candidate.name === name);
    if (!driver) throw new InvalidParameterError(`This service has no driver ${name}, which the cluster was made with.`);
    return driver;
  }
}

/** What can be said of a request without asking anybody. Answers the taints as they are kept. */
function checkRequest(request: CreateNodeGroup): readonly NodeTaintSpec[] {
  const { name, node_count: nodeCount, min_node_count, max_node_count, role, node_labels: nodeLabels, node_taints: nodeTaints } = request;
  checkGroupCounts({ name, nodeCount, minNodeCount: min_node_count ?? 0, maxNodeCount: maximumOf(max_node_count) });
  const isMaster = role === 'master';
  if (isMaster && (Object.keys(nodeLabels ?? {}).length > 0 || (nodeTaints ?? []).length > 0)) {
    throw new ConflictingValueError('Fields node_labels and node_taints are for worker groups only.');
  }
  checkNodeLabels(nodeLabels ?? {});
  const taints = readNodeTaints(nodeTaints ?? []);
  if (isMaster) throw new InvalidParameterError('Field role: a cluster has one control plane; node groups of your own are workers.');
  return taints;
}

function groupColumns(cluster: ClusterRow, { request, parts, labels, flavorId, imageId, nodeTaints }: WantedGroup, revision: number): Record<string, unknown> {
  return {
    id: parts.id,
    cluster_id: cluster.id,
    project_id: cluster.project_id,
    name: request.name,
    role: request.role ?? 'worker',
    is_default: false,
    node_count: request.node_count,
    min_node_count: request.min_node_count ?? 0,
    max_node_count: maximumOf(request.max_node_count),
    flavor_id: flavorId,
    image_id: imageId,
    docker_volume_size: request.docker_volume_size ?? null,
    labels,
    node_labels: request.node_labels ?? null,
    node_taints: request.node_taints ? JSON.stringify(nodeTaints) : null,
    revision,
    status: 'CREATE_IN_PROGRESS',
  };
}

async function tell(manager: EntityManager, clusterId: string, operationId: string, warnings: readonly Warning[]): Promise<void> {
  for (const { message, because } of warnings) {
    await manager.query(`INSERT INTO operation_events (cluster_id, operation_id, type, message, because) VALUES ($1, $2, 'operation', $3, $4)`, [clusterId, operationId, message, because]);
  }
}
