import type { ClusterDriver, ClusterSpec, GroupSpec, NodeRole } from './index.js';

interface NodeField {
  readonly name: string;
  readonly of: (spec: ClusterSpec, group: GroupSpec) => string | number | null;
}

/** What a machine is made from and cannot be given later; labels come from the driver. */
const nodeFields: readonly NodeField[] = [
  { name: 'Kubernetes version', of: (spec, group) => group.kubernetesVersion ?? spec.kubernetesVersion },
  { name: 'image', of: (_, group) => group.imageId },
  { name: 'flavor', of: (_, group) => group.flavorId },
  { name: 'boot volume size', of: (_, group) => group.bootVolumeSizeGib },
  { name: 'boot volume type', of: (_, group) => group.bootVolumeType },
  { name: 'docker volume size', of: (_, group) => group.dockerVolumeSizeGib },
  { name: 'docker volume type', of: (_, group) => group.dockerVolumeType },
  { name: 'SSH key', of: (spec) => spec.sshPublicKey },
  { name: 'HTTP proxy', of: (spec) => spec.httpProxy },
  { name: 'HTTPS proxy', of: (spec) => spec.httpsProxy },
  { name: 'proxy exceptions', of: (spec) => spec.noProxy },
  { name: 'insecure registry', of: (spec) => spec.insecureRegistry },
];

/** A text that is shown by its name only: a diff of it says nothing to people. */
const templateOf: Readonly<Record<NodeRole, RegExp>> = { 'control-plane': /^control-plane-node/, worker: /^worker-node/ };

/**
 * Why a machine made from `from` is not as one made from `to` would be, a clause a field (`flavor m1.small → m1.large`);
 * empty: it need not be replaced. Counts, Kubernetes labels and taints of nodes and whatever else can be changed on a running
 * machine are no reason. Throws when one of the specs does not know the group.
 */
export function changedNodeFields(driver: Pick<ClusterDriver, 'labels'>, from: ClusterSpec, to: ClusterSpec, groupId: string): readonly string[] {
  if (from === to) return [];
  const [old, wanted] = [groupOf(from, groupId), groupOf(to, groupId)];
  const fields = nodeFields.flatMap(({ name, of }) => change(name, of(from, old), of(to, wanted)));
  const labels = driver.labels
    .filter(({ mutability }) => mutability === 'roll')
    .flatMap(({ name }) => change(`label ${name}`, labelOf(from, old, name), labelOf(to, wanted, name)));
  const isNodeTemplate = templateOf[wanted.role];
  const templates = Object.keys({ ...from.templates, ...to.templates })
    .filter((name) => isNodeTemplate.test(name) && from.templates[name] !== to.templates[name])
    .map((name) => `template ${name}`);
  return [...fields, ...labels, ...templates];
}

function groupOf(spec: ClusterSpec, groupId: string): GroupSpec {
  const group = spec.groups.find((candidate) => candidate.groupId === groupId);
  if (!group) throw new Error(`the spec of cluster ${spec.clusterId} has no group ${groupId}`);
  return group;
}

const labelOf = (spec: ClusterSpec, group: GroupSpec, name: string): string | null => group.labels?.[name] ?? spec.labels[name] ?? null;

const change = (name: string, from: string | number | null, to: string | number | null): string[] => (from === to ? [] : [`${name} ${from ?? 'none'} → ${to ?? 'none'}`]);
