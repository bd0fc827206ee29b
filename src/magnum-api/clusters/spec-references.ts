import type { ClusterSpec } from '../../driver-contract/index.js';

/** What a spec names of the cloud beyond images, flavors and networks, with the label that named it. */
export interface VolumeTypeReference {
  readonly label: 'etcd_volume_type' | 'boot_volume_type' | 'docker_volume_type';
  readonly type: string;
}

/** Types of the volumes that will be made; empty ones leave it to Cinder. */
export function volumeTypesOf(spec: ClusterSpec): readonly VolumeTypeReference[] {
  const all = [
    { label: 'etcd_volume_type', type: spec.etcdVolumeType, sizeGib: spec.etcdVolumeSizeGib } as const,
    ...spec.groups.flatMap((group) => [
      { label: 'boot_volume_type', type: group.bootVolumeType, sizeGib: group.bootVolumeSizeGib } as const,
      { label: 'docker_volume_type', type: group.dockerVolumeType, sizeGib: group.dockerVolumeSizeGib } as const,
    ]),
  ];
  return all.flatMap(({ label, type, sizeGib }) => (type === null || type === '' || sizeGib === 0 ? [] : [{ label, type }]));
}

/** The spec with each type under the name that Cinder's quotas know it by. */
export function withVolumeTypes(spec: ClusterSpec, names: ReadonlyMap<string, string>): ClusterSpec {
  const named = (type: string | null): string | null => (type === null || type === '' ? null : (names.get(type) ?? type));
  const groups = spec.groups.map((group) => ({ ...group, bootVolumeType: named(group.bootVolumeType), dockerVolumeType: named(group.dockerVolumeType) }));
  return { ...spec, etcdVolumeType: named(spec.etcdVolumeType), groups };
}

/** Zones that the labels of a spec name. */
export function zonesOf(spec: ClusterSpec): readonly { readonly label: string; readonly zone: string }[] {
  const named = (labels: Readonly<Record<string, string>>, label: string): { label: string; zone: string }[] =>
    (labels[label] ?? '').split(',').flatMap((text) => (text.trim() === '' ? [] : [{ label, zone: text.trim() }]));
  return [
    ...named(spec.labels, 'availability_zone'),
    ...named(spec.labels, 'control_plane_availability_zones'),
    ...spec.groups.flatMap((group) => named(group.labels ?? {}, 'availability_zone')),
  ];
}
