import { parseKubernetesVersion } from '../../src/domain/kubernetes-version.js';
import type { LabelDefinition, ResolvedLabels } from '../../src/driver-contract/index.js';
import { overlap, parseCidr, type Cidr } from './cidr.js';

/** Why a value is refused, as the end of a sentence that begins with label and value; undefined when it is fine. */
type Check = (value: string) => string | undefined;

interface CheckedLabel extends LabelDefinition {
  readonly check?: Check;
}

const oneOf =
  (...choices: string[]): Check =>
  (value) =>
    choices.includes(value) ? undefined : `expected ${choices.length === 1 ? '' : 'one of '}${choices.join(', ')}`;
const matching =
  (pattern: RegExp, expected: string): Check =>
  (value) =>
    pattern.test(value) ? undefined : `expected ${expected}`;
const prefixBetween =
  (shortest: number, longest: number): Check =>
  (value) => {
    const prefix = parseCidr(value)?.prefix;
    return prefix === undefined || (prefix >= shortest && prefix <= longest) ? undefined : `expected a prefix from /${shortest} to /${longest}`;
  };
const imageTag = matching(/^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/, 'an image tag');

const definitions: readonly CheckedLabel[] = [
  {
    name: 'kube_tag', type: 'string', scope: 'cluster', mutability: 'roll',
    text: "Kubernetes version, for example v1.32.4; must be the image's kube_version",
    check: (value) => (parseKubernetesVersion(value) ? undefined : 'expected a version such as v1.32.4'),
  },
  {
    name: 'container_infra_prefix', type: 'string', default: '', scope: 'cluster', mutability: 'roll',
    text: 'Registry and path, ending with /, that all images of the cluster come from; empty: the public registries',
    check: matching(/^([a-z0-9]([a-z0-9._:/-]*[a-z0-9])?\/)?$/, 'a registry path that ends with /, for example registry.example.org/kube/'),
  },
  {
    name: 'fixed_subnet_cidr', type: 'cidr', default: '10.0.0.0/24', scope: 'cluster', mutability: 'none',
    text: 'Range of the new subnet for nodes', check: prefixBetween(8, 28),
  },
  {
    // The controller manager gives each node a /24 and refuses more than 2^16 of them.
    name: 'flannel_network_cidr', type: 'cidr', default: '10.100.0.0/16', scope: 'cluster', mutability: 'none',
    text: 'Range of pods; each node takes a /24 of it', check: prefixBetween(8, 24),
  },
  {
    // The API server refuses ranges of more than 2^20 addresses.
    name: 'service_cluster_ip_range', type: 'cidr', default: '10.254.0.0/16', scope: 'cluster', mutability: 'none',
    text: 'Range of services', check: prefixBetween(12, 28),
  },
  {
    name: 'flannel_backend', type: 'string', default: 'vxlan', scope: 'cluster', mutability: 'none',
    text: 'How flannel carries packets between nodes', check: oneOf('vxlan'),
  },
  { name: 'flannel_tag', type: 'string', default: 'v0.27.4', scope: 'cluster', mutability: 'metadata', text: 'Version of flannel', check: imageTag },
  { name: 'flannel_cni_tag', type: 'string', default: 'v1.8.0-flannel1', scope: 'cluster', mutability: 'metadata', text: "Version of flannel's CNI plugin", check: imageTag },
  {
    name: 'dns_cluster_domain', type: 'string', default: 'cluster.local', scope: 'cluster', mutability: 'none', text: 'Domain of services',
    check: matching(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/, 'a domain name such as cluster.local'),
  },
  { name: 'availability_zone', type: 'string', default: '', scope: 'nodegroup', mutability: 'roll', text: "Availability zone of servers and volumes; empty: the cloud's default" },
  {
    name: 'server_group_policies', type: 'string', default: 'soft-anti-affinity', scope: 'nodegroup', mutability: 'none',
    text: "How a node group's servers are spread over hosts; none: no server group",
    check: oneOf('none', 'affinity', 'anti-affinity', 'soft-affinity', 'soft-anti-affinity'),
  },
  { name: 'boot_volume_size', type: 'integer', scope: 'nodegroup', mutability: 'roll', text: "Boot volume in GiB; 0: boot from the flavor's disk" },
  { name: 'boot_volume_type', type: 'string', default: '', scope: 'nodegroup', mutability: 'roll', text: "Volume type of boot volumes; empty: Cinder's default" },
  { name: 'docker_volume_type', type: 'string', default: '', scope: 'nodegroup', mutability: 'roll', text: "Volume type of docker volumes; empty: Cinder's default" },
  { name: 'etcd_volume_size', type: 'integer', scope: 'cluster', mutability: 'none', text: "Volume for each control-plane slot's etcd in GiB; 0: none; without the label 10 where the cloud has Cinder" },
  { name: 'etcd_volume_type', type: 'string', default: '', scope: 'cluster', mutability: 'none', text: "Volume type of etcd volumes; empty: Cinder's default" },
];

export const labels: readonly LabelDefinition[] = definitions;

const typeChecks: Record<LabelDefinition['type'], Check> = {
  string: () => undefined,
  // All integer labels are sizes; a million GiB is beyond any volume.
  integer: matching(/^\d{1,6}$/, 'a whole number of at least 0'),
  boolean: matching(/^(true|false|yes|no|on|off|1|0)$/i, 'true or false'),
  cidr: (value) => (parseCidr(value) ? undefined : 'expected an IPv4 range such as 10.0.0.0/24, without bits behind the prefix'),
};

/**
 * Defaults under the given values, and a sentence for each that cannot work. An empty value counts as not given, as tools
 * send it for "none"; labels that this driver does not know stay as they are.
 */
export function resolveLabels(given: Readonly<Record<string, string>>): ResolvedLabels {
  const values: Record<string, string> = { ...given };
  for (const { name, default: fallback } of definitions) {
    if (fallback !== undefined) values[name] ||= fallback;
    else if (values[name] === '') delete values[name];
  }
  const problems = definitions.flatMap(({ name, type, check }) => {
    const value = values[name];
    if (value === undefined) return [];
    const problem = typeChecks[type](value) ?? check?.(value);
    return problem === undefined ? [] : [`Label ${name} is "${value}": ${problem}.`];
  });
  return { values, problems: [...problems, ...overlaps(values, given)] };
}

/** The subnet counts only when its label is given: the cluster may use an existing one, whose range no label tells. */
function overlaps(values: Readonly<Record<string, string>>, given: Readonly<Record<string, string>>): string[] {
  const names = ['flannel_network_cidr', 'service_cluster_ip_range', ...(given['fixed_subnet_cidr'] ? ['fixed_subnet_cidr'] : [])];
  const ranges = names.flatMap((name): { name: string; cidr: Cidr }[] => {
    const cidr = parseCidr(values[name] ?? '');
    return cidr ? [{ name, cidr }] : [];
  });
  return ranges.flatMap((a, index) =>
    ranges.slice(index + 1).flatMap((b) => (overlap(a.cidr, b.cidr) ? [`Labels ${a.name} (${a.cidr.text}) and ${b.name} (${b.cidr.text}) overlap: nodes, pods and services need ranges of their own.`] : [])),
  );
}
