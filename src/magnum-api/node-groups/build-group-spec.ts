import { InvalidParameterError } from '../../domain/domain-error.js';
import { compareKubernetesVersions, kubeletLagMax } from '../../domain/kubernetes-skew.js';
import { formatKubernetesVersion, parseKubernetesVersion } from '../../domain/kubernetes-version.js';
import type { ClusterDriver, ClusterSpec, GroupSpec, LabelDefinition, NodeTaintSpec } from '../../driver-contract/index.js';
import type { Image } from '../../openstack/glance/glance.client.js';
import type { Flavor } from '../../openstack/nova/nova.client.js';
import { bootVolumeSize } from '../cluster-templates/cluster-template.rules.js';
import type { CreateNodeGroup } from './node-group.schema.js';

type Texts = Readonly<Record<string, string>>;

/** Magnum's inheritance: absent labels are the cluster's, given ones replace them unless merged. */
export function inheritGroupLabels({ labels, merge_labels }: Pick<CreateNodeGroup, 'labels' | 'merge_labels'>, clusterLabels: Texts): Texts {
  if (!labels) return clusterLabels;
  return merge_labels === true ? { ...clusterLabels, ...labels } : labels;
}

/** Everything that was looked up for a new group. */
export interface GroupSpecInput {
  readonly id: string;
  readonly request: Pick<CreateNodeGroup, 'name' | 'image_id' | 'docker_volume_size' | 'labels'>;
  /** The newest spec of the cluster. */
  readonly spec: ClusterSpec;
  /** What the control plane has or is about to have. */
  readonly controlPlaneVersion: string;
  readonly image: Pick<Image, 'id' | 'name' | 'properties'> & { readonly osDistro: string };
  readonly flavor: Pick<Flavor, 'id'>;
  /** The group's labels with the driver's defaults. */
  readonly labels: Texts;
  readonly driver: Pick<ClusterDriver, 'name' | 'provides' | 'labels'>;
  readonly hasVolumes: boolean;
  readonly defaultBootVolumeSizeGib: number;
  readonly nodeLabels: Texts;
  readonly nodeTaints: readonly NodeTaintSpec[];
}

/** What the nodes of a new worker group are rendered from. Throws InvalidParameterError naming the label or field that does not fit. */
export function buildGroupSpec(input: GroupSpecInput): GroupSpec {
  const { request, spec, labels, driver } = input;
  const version = versionOf(input);
  const bootVolumeSizeGib = bootVolumeSize(labels, input.defaultBootVolumeSizeGib);
  const dockerVolumeSizeGib = request.docker_volume_size ?? 0;
  if (bootVolumeSizeGib > 0) requireVolumes(input, 'Label boot_volume_size');
  if (dockerVolumeSizeGib > 0) requireVolumes(input, 'Field docker_volume_size');
  if (!driver.provides.some(({ osDistro }) => osDistro === input.image.osDistro)) {
    throw new InvalidParameterError(`Field image_id: driver ${driver.name} of the cluster does not know os_distro ${input.image.osDistro} of image ${input.image.name}.`);
  }
  return {
    groupId: input.id,
    name: request.name,
    role: 'worker',
    imageId: input.image.id,
    flavorId: input.flavor.id,
    bootVolumeSizeGib,
    bootVolumeType: labels['boot_volume_type'] || null,
    dockerVolumeSizeGib,
    dockerVolumeType: labels['docker_volume_type'] || null,
    ...(version === spec.kubernetesVersion ? {} : { kubernetesVersion: version }),
    nodeLabels: input.nodeLabels,
    nodeTaints: input.nodeTaints,
    // A group that asked for none of its own goes on with whatever the cluster's labels become.
    ...(request.labels ? { labels: ownLabels(driver.labels, labels) } : {}),
  };
}

/** Labels that a group may have of its own; one that was left out is empty, so that the cluster's does not come back in. */
function ownLabels(definitions: readonly LabelDefinition[], values: Texts): Texts {
  return Object.fromEntries(definitions.filter(({ scope }) => scope === 'nodegroup').map(({ name }) => [name, values[name] ?? '']));
}

function versionOf({ image, request, controlPlaneVersion, labels }: GroupSpecInput): string {
  const version = parseKubernetesVersion(image.properties['kube_version'] ?? '');
  if (!version) throw new InvalidParameterError(`Field image_id: image ${image.name} has no property kube_version such as v1.32.4; set it to what is installed on it.`);
  const installed = formatKubernetesVersion(version);
  const controlPlane = parseKubernetesVersion(controlPlaneVersion);
  if (!controlPlane) throw new Error(`the control plane has version ${controlPlaneVersion}, which is none`);
  if (compareKubernetesVersions(version, controlPlane) > 0) {
    throw new InvalidParameterError(`Field image_id: image ${image.name} has ${installed}, and nodes must not be newer than their control plane (${controlPlaneVersion}); upgrade the cluster first.`);
  }
  if (version.major !== controlPlane.major || controlPlane.minor - version.minor > kubeletLagMax(controlPlane)) {
    throw new InvalidParameterError(
      `Field image_id: image ${image.name} has ${installed}, and nodes may be at most ${kubeletLagMax(controlPlane)} minor versions older than their control plane (${controlPlaneVersion}).`,
    );
  }
  const tag = request.labels?.['kube_tag'];
  if (tag !== undefined && tag !== '' && formatted(tag) !== installed) {
    throw new InvalidParameterError(`Label kube_tag: ${labels['kube_tag'] ?? tag} is not what image ${image.name} has installed (${installed}); leave the label out or use another image.`);
  }
  return installed;
}

function formatted(text: string): string | undefined {
  const version = parseKubernetesVersion(text);
  return version && formatKubernetesVersion(version);
}

function requireVolumes({ hasVolumes }: GroupSpecInput, what: string): void {
  if (!hasVolumes) throw new InvalidParameterError(`${what}: this cloud has no volume service; set it to 0 or leave it out.`);
}

/** The cluster's next spec: groups that are gone are left out, the new one comes last. */
export function withGroup(spec: ClusterSpec, existing: ReadonlySet<string>, group: GroupSpec): ClusterSpec {
  return { ...spec, groups: [...spec.groups.filter(({ groupId }) => existing.has(groupId)), group] };
}
