import type { ClusterSpec, GroupSpec, StackContents, StackUnit } from '../../src/driver-contract/index.js';
import { groupParameters, infraParameters, slotFloatingIpEnabled, workerFloatingIpEnabled } from './stack-parameters.js';

/** Neutron gives every new security group two rules for egress, IPv4 and IPv6. */
const rulesOfNewGroup = 2;
/** Rules of infra.yaml: kubelet and VXLAN between nodes; etcd between control-plane nodes. One a source of the API comes on top. */
const nodeRules = 2;
const controlPlaneRules = 1;

/** What heat-templates/k8s-ubuntu make, stack by stack: a test holds it against what a cloud counts. */
export function stackContents(spec: ClusterSpec, unit: StackUnit): StackContents {
  switch (unit.level) {
    case 'infra':
      return { counts: infraCounts(spec), servers: [], volumes: [] };
    case 'group':
      return { counts: { server_groups: groupParameters(spec, unit.group)['policy'] === 'none' ? 0 : 1 }, servers: [], volumes: [] };
    case 'slot':
      return {
        counts: { ports: 1, floating_ips: slotFloatingIpEnabled(spec) ? 1 : 0, members: spec.masterLbEnabled ? 1 : 0 },
        servers: [],
        volumes: volume(spec.etcdVolumeSizeGib, spec.etcdVolumeType),
      };
    case 'node':
      return nodeContents(spec, unit.group);
  }
}

function infraCounts(spec: ClusterSpec): StackContents['counts'] {
  const parameters = infraParameters(spec);
  const sources = parameters['api_sources'];
  const apiRules = Array.isArray(sources) ? sources.length : 1;
  const hasNetwork = spec.fixedNetworkId === null;
  const balanced = spec.masterLbEnabled ? 1 : 0;
  return {
    networks: hasNetwork ? 1 : 0,
    subnets: hasNetwork ? 1 : 0,
    routers: hasNetwork ? 1 : 0,
    // The router's leg and the address of DHCP are ports of the project; the load balancer's address is one, too.
    ports: (hasNetwork ? 2 : 0) + balanced,
    security_groups: 2,
    security_group_rules: 2 * rulesOfNewGroup + nodeRules + controlPlaneRules + apiRules,
    load_balancers: balanced,
    listeners: balanced,
    pools: balanced,
    health_monitors: balanced,
    floating_ips: parameters['load_balancer_floating_ip_enabled'] === true ? 1 : 0,
  };
}

function nodeContents(spec: ClusterSpec, group: GroupSpec): StackContents {
  const isWorker = group.role === 'worker';
  const hasFloatingIp = isWorker && workerFloatingIpEnabled(spec, group);
  return {
    counts: { ports: isWorker ? 1 : 0, floating_ips: hasFloatingIp ? 1 : 0 },
    servers: [group.flavorId],
    volumes: [...volume(group.bootVolumeSizeGib, group.bootVolumeType), ...volume(group.dockerVolumeSizeGib, group.dockerVolumeType)],
  };
}

const volume = (sizeGib: number, type: string | null): StackContents['volumes'] => (sizeGib > 0 ? [{ sizeGib, type }] : []);
