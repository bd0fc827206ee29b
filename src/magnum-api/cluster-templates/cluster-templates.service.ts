import { randomInt, randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { isDeepStrictEqual } from 'node:util';
import { insertRow } from '../../database/insert-row.js';
import { isUniqueViolation } from '../../database/unique-violation.js';
import { AlreadyExistsError, ClusterTemplateInUseError, InvalidParameterError, NotFoundError } from '../../domain/domain-error.js';
import { selectDriver } from '../../driver-contract/select-driver.js';
import { requireAllowed, type PolicyTarget } from '../access/policy.js';
import { requireProject } from '../access/require-project.js';
import { CloudLookups, type ClusterImage } from '../cloud-lookups/cloud-lookups.js';
import { allOrFirstFailure } from '../http/first-failure.js';
import { generatedName } from '../http/generated-name.js';
import { applyPatch, type Patch } from '../http/json-patch.js';
import { nextPage, type ListQuery } from '../http/list-query.js';
import type { Asking } from '../http/request-context.js';
import { describeIssues } from '../http/schema.pipe.js';
import { RUNTIME, type Runtime } from '../runtime.js';
import { settingsOf, viewClusterTemplate, type ClusterTemplateRow, type ClusterTemplateSettings, type NewClusterTemplateRow } from './cluster-template.row.js';
import {
  bootVolumeSize,
  changedFields,
  checkChangeOfUsed,
  checkDockerStorage,
  checkNetworkAndVolumeDriver,
  clusterTemplatePatchRules,
  withDefaults,
} from './cluster-template.rules.js';
import { patchedClusterTemplateSchema, type ClusterTemplateView, type CreateClusterTemplate } from './cluster-template.schema.js';
import { ClusterTemplateStore, isClusterTemplateInUse, lockClusterTemplate } from './cluster-template.store.js';

/** Times a PATCH is computed anew because the template changed under it. */
const patchTriesMax = 5;

@Injectable()
export class ClusterTemplatesService {
  constructor(
    @Inject(RUNTIME) private readonly runtime: Runtime,
    private readonly store: ClusterTemplateStore,
    private readonly lookups: CloudLookups,
  ) {}

  async list({ caller, base }: Asking, query: ListQuery, path: string): Promise<{ clustertemplates: ClusterTemplateView[]; next?: string }> {
    const { rows, page } = await this.store.list(caller, query);
    const clustertemplates = rows.map((row) => viewClusterTemplate(row, base));
    const next = nextPage(`${base}/v1/${path}`, page, clustertemplates);
    return next === undefined ? { clustertemplates } : { clustertemplates, next };
  }

  async show({ caller, base }: Asking, reference: string): Promise<ClusterTemplateView> {
    const row = await this.store.get(caller, reference);
    if (!row.public) requireAllowed('clustertemplate:get', caller, targetOf(row));
    return viewClusterTemplate(row, base);
  }

  async create(asking: Asking, { uuid, ...given }: CreateClusterTemplate): Promise<ClusterTemplateView> {
    const { caller, base } = asking;
    const wanted = withDefaults(given);
    checkNetworkAndVolumeDriver(wanted);
    checkDockerStorage(wanted.docker_storage_driver, wanted.docker_volume_size);
    const image = await this.lookups.image(asking, wanted.image_id);
    const driver = this.chooseDriver(wanted, image);
    requireAllowed('clustertemplate:create', caller);
    const projectId = requireProject(caller);
    await this.checkResources(asking, wanted);
    if (wanted.public || wanted.hidden) requireAllowed('clustertemplate:publish', caller);
    const name = wanted.name ?? generatedName('template', randomInt);
    const row: NewClusterTemplateRow = {
      ...wanted,
      name,
      cluster_distro: image.osDistro,
      driver,
      id: uuid?.toLowerCase() ?? randomUUID(),
      project_id: projectId,
      user_id: caller.userId,
      created_at: new Date(),
      updated_at: null,
    };
    await this.insert(row);
    return viewClusterTemplate(row, base);
  }

  async patch(asking: Asking, reference: string, patch: Patch): Promise<ClusterTemplateView> {
    for (let attempt = 1; attempt <= patchTriesMax; attempt++) {
      const saved = await this.tryPatch(asking, reference, patch);
      if (saved) return viewClusterTemplate(saved, asking.base);
    }
    throw new ClusterTemplateInUseError(`Cluster template ${reference} is being changed by others; try again.`);
  }

  async delete({ caller }: Asking, reference: string): Promise<void> {
    const row = await this.store.get(caller, reference);
    requireAllowed('clustertemplate:delete', caller, targetOf(row));
    await this.runtime.dataSource.transaction(async (manager) => {
      if (!(await lockClusterTemplate(manager, row.id))) throw gone(reference);
      if (await isClusterTemplateInUse(manager, row.id)) {
        throw new ClusterTemplateInUseError(`Cluster template ${reference} is used by clusters; delete them first.`);
      }
      await manager.query(`DELETE FROM cluster_templates WHERE id = $1`, [row.id]);
    });
  }

  /** Undefined when the template changed between reading and writing: then everything is decided anew. */
  private async tryPatch(asking: Asking, reference: string, patch: Patch): Promise<ClusterTemplateRow | undefined> {
    const { caller } = asking;
    const row = await this.store.get(caller, reference);
    requireAllowed('clustertemplate:update', caller, targetOf(row));
    const before = settingsOf(row);
    const after = patchedSettings(before, patch);
    const changed = changedFields(before, after);
    checkNetworkAndVolumeDriver(after);
    await this.checkResources(asking, after);
    if (changed.includes('public') || changed.includes('hidden')) requireAllowed('clustertemplate:publish', caller);
    return this.runtime.dataSource.transaction(async (manager) => {
      const current = await lockClusterTemplate(manager, row.id);
      if (!current) throw gone(reference);
      if (!isDeepStrictEqual(settingsOf(current), before)) return undefined;
      if (await isClusterTemplateInUse(manager, row.id)) checkChangeOfUsed(after, changed, reference);
      if (changed.length === 0) return current;
      const assignments = changed.map((field, index) => `${field} = $${index + 2}`).join(', ');
      await manager.query(`UPDATE cluster_templates SET ${assignments}, updated_at = now() WHERE id = $1`, [row.id, ...changed.map((field) => after[field])]);
      return lockClusterTemplate(manager, row.id);
    });
  }

  /** Looks at everything the template names; null fields are skipped, and the keypair is looked up with the cluster only. */
  private async checkResources(asking: Asking, settings: ClusterTemplateSettings): Promise<void> {
    const { image_id, flavor_id, master_flavor_id, external_network_id, fixed_network, fixed_subnet, labels } = settings;
    const ownDisk = bootVolumeSize(labels, this.runtime.config.DEFAULT_BOOT_VOLUME_SIZE) === 0;
    await allOrFirstFailure([
      this.lookups.image(asking, image_id),
      flavor_id === null ? undefined : this.lookups.flavor(asking, 'flavor_id', flavor_id, { ownDisk }),
      master_flavor_id === null ? undefined : this.lookups.flavor(asking, 'master_flavor_id', master_flavor_id, { ownDisk }),
      external_network_id === null ? undefined : this.lookups.externalNetwork(asking, external_network_id),
      this.lookups.fixedNetwork(asking, fixed_network, fixed_subnet),
    ]);
  }

  private chooseDriver(settings: ClusterTemplateSettings, image: ClusterImage): string {
    const { driver, server_type, coe } = settings;
    const imageDriver = image.properties['magnum_driver'] ?? null;
    return selectDriver(this.runtime.drivers, { driver, imageDriver, serverType: server_type, osDistro: image.osDistro, coe }).name;
  }

  private async insert(row: NewClusterTemplateRow): Promise<void> {
    try {
      await insertRow(this.runtime.dataSource.manager, 'cluster_templates', { ...row });
    } catch (error) {
      if (!isUniqueViolation(error)) throw error;
      throw new AlreadyExistsError(`Field uuid: there is a cluster template ${row.id} already; leave the field out.`);
    }
  }
}

const targetOf = (row: ClusterTemplateRow): PolicyTarget => ({ projectId: row.project_id, userId: row.user_id });

const gone = (reference: string): NotFoundError => new NotFoundError('cluster-template-not-found', `Cluster template ${reference} could not be found.`);

/** The settings after the patch, checked like those of a create. */
function patchedSettings(before: ClusterTemplateSettings, patch: Patch): ClusterTemplateSettings {
  const patched = patchedClusterTemplateSchema.safeParse(applyPatch({ ...before }, patch, clusterTemplatePatchRules));
  if (!patched.success) throw new InvalidParameterError(describeIssues(patched.error.issues, 'body'));
  return withDefaults(patched.data);
}
