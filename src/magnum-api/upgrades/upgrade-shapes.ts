import { Inject, Injectable } from '@nestjs/common';
import { InvalidParameterError } from '../../domain/domain-error.js';
import type { ClusterDriver, ClusterSpec } from '../../driver-contract/index.js';
import type { QuotaFacts } from '../../driver-contract/quota-units.js';
import { selectDriver } from '../../driver-contract/select-driver.js';
import { CloudLookups, type ClusterImage } from '../cloud-lookups/cloud-lookups.js';
import type { ClusterTemplateRow } from '../cluster-templates/cluster-template.row.js';
import { bootVolumeSize, checkDockerStorage } from '../cluster-templates/cluster-template.rules.js';
import { checkMachines } from '../clusters/check-machines.js';
import { ClusterShapes } from '../clusters/cluster-shapes.js';
import type { ClusterRow } from '../clusters/cluster.row.js';
import { allOrFirstFailure } from '../http/first-failure.js';
import type { Asking } from '../http/request-context.js';
import { RUNTIME, type Runtime } from '../runtime.js';
import { buildGroupUpgradeSpec, buildUpgradeSpec } from './build-upgrade-spec.js';
import { refuseFixedFields } from './fixed-template-fields.js';
import { inheritForUpgrade, type UpgradedFields } from './inherit-for-upgrade.js';

export interface WantedUpgrade {
  readonly cluster: ClusterRow;
  readonly current: ClusterSpec;
  readonly old: ClusterTemplateRow;
  readonly template: ClusterTemplateRow;
  /** Ids of the groups that are upgraded. */
  readonly groupIds: ReadonlySet<string>;
  /** The one group, when it is of the user's own. */
  readonly ownGroupId: string | null;
}

export interface UpgradedShape {
  readonly driver: ClusterDriver;
  readonly spec: ClusterSpec;
  readonly wanted: UpgradedFields;
  readonly facts: QuotaFacts;
}

/** Looks up what the new template names, checks that the cluster can get there, and freezes the new revision's spec. */
@Injectable()
export class UpgradeShapes {
  constructor(
    @Inject(RUNTIME) private readonly runtime: Runtime,
    private readonly lookups: CloudLookups,
    private readonly shapes: ClusterShapes,
  ) {}

  /** Throws an error that names the field or label at fault. */
  async freeze(asking: Asking, upgrade: WantedUpgrade): Promise<UpgradedShape> {
    const { cluster, current, old, template, groupIds, ownGroupId } = upgrade;
    refuseFixedFields(cluster, old, template);
    const wanted = inheritForUpgrade(cluster, old, template);
    const image = await this.lookups.image(asking, template.image_id);
    const driver = this.driverOf(current, template, image);
    checkDockerStorage(template.docker_storage_driver, wanted.dockerVolumeSize);
    const labels = await this.resolveLabels(asking, cluster.project_id, driver, wanted.labels);
    const defaultBootVolumeSizeGib = this.runtime.config.DEFAULT_BOOT_VOLUME_SIZE;
    const bootVolumeSizeGib = bootVolumeSize(labels, defaultBootVolumeSizeGib);
    const ownDisk = bootVolumeSizeGib === 0;
    const flavorOf = (field: 'flavor_id' | 'master_flavor_id', reference: string | null) => {
      if (reference === null) throw new InvalidParameterError(`Field ${field}: neither the cluster nor its template names one.`);
      return this.lookups.flavor(asking, field, reference, { ownDisk });
    };
    const [flavor, masterFlavor, hasVolumes] = await allOrFirstFailure([flavorOf('flavor_id', wanted.flavorId), flavorOf('master_flavor_id', wanted.masterFlavorId), this.lookups.hasVolumes(asking)]);
    checkMachines({ image, flavors: { flavor_id: flavor, master_flavor_id: masterFlavor }, bootVolumeSizeGib });
    const spec =
      ownGroupId === null
        ? buildUpgradeSpec({ current, template, wanted, image, flavor, masterFlavor, labels, driver, defaultGroupIds: groupIds, hasVolumes, defaultBootVolumeSizeGib })
        : buildGroupUpgradeSpec(current, ownGroupId, { image, wanted, template });
    const contradictions = driver.specProblems?.(spec) ?? [];
    if (contradictions.length > 0) throw new InvalidParameterError(contradictions.join(' '));
    const [typed, defaultVolumeType] = await allOrFirstFailure([
      this.shapes.withTypes(asking, spec),
      hasVolumes ? this.lookups.defaultVolumeType(asking) : null,
      this.shapes.checkZones(asking, spec),
    ]);
    const groupFlavors = await allOrFirstFailure(typed.groups.filter(({ groupId }) => groupIds.has(groupId)).map(({ flavorId }) => this.lookups.flavor(asking, 'flavor_id', flavorId, { ownDisk: false })));
    const flavors = new Map(groupFlavors.map((each) => [each.id, each]));
    return { driver, spec: typed, wanted, facts: { flavors, defaultVolumeType: defaultVolumeType?.name ?? null } };
  }

  /** A cluster stays with the driver that it was made with. */
  private driverOf(current: ClusterSpec, template: ClusterTemplateRow, image: ClusterImage): ClusterDriver {
    const { driver: named, server_type, coe } = template;
    const driver = selectDriver(this.runtime.drivers, { driver: named, imageDriver: image.properties['magnum_driver'] ?? null, serverType: server_type, osDistro: image.osDistro, coe });
    if (driver.name === current.driver) return driver;
    throw new InvalidParameterError(`Field cluster_template: it is for driver ${driver.name} (os_distro ${image.osDistro}), and the cluster was made with ${current.driver}; no upgrade changes that.`);
  }

  private async resolveLabels(asking: Asking, projectId: string, driver: ClusterDriver, labels: Readonly<Record<string, string>>): Promise<Readonly<Record<string, string>>> {
    const { values, problems } = driver.resolveLabels(await this.shapes.withGroupIds(asking, projectId, labels));
    if (problems.length > 0) throw new InvalidParameterError(problems.join(' '));
    return values;
  }
}
