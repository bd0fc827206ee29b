import { InvalidParameterError } from '../../domain/domain-error.js';
import type { ClusterSpec } from '../../driver-contract/index.js';
import { parseIpv4Range } from './ipv4-range.js';

/** The controller manager's default: each node takes a /24 of the pods' range, and a node that finds none never becomes Ready. */
const podAddressesPerNode = 256;
/** The network's own address, broadcast, gateway and DHCP. */
const addressesTaken = 4;

const sizeOf = (cidr: string): number => {
  const range = parseIpv4Range(cidr);
  return range ? range.last - range.first + 1 : 0;
};

/**
 * Refuses more nodes (of all groups together) than the ranges hold, with InvalidParameterError. A subnet that others use too
 * may hold fewer: the cloud says so then.
 */
export function checkRoom({ podCidr, subnetCidr, masterLbEnabled }: Pick<ClusterSpec, 'podCidr' | 'subnetCidr' | 'masterLbEnabled'>, nodeCount: number): void {
  const rooms = [
    { range: `the range of the pods (label flannel_network_cidr), ${podCidr}, a /24 a node,`, nodes: Math.floor(sizeOf(podCidr) / podAddressesPerNode) },
    { range: `the subnet of the nodes (fixed_subnet, label fixed_subnet_cidr), ${subnetCidr},`, nodes: Math.max(0, sizeOf(subnetCidr) - addressesTaken - (masterLbEnabled ? 1 : 0)) },
  ];
  const tight = rooms.filter(({ nodes }) => nodes < nodeCount);
  if (tight.length === 0) return;
  const reasons = tight.map(({ range, nodes }) => `${range} has room for ${nodes}`).join(', and ');
  throw new InvalidParameterError(`Fields node_count and master_count: ${nodeCount} nodes in all do not fit: ${reasons}; ask for fewer or choose larger ranges.`);
}
