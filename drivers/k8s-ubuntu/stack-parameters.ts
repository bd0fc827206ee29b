import { groupStackName, slotStackName } from '../../src/domain/resource-names.js';
import type { ClusterSpec, GroupSpec, Json, NodeSpec, SlotSpec, StackOutputs } from '../../src/driver-contract/index.js';

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
  };
}

export const groupParameters = (spec: ClusterSpec, group: GroupSpec): Parameters => ({
  name: groupStackName(spec.clusterId, group.groupId),
  policy: spec.labels['server_group_policies'] ?? 'soft-anti-affinity',
});

export const slotParameters = (spec: ClusterSpec, slot: SlotSpec, infra: StackOutputs): Parameters => ({
  name: slotStackName(spec.clusterId, slot.index),
  cluster_id: spec.clusterId,
  network: outputText(infra, 'network_id'),
  subnet: outputText(infra, 'subnet_id'),
  // Of the control plane's own ports and of those that every node has.
  security_groups: [outputText(infra, 'control_plane_security_group_id'), outputText(infra, 'worker_security_group_id')],
  external_network: spec.externalNetworkId,
  floating_ip_enabled: spec.floatingIpEnabled,
  etcd_volume_size: spec.etcdVolumeSizeGib,
  etcd_volume_type: spec.etcdVolumeType ?? '',
  availability_zone: availabilityZone(spec),
});

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
  security_groups: [outputText(infra, 'worker_security_group_id')],
  external_network: spec.externalNetworkId,
  floating_ip_enabled: spec.floatingIpEnabled,
});

const nodeParameters = (spec: ClusterSpec, { nodeId, nodeName, group }: NodeSpec, groupOutputs: StackOutputs, userData: string): Parameters => ({
  name: nodeName,
  cluster_id: spec.clusterId,
  node_id: nodeId,
  node_group: group.name,
  image: group.imageId,
  flavor: group.flavorId,
  availability_zone: availabilityZone(spec),
  server_group: outputTextOrEmpty(groupOutputs, 'server_group_id'),
  boot_volume_size: group.bootVolumeSizeGib,
  boot_volume_type: group.bootVolumeType ?? '',
  docker_volume_size: group.dockerVolumeSizeGib,
  docker_volume_type: group.dockerVolumeType ?? '',
  user_data: userData,
});

const availabilityZone = (spec: ClusterSpec): string => spec.labels['availability_zone'] ?? '';

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
