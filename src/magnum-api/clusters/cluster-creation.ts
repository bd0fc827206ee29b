import { randomInt } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { insertRow } from '../../database/insert-row.js';
import { withKnownOutcome } from '../../database/known-outcome.js';
import { requestOperation } from '../../database/operation-requests.js';
import { lockProject, reserveQuota } from '../../database/reservations.js';
import { ForbiddenError, InvalidParameterError, NotFoundError, QuotaExceededError } from '../../domain/domain-error.js';
import type { ClusterDriver, ClusterSpec } from '../../driver-contract/index.js';
import { clusterUnits, type QuotaUnit } from '../../driver-contract/quota-units.js';
import { selectDriver } from '../../driver-contract/select-driver.js';
import { grantableRoles } from '../access/caller.js';
import { requireAllowed } from '../access/policy.js';
import { requireProject } from '../access/require-project.js';
import { CloudLookups, type ClusterImage } from '../cloud-lookups/cloud-lookups.js';
import { ProjectQuotas, type CloudQuotas } from '../cloud-quotas/project-quotas.js';
import type { ClusterTemplateRow } from '../cluster-templates/cluster-template.row.js';
import { checkDockerStorage } from '../cluster-templates/cluster-template.rules.js';
import { ClusterTemplateStore, holdClusterTemplate } from '../cluster-templates/cluster-template.store.js';
import { allOrFirstFailure } from '../http/first-failure.js';
import { generatedName } from '../http/generated-name.js';
import type { Asking } from '../http/request-context.js';
import { RUNTIME, type Runtime } from '../runtime.js';
import type { Accepted, CreateCluster } from './cluster.schema.js';
import { checkCounts } from './cluster-counts.js';
import { ClusterShapes } from './cluster-shapes.js';
import { checkVolumeSizes, fitServerGroups, type Warning } from './fit-single-limits.js';
import { inheritFromTemplate, type WantedCluster } from './inherit-from-template.js';

/** From this microversion on an unknown template is 404 instead of 400. */
const templateNotFoundSince = 10;

interface AcceptedShape {
  readonly projectId: string;
  readonly template: ClusterTemplateRow;
  readonly wanted: WantedCluster;
  readonly spec: ClusterSpec;
  readonly units: readonly QuotaUnit[];
  readonly quotas: CloudQuotas;
  readonly warnings: readonly Warning[];
}

/**
 * Accepts a new cluster: looks at everything it names and at the project's quotas, freezes its spec, and records it with
 * its operation and its reservations in one transaction.
 */
@Injectable()
export class ClusterCreation {
  constructor(
    @Inject(RUNTIME) private readonly runtime: Runtime,
    private readonly templates: ClusterTemplateStore,
    private readonly lookups: CloudLookups,
    private readonly shapes: ClusterShapes,
    private readonly quotas: ProjectQuotas,
  ) {}

  async create(asking: Asking, request: CreateCluster): Promise<Accepted> {
    const { caller, minor } = asking;
    const template = await this.template(asking, request.cluster_template_id);
    const wanted = inheritFromTemplate(request, template, generatedName('cluster', randomInt));
    const image = await this.lookups.image(asking, template.image_id);
    const driver = this.chooseDriver(template, image);
    checkDockerStorage(template.docker_storage_driver, wanted.dockerVolumeSize);
    checkCounts(wanted, minor);
    requireAllowed('cluster:create', caller);
    const projectId = requireProject(caller);
    await this.checkQuota(this.runtime.dataSource.manager, projectId);
    if (template.hidden && !caller.isAdmin) throw new ForbiddenError(`Cluster template ${request.cluster_template_id} is hidden; no new clusters are made from it.`);
    const shape = { projectId, template, wanted, image, driver };
    const [{ spec: frozen, facts }, quotas] = await allOrFirstFailure([
      this.shapes.freeze(asking, shape),
      this.quotas.look(asking, { projectId, loadBalancers: wanted.masterLbEnabled }),
    ]);
    checkVolumeSizes(frozen, quotas);
    const counts = nodeCounts(frozen, wanted);
    const { spec, warnings } = fitServerGroups(frozen, counts, quotas);
    const units = clusterUnits(driver, spec, counts, facts);
    const operationId = await this.record(asking, { projectId, template, wanted, spec, units, quotas, warnings });
    await this.runtime.queue.wake(operationId);
    return { uuid: spec.clusterId };
  }

  private async template(asking: Asking, reference: string): Promise<ClusterTemplateRow> {
    try {
      return await this.templates.get(asking.caller, reference, { byRowId: true });
    } catch (error) {
      if (asking.minor >= templateNotFoundSince || !(error instanceof NotFoundError)) throw error;
      throw new InvalidParameterError(`Field cluster_template_id: ${error.message}`);
    }
  }

  private chooseDriver(template: ClusterTemplateRow, image: ClusterImage): ClusterDriver {
    const imageDriver = image.properties['magnum_driver'] ?? null;
    const { driver, server_type, coe } = template;
    return selectDriver(this.runtime.drivers, { driver, imageDriver, serverType: server_type, osDistro: image.osDistro, coe });
  }

  /** Row, groups, operation and wake-up, or nothing. Returns the operation's id. */
  private async record(
    { caller, requestId }: Asking,
    { projectId, template, wanted, spec, units, quotas, warnings }: AcceptedShape,
  ): Promise<string> {
    const { config, dataSource } = this.runtime;
    const requesterRoles = grantableRoles(caller.token, config.CLUSTER_USER_ROLES);
    if (requesterRoles.length === 0) {
      throw new ForbiddenError('Your token has no role besides admin that the cluster could be given on your project; use one with role member.');
    }
    const write = async (manager: EntityManager): Promise<string> => {
      // Creates of one project take turns, so that the quotas count what the others committed.
      await lockProject(manager, projectId);
      await this.checkQuota(manager, projectId);
      if (!(await holdClusterTemplate(manager, template.id))) {
        throw new NotFoundError('cluster-template-not-found', `Cluster template ${template.id} was deleted meanwhile.`);
      }
      await insertRow(manager, 'clusters', { ...clusterColumns(wanted, template, spec), user_id: caller.userId, requester_roles: requesterRoles });
      await insertRow(manager, 'cluster_revisions', { cluster_id: spec.clusterId, revision: 1, spec, cluster_template_id: template.id, labels: wanted.labels });
      for (const columns of groupColumns(wanted, template, spec)) await insertRow(manager, 'node_groups', columns);
      const { id } = await requestOperation(manager, {
        clusterId: spec.clusterId,
        projectId,
        kind: 'cluster-create',
        timeoutMinutes: wanted.createTimeoutMinutes || config.CREATE_TIMEOUT_MINUTES,
        requestedBy: caller.userId,
        requestId,
      });
      await reserveQuota(manager, quotas, { projectId, clusterId: spec.clusterId, operationId: id, units, keptMinutes: config.RESERVATIONS_KEPT_MINUTES });
      for (const { message, because } of warnings) {
        await manager.query(`INSERT INTO operation_events (cluster_id, operation_id, type, message, because) VALUES ($1, $2, 'operation', $3, $4)`, [
          spec.clusterId,
          id,
          message,
          because,
        ]);
      }
      return id;
    };
    // A client that is told of a failure asks again, and names may repeat: it would have two clusters.
    return withKnownOutcome(dataSource, write, async (manager) => {
      await lockProject(manager, projectId);
      const [operation]: { id: string }[] = await manager.query(`SELECT id FROM operations WHERE cluster_id = $1 AND kind = 'cluster-create'`, [spec.clusterId]);
      return operation?.id;
    });
  }

  private async checkQuota(manager: EntityManager, projectId: string): Promise<void> {
    const limit = this.runtime.config.MAX_CLUSTERS_PER_PROJECT;
    const [row]: { count: number }[] = await manager.query(`SELECT count(*)::int AS count FROM clusters WHERE project_id = $1 AND deleted_at IS NULL`, [projectId]);
    if ((row?.count ?? 0) >= limit) throw new QuotaExceededError(`Your project has ${row?.count ?? 0} clusters, and its quota is ${limit}; delete one or ask for more.`);
  }
}

/** Nodes by group id. */
const nodeCounts = (spec: ClusterSpec, { masterCount, nodeCount }: WantedCluster): ReadonlyMap<string, number> =>
  new Map(spec.groups.map(({ groupId, role }) => [groupId, role === 'control-plane' ? masterCount : nodeCount]));

function clusterColumns(wanted: WantedCluster, template: ClusterTemplateRow, spec: ClusterSpec): Record<string, unknown> {
  return {
    id: spec.clusterId,
    project_id: spec.projectId,
    name: wanted.name,
    cluster_template_id: template.id,
    keypair: wanted.keypair,
    docker_volume_size: wanted.dockerVolumeSize,
    labels: wanted.labels,
    flavor_id: wanted.flavorId,
    master_flavor_id: wanted.masterFlavorId,
    create_timeout: wanted.createTimeoutMinutes,
    discovery_url: wanted.discoveryUrl,
    fixed_network: wanted.fixedNetwork,
    fixed_subnet: wanted.fixedSubnet,
    floating_ip_enabled: wanted.floatingIpEnabled,
    master_lb_enabled: wanted.masterLbEnabled,
    status: 'CREATE_IN_PROGRESS',
    spec,
  };
}

/** The two groups that clients count on by name. */
function groupColumns(wanted: WantedCluster, template: ClusterTemplateRow, spec: ClusterSpec): Record<string, unknown>[] {
  return spec.groups.map((group) => {
    const isControlPlane = group.role === 'control-plane';
    return {
      id: group.groupId,
      cluster_id: spec.clusterId,
      project_id: spec.projectId,
      name: group.name,
      role: isControlPlane ? 'master' : 'worker',
      is_default: true,
      node_count: isControlPlane ? wanted.masterCount : wanted.nodeCount,
      min_node_count: isControlPlane ? 0 : nodeCountMin(wanted),
      flavor_id: isControlPlane ? wanted.masterFlavorId : wanted.flavorId,
      image_id: template.image_id,
      docker_volume_size: wanted.dockerVolumeSize,
      labels: wanted.labels,
      status: 'CREATE_IN_PROGRESS',
    };
  });
}

function nodeCountMin({ labels }: WantedCluster): number {
  const text = labels['min_node_count'];
  if (text === undefined || text === '') return 0;
  if (!/^\d{1,6}$/.test(text)) throw new InvalidParameterError(`Label min_node_count: expected a whole number, not '${text}'.`);
  return Number(text);
}
