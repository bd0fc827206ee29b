import { InvalidParameterError } from '../../domain/domain-error.js';
import type { ClusterDriver, ClusterSpec, GroupSpec } from '../../driver-contract/index.js';
import type { Image } from '../../openstack/glance/glance.client.js';
import type { Flavor } from '../../openstack/nova/nova.client.js';
import type { ClusterTemplateSettings } from '../cluster-templates/cluster-template.row.js';
import { bootVolumeSize } from '../cluster-templates/cluster-template.rules.js';
import { installedVersion } from '../clusters/build-cluster-spec.js';
import type { UpgradedFields } from './inherit-for-upgrade.js';

/** Everything that was looked up before the spec of the new revision is frozen. */
export interface UpgradeSpecInput {
  /** The newest revision. */
  readonly current: ClusterSpec;
  readonly template: ClusterTemplateSettings;
  readonly wanted: UpgradedFields;
  readonly image: Pick<Image, 'id' | 'name' | 'properties'>;
  readonly flavor: Pick<Flavor, 'id'>;
  readonly masterFlavor: Pick<Flavor, 'id'>;
  /** The template's labels and the cluster's own, with the driver's defaults. */
  readonly labels: Readonly<Record<string, string>>;
  readonly driver: Pick<ClusterDriver, 'labels'>;
  /** Groups that the template is for: the default ones. */
  readonly defaultGroupIds: ReadonlySet<string>;
  readonly hasVolumes: boolean;
  readonly defaultBootVolumeSizeGib: number;
}

/**
 * The spec after an upgrade to the template: image, flavors, volumes, proxies, labels and Kubernetes version are the
 * template's for the default groups; other groups and everything that machines cannot be given later stay. HOT texts stay
 * frozen. Throws InvalidParameterError for a label that no upgrade can change, or a kube_tag that the image does not have.
 */
export function buildUpgradeSpec(input: UpgradeSpecInput): ClusterSpec {
  const { current, template, labels, defaultGroupIds } = input;
  refuseFixedLabels(input);
  const kubernetesVersion = installedVersion(input);
  return {
    ...current,
    kubernetesVersion,
    httpProxy: template.http_proxy,
    httpsProxy: template.https_proxy,
    noProxy: template.no_proxy,
    insecureRegistry: template.insecure_registry,
    labels: kubernetesVersion === current.kubernetesVersion ? withTagOf(current.labels, labels) : labels,
    groups: current.groups.map((group) => (defaultGroupIds.has(group.groupId) ? upgradedGroup(input, group) : group)),
  };
}

/** A group of the user's own follows the cluster's template: its image; flavor, volumes and labels are its own. */
export function buildGroupUpgradeSpec(current: ClusterSpec, groupId: string, { image, wanted, template }: Pick<UpgradeSpecInput, 'image' | 'wanted' | 'template'>): ClusterSpec {
  const installed = installedVersion({ image, wanted, template });
  if (installed !== current.kubernetesVersion) {
    throw new InvalidParameterError(
      `Field cluster_template: image ${image.name} has ${installed} by now and the cluster ${current.kubernetesVersion}; upgrade group default-worker first, which takes the control plane with it.`,
    );
  }
  return { ...current, groups: current.groups.map((group) => (group.groupId === groupId ? { ...group, imageId: image.id } : group)) };
}

function upgradedGroup({ image, flavor, masterFlavor, wanted, labels, hasVolumes, defaultBootVolumeSizeGib }: UpgradeSpecInput, group: GroupSpec): GroupSpec {
  const bootVolumeSizeGib = bootVolumeSize(labels, defaultBootVolumeSizeGib);
  const dockerVolumeSizeGib = wanted.dockerVolumeSize ?? 0;
  if (!hasVolumes && bootVolumeSizeGib + dockerVolumeSizeGib > 0) {
    throw new InvalidParameterError('Field cluster_template: it wants volumes (docker_volume_size or label boot_volume_size), and this cloud has no volume service.');
  }
  return {
    ...group,
    imageId: image.id,
    flavorId: group.role === 'control-plane' ? masterFlavor.id : flavor.id,
    bootVolumeSizeGib,
    bootVolumeType: labels['boot_volume_type'] ?? null,
    dockerVolumeSizeGib,
    dockerVolumeType: labels['docker_volume_type'] ?? null,
  };
}

/** Merely to name or not to name the version that the nodes have is no reason to replace them. */
function withTagOf(current: Readonly<Record<string, string>>, labels: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const others = Object.fromEntries(Object.entries(labels).filter(([name]) => name !== 'kube_tag'));
  const tag = current['kube_tag'];
  return tag === undefined ? others : { ...others, kube_tag: tag };
}

function refuseFixedLabels({ current, labels, driver }: UpgradeSpecInput): void {
  const problems = driver.labels
    .filter(({ mutability }) => mutability === 'none' || mutability === 'recreate')
    .flatMap(({ name, default: fallback }) => {
      const [has, wanted] = [current.labels[name] ?? fallback, labels[name] ?? fallback];
      return has === wanted ? [] : [`Label ${name}: an upgrade cannot change it from ${shown(has)} to ${shown(wanted)}; use a template that has the old value, or a new cluster.`];
    });
  if (problems.length > 0) throw new InvalidParameterError(problems.join(' '));
}

const shown = (value: string | undefined): string => (value === undefined || value === '' ? 'none' : value);
