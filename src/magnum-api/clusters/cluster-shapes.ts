import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { InvalidParameterError } from '../../domain/domain-error.js';
import type { ClusterDriver, ClusterSpec } from '../../driver-contract/index.js';
import type { QuotaFacts } from '../../driver-contract/quota-units.js';
import { CloudLookups, type ClusterImage } from '../cloud-lookups/cloud-lookups.js';
import type { ClusterTemplateRow } from '../cluster-templates/cluster-template.row.js';
import { bootVolumeSize } from '../cluster-templates/cluster-template.rules.js';
import { allOrFirstFailure } from '../http/first-failure.js';
import type { Asking } from '../http/request-context.js';
import { RUNTIME, type Runtime } from '../runtime.js';
import { buildClusterSpec } from './build-cluster-spec.js';
import { checkMachines } from './check-machines.js';
import type { WantedCluster } from './inherit-from-template.js';
import { volumeTypesOf, withVolumeTypes, zonesOf } from './spec-references.js';

export interface WantedShape {
  readonly projectId: string;
  readonly template: ClusterTemplateRow;
  readonly wanted: WantedCluster;
  readonly image: ClusterImage;
  readonly driver: ClusterDriver;
}

/** Looks up everything a new cluster names, checks that it goes together, and freezes what the cluster is rendered from. */
@Injectable()
export class ClusterShapes {
  constructor(
    @Inject(RUNTIME) private readonly runtime: Runtime,
    private readonly lookups: CloudLookups,
  ) {}

  /** `facts`: what its demand rests on besides the spec. Throws an error that names the field or label at fault. */
  async freeze(asking: Asking, shape: WantedShape): Promise<{ readonly spec: ClusterSpec; readonly facts: QuotaFacts }> {
    const { projectId, template, wanted, image, driver } = shape;
    const { lookups } = this;
    const defaultBootVolumeSizeGib = this.runtime.config.DEFAULT_BOOT_VOLUME_SIZE;
    const flavorId = requireField('flavor_id', wanted.flavorId);
    const masterFlavorId = requireField('master_flavor_id', wanted.masterFlavorId);
    const externalNetworkId = requireField('external_network_id', template.external_network_id);
    const bootVolumeSizeGib = bootVolumeSize(wanted.labels, defaultBootVolumeSizeGib);
    const ownDisk = bootVolumeSizeGib === 0;
    const [flavor, masterFlavor, externalNetwork, fixed, keypair, hasVolumes, hasLoadBalancers, given] = await allOrFirstFailure([
      lookups.flavor(asking, 'flavor_id', flavorId, { ownDisk }),
      lookups.flavor(asking, 'master_flavor_id', masterFlavorId, { ownDisk }),
      lookups.externalNetwork(asking, externalNetworkId),
      lookups.fixedNetwork(asking, wanted.fixedNetwork, wanted.fixedSubnet),
      wanted.keypair === null ? null : lookups.keypair(asking, wanted.keypair),
      lookups.hasVolumes(asking),
      lookups.hasLoadBalancers(asking),
      this.withGroupIds(asking, projectId, wanted.labels),
    ]);
    if (wanted.masterLbEnabled && !hasLoadBalancers) {
      throw new InvalidParameterError('Field master_lb_enabled: this cloud has no load-balancing service (Octavia); use one control-plane node and master_lb_enabled false.');
    }
    checkMachines({ image, flavors: { flavor_id: flavor, master_flavor_id: masterFlavor }, bootVolumeSizeGib });
    const { values: labels, problems } = driver.resolveLabels(given);
    if (problems.length > 0) throw new InvalidParameterError(problems.join(' '));
    const spec = buildClusterSpec({
      clusterId: randomUUID(),
      projectId,
      groups: [
        { id: randomUUID(), name: 'default-master', role: 'control-plane' },
        { id: randomUUID(), name: 'default-worker', role: 'worker' },
      ],
      wanted,
      template,
      image,
      flavor,
      masterFlavor,
      externalNetwork,
      fixedNetwork: fixed.network,
      fixedSubnet: fixed.subnet,
      sshPublicKey: keypair?.publicKey ?? null,
      hasVolumes,
      driver,
      labels,
      defaultBootVolumeSizeGib,
    });
    const contradictions = driver.specProblems?.(spec) ?? [];
    if (contradictions.length > 0) throw new InvalidParameterError(contradictions.join(' '));
    const [typed, defaultVolumeType] = await allOrFirstFailure([
      this.withTypes(asking, spec),
      hasVolumes ? lookups.defaultVolumeType(asking) : null,
      this.checkZones(asking, spec),
    ]);
    const flavors = new Map([flavor, masterFlavor].map((each) => [each.id, each]));
    return { spec: typed, facts: { flavors, defaultVolumeType: defaultVolumeType?.name ?? null } };
  }

  /** Security groups may be named; what is frozen, and what the driver sees, are ids. */
  async withGroupIds(asking: Asking, projectId: string, labels: Readonly<Record<string, string>>): Promise<Readonly<Record<string, string>>> {
    const references = (labels['extra_security_groups'] ?? '').split(',').map((text) => text.trim()).filter((text) => text !== '');
    if (references.length === 0) return labels;
    const groups = await allOrFirstFailure(references.map((reference) => this.lookups.securityGroup(asking, projectId, reference)));
    return { ...labels, extra_security_groups: groups.map(({ id }) => id).join(',') };
  }

  /** Types may be given by id; Cinder's quotas know them by name. */
  async withTypes(asking: Asking, spec: ClusterSpec): Promise<ClusterSpec> {
    const named = await allOrFirstFailure(
      volumeTypesOf(spec).map(async ({ label, type }) => [type, (await this.lookups.volumeType(asking, label, type)).name] as const),
    );
    return withVolumeTypes(spec, new Map(named));
  }

  /** Throws InvalidParameterError for a zone that labels name and that has no working host. */
  async checkZones(asking: Asking, spec: ClusterSpec): Promise<void> {
    const named = zonesOf(spec);
    if (named.length === 0) return;
    const known = await this.lookups.availabilityZones(asking);
    const wrong = named.find(({ zone }) => !known.includes(zone));
    if (wrong) throw new InvalidParameterError(`Label ${wrong.label}: the compute service has no available zone ${wrong.zone}; it has ${known.join(', ')}.`);
  }
}

function requireField(field: string, value: string | null): string {
  if (value === null) throw new InvalidParameterError(`Field ${field}: neither the cluster nor its template names one.`);
  return value;
}
