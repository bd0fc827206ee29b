import { groupStackName, slotStackName } from '../../src/domain/resource-names.js';
import type { ClusterSpec, GroupSpec, Json, NodeSpec, SlotSpec, StackOutputs } from '../../src/driver-contract/index.js';
import { clusterLabel, groupLabel, listEntries, switched } from './label-values.js';
import { loadBalancerParameters } from './load-balancer.js';

type Parameters = Readonly<Record<string, Json>>;

/** Throws when the spec names a network without a subnet or the other way round. */
export function infraParameters(spec: ClusterSpec): Parameters {
  if ((spec.fixedNetworkId === null) !== (spec.fixedSubnetId === null)) {
    throw new Error('An existing network needs one of its subnets, and a subnet its network: fixedNetworkId and fixedSubnetId belong together.');
  }
  return {
    cluster_id: spec.clusterId,
    external_network: spec.externalNetworkId,
    existing_network: spec.fixedNetworkId ?? '',
    existing_subnet: spec.fixedSubnetId ?? '',
    subnet_cidr: spec.subnetCidr,
    dns_nameservers: [...spec.dnsNameservers],
    api_port: spec.apiPort,
    ...loadBalancerParameters(spec),
  };
}

export const groupParameters = (spec: ClusterSpec, group: GroupSpec): Parameters => ({
  name: groupStackName(spec.clusterId, group.groupId),
  policy: group.serverGroupPolicy ?? (groupLabel(spec, group, 'server_group_policies') || 'soft-anti-affinity'),
});

export function slotParameters(spec: ClusterSpec, slot: SlotSpec, infra: StackOutputs): Parameters {
  const group = controlPlaneGroup(spec);
  return {
    name: slotStackName(spec.clusterId, slot.index),
    cluster_id: spec.clusterId,
    network: outputText(infra, 'network_id'),
    subnet: outputText(infra, 'subnet_id'),
    // Of the control plane's own ports and of those that every node has.
    security_groups: securityGroups(spec, group, [outputText(infra, 'control_plane_security_group_id'), outputText(infra, 'worker_security_group_id')]),
    external_network: spec.externalNetworkId,
    floating_ip_enabled: slotFloatingIpEnabled(spec),
    etcd_volume_size: spec.etcdVolumeSizeGib,
    etcd_volume_type: spec.etcdVolumeType ?? '',
    availability_zone: availabilityZone(spec, group, slot.index),
    // Left out without a load balancer: templates that were frozen before there was any do not know them.
    ...(spec.masterLbEnabled ? { api_pool: outputText(infra, 'api_pool_id'), api_port: spec.apiPort } : {}),
  };
}

export const controlPlaneNodeParameters = (spec: ClusterSpec, node: NodeSpec, group: StackOutputs, slot: StackOutputs, userData: string): Parameters => ({
  ...nodeParameters(spec, node, group, userData),
  port: outputText(slot, 'port_id'),
  address: outputText(slot, 'address'),
  floating_address: outputTextOrEmpty(slot, 'floating_address'),
  etcd_volume: outputTextOrEmpty(slot, 'etcd_volume_id'),
});

export const workerNodeParameters = (spec: ClusterSpec, node: NodeSpec, infra: StackOutputs, group: StackOutputs, userData: string): Parameters => ({
  ...nodeParameters(spec, node, group, userData),
  network: outputText(infra, 'network_id'),
  subnet: outputText(infra, 'subnet_id'),
  security_groups: securityGroups(spec, node.group, [outputText(infra, 'worker_security_group_id')]),
  external_network: spec.externalNetworkId,
  floating_ip_enabled: workerFloatingIpEnabled(spec, node.group),
});

/** Whether the machines of each role have floating addresses of their own. */
export const slotFloatingIpEnabled = (spec: ClusterSpec): boolean => switched(clusterLabel(spec, 'master_floating_ip_enabled'), spec.floatingIpEnabled);
export const workerFloatingIpEnabled = (spec: ClusterSpec, group: GroupSpec): boolean =>
  switched(groupLabel(spec, group, 'worker_floating_ip_enabled'), spec.floatingIpEnabled);

const nodeParameters = (spec: ClusterSpec, { nodeId, nodeName, group, slotIndex }: NodeSpec, groupOutputs: StackOutputs, userData: string): Parameters => ({
  name: nodeName,
  cluster_id: spec.clusterId,
  node_id: nodeId,
  node_group: group.name,
  image: group.imageId,
  flavor: group.flavorId,
  availability_zone: availabilityZone(spec, group, slotIndex),
  server_group: outputTextOrEmpty(groupOutputs, 'server_group_id'),
  boot_volume_size: group.bootVolumeSizeGib,
  boot_volume_type: group.bootVolumeType ?? '',
  docker_volume_size: group.dockerVolumeSizeGib,
  docker_volume_type: group.dockerVolumeType ?? '',
  user_data: userData,
});

function controlPlaneGroup(spec: ClusterSpec): GroupSpec {
  const group = spec.groups.find(({ role }) => role === 'control-plane');
  if (!group) throw new Error(`The spec of cluster ${spec.clusterId} has no control-plane group.`);
  return group;
}

/** A slot's zone follows from its number, so that its volume and every machine it ever gets are in the same one. */
function availabilityZone(spec: ClusterSpec, group: GroupSpec, slotIndex: number | null): string {
  const zones = listEntries(clusterLabel(spec, 'control_plane_availability_zones'));
  const zone = slotIndex === null ? undefined : zones[slotIndex % zones.length];
  return zone ?? groupLabel(spec, group, 'availability_zone');
}

const securityGroups = (spec: ClusterSpec, group: GroupSpec, own: readonly string[]): string[] => [
  ...new Set([...own, ...listEntries(groupLabel(spec, group, 'extra_security_groups'))]),
];

/** A stack's output that must be there; throws when it is not, which means that the stack is not complete. */
export function outputText(outputs: StackOutputs, name: string): string {
  const value = outputs[name];
  if (typeof value !== 'string' || value === '') throw new Error(`A stack that this one needs has no output ${name}.`);
  return value;
}

/** An output whose condition may be false; then it is null, or missing. */
export function outputTextOrEmpty(outputs: StackOutputs, name: string): string {
  const value = outputs[name] ?? '';
  if (typeof value !== 'string') throw new Error(`Output ${name} of a stack is no text.`);
  return value;
}
