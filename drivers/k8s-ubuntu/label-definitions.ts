import { isIP } from 'node:net';
import { parseKubernetesVersion } from '../../src/domain/kubernetes-version.js';
import type { LabelDefinition } from '../../src/driver-contract/index.js';
import { parseCidr } from './cidr.js';
import { listEntries } from './label-values.js';

/** Why a value is refused, as the end of a sentence that begins with label and value; undefined when it is fine. */
export type Check = (value: string) => string | undefined;

export interface CheckedLabel extends LabelDefinition {
  readonly check?: Check;
}

const oneOf =
  (...choices: string[]): Check =>
  (value) =>
    choices.includes(value) ? undefined : `expected ${choices.length === 1 ? '' : 'one of '}${choices.join(', ')}`;
export const matching =
  (pattern: RegExp, expected: string): Check =>
  (value) =>
    pattern.test(value) ? undefined : `expected ${expected}`;
const prefixBetween =
  (shortest: number, longest: number): Check =>
  (value) => {
    const prefix = parseCidr(value)?.prefix;
    return prefix === undefined || (prefix >= shortest && prefix <= longest) ? undefined : `expected a prefix from /${shortest} to /${longest}`;
  };
const listOf =
  (isEntry: (entry: string) => boolean, expected: string): Check =>
  (value) =>
    listEntries(value).every(isEntry) ? undefined : `expected ${expected}, separated by commas`;
/** At most 253 characters, as DNS and kubeadm have it. */
const isDomainName = (text: string): boolean => text.length <= 253 && /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/.test(text);
const isUuid = (text: string): boolean => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);
// With a colon Nova reads a host behind the zone, which only administrators may choose.
const isZone = (text: string): boolean => /^[^\s:,][^:,\r\n]{0,254}$/.test(text);
const allowedCidrs = listOf((entry) => parseCidr(entry) !== undefined, 'IPv4 ranges such as 192.0.2.0/24');
const imageTag = matching(/^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/, 'an image tag');

export const labelDefinitions: readonly CheckedLabel[] = [
  {
    name: 'kube_tag', type: 'string', scope: 'cluster', mutability: 'roll',
    text: "Kubernetes version, for example v1.32.4; must be the image's kube_version",
    check: (value) => (parseKubernetesVersion(value) ? undefined : 'expected a version such as v1.32.4'),
  },
  {
    name: 'container_infra_prefix', type: 'string', default: '', scope: 'cluster', mutability: 'roll',
    text: 'Registry and path, ending with /, that all images of the cluster come from; empty: the public registries',
    check: matching(/^([a-z0-9]([a-z0-9.-]*[a-z0-9])?(:\d{1,5})?\/([a-z0-9]+([._-]+[a-z0-9]+)*\/)*)?$/, 'a registry path that ends with /, for example registry.example.org/kube/'),
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
    check: (value) => (isDomainName(value) ? undefined : 'expected a domain name such as cluster.local'),
  },
  {
    name: 'availability_zone', type: 'string', default: '', scope: 'nodegroup', mutability: 'roll', text: "Availability zone of servers and volumes; empty: the cloud's default",
    check: (value) => (value === '' || isZone(value) ? undefined : 'expected the name of one zone'),
  },
  {
    name: 'control_plane_availability_zones', type: 'string', default: '', scope: 'cluster', mutability: 'none',
    text: 'Zones that the control-plane slots take in turn, separated by commas; empty: that of availability_zone', check: listOf(isZone, 'names of zones'),
  },
  {
    name: 'extra_security_groups', type: 'string', default: '', scope: 'nodegroup', mutability: 'roll',
    text: "Security groups that the nodes have besides the cluster's own, separated by commas: ids, or names that are looked up when the cluster is accepted", check: listOf(isUuid, 'ids of security groups'),
  },
  { name: 'master_floating_ip_enabled', type: 'boolean', scope: 'cluster', mutability: 'none', text: 'Whether control-plane nodes have floating IPs; without the label as floating_ip_enabled says' },
  { name: 'worker_floating_ip_enabled', type: 'boolean', scope: 'nodegroup', mutability: 'roll', text: 'Whether workers have floating IPs; without the label as floating_ip_enabled says' },
  { name: 'master_lb_floating_ip_enabled', type: 'boolean', scope: 'cluster', mutability: 'none', text: 'Whether the API load balancer has a floating IP; without the label as floating_ip_enabled says' },
  {
    name: 'master_lb_allowed_cidrs', type: 'string', default: '', scope: 'cluster', mutability: 'none',
    text: "Ranges that may reach the Kubernetes API, separated by commas, Jeroboam's own among them; the nodes' subnet is added. Empty: everybody", check: allowedCidrs,
  },
  { name: 'api_master_lb_allowed_cidrs', type: 'string', default: '', scope: 'cluster', mutability: 'none', text: 'Another name of master_lb_allowed_cidrs', check: allowedCidrs },
  {
    name: 'octavia_provider', type: 'string', default: '', scope: 'cluster', mutability: 'none',
    text: "Octavia's provider of the API load balancer; empty: the cloud's default. ovn must be named, because it can do less", check: matching(/^[A-Za-z0-9_.-]{0,255}$/, 'the name of a provider'),
  },
  {
    name: 'octavia_lb_algorithm', type: 'string', default: '', scope: 'cluster', mutability: 'none',
    text: 'How connections are spread over control-plane nodes; empty: ROUND_ROBIN, and SOURCE_IP_PORT with the provider ovn',
    check: (value) => (value === '' ? undefined : oneOf('ROUND_ROBIN', 'LEAST_CONNECTIONS', 'SOURCE_IP', 'SOURCE_IP_PORT')(value)),
  },
  { name: 'api_server_lb_flavor', type: 'string', default: '', scope: 'cluster', mutability: 'none', text: "Octavia flavor of the API load balancer; empty: the provider's default" },
  { name: 'api_server_lb_availability_zone', type: 'string', default: '', scope: 'cluster', mutability: 'none', text: "Octavia's availability zone of the API load balancer; empty: the cloud's default" },
  {
    name: 'api_server_cert_sans', type: 'string', default: '', scope: 'cluster', mutability: 'none', text: "More names and addresses that the API server's certificate is good for, separated by commas",
    // A zone, as in fe80::1%eth0, is no part of a certificate's address.
    check: listOf((entry) => (isIP(entry) !== 0 && !entry.includes('%')) || isDomainName(entry.replace(/^\*\./, '')), 'names and addresses'),
  },
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
