import { randomBytes } from 'node:crypto';
import { newUuid } from '../ids.js';
import { isObject, textAt } from '../json.js';
import { addressNumber, addressText, isWithin, nextFree } from './addresses.js';
import { newRecordFields, type FixedAddress, type NetworkStore, type Port, type Subnet } from './network-store.js';
import type { Networking } from './networking.js';
import { badRequest, notFound, refuse } from './neutron-errors.js';
import { ensureDefaultGroup } from './default-group.js';
import { getCidr } from './subnets.routes.js';

/** Last address given out per subnet; not kept over restarts, where the lowest free one is as good. */
const lastGiven = new WeakMap<NetworkStore, Map<string, string>>();

/** A free address of the subnet's pools; undefined when there is none. */
export function drawAddress(store: NetworkStore, subnet: Subnet): string | undefined {
  const given = lastGiven.get(store) ?? new Map<string, string>();
  lastGiven.set(store, given);
  const address = nextFree(subnet.allocation_pools, store.takenIn(subnet.id), given.get(subnet.id));
  if (address !== undefined) given.set(subnet.id, address);
  return address;
}

/** Throws 409 when every address of the network's subnets is taken. */
export function drawFrom(store: NetworkStore, networkId: string, subnets: Subnet[]): FixedAddress {
  for (const subnet of subnets) {
    const address = drawAddress(store, subnet);
    if (address !== undefined) return { subnet_id: subnet.id, ip_address: address };
  }
  throw refuse(409, 'IpAddressGenerationFailure', `No more IP addresses available on network ${networkId}.`);
}

/** The addresses that a port asks for (`fixed_ips`), or one of the network's own choice. `held` are the port's own, which it may keep. */
export function addressesFor(store: NetworkStore, networkId: string, wanted: unknown, held: FixedAddress[] = []): FixedAddress[] {
  const subnets = store.subnetsOf(networkId);
  if (!Array.isArray(wanted)) return subnets.length === 0 ? [] : [drawFrom(store, networkId, subnets)];
  return wanted.map((each) => addressFor(store, networkId, subnets, each, held));
}

function addressFor(store: NetworkStore, networkId: string, subnets: Subnet[], wanted: unknown, held: FixedAddress[]): FixedAddress {
  if (!isObject(wanted)) throw badRequest(`Invalid input for fixed_ips. Reason: Invalid data format for fixed IP: '${String(wanted)}'.`);
  const [subnetId, address] = [textAt(wanted, 'subnet_id'), textAt(wanted, 'ip_address')];
  const subnet = subnetId === undefined ? subnets.find((each) => address !== undefined && isWithin(getCidr(each.cidr), address)) : subnets.find((each) => each.id === subnetId);
  if (!subnet) {
    if (subnetId !== undefined && !store.subnets.get(subnetId)) throw notFound('subnet', subnetId);
    const message = subnetId === undefined ? `IP address ${address ?? ''} is not a valid IP for any of the subnets on the specified network.` : `Failed to create port on network ${networkId}, because fixed_ips included invalid subnet ${subnetId}.`;
    throw refuse(400, subnetId === undefined ? 'InvalidIpForNetwork' : 'InvalidInput', message);
  }
  if (address === undefined) return held.find((each) => each.subnet_id === subnet.id) ?? drawFrom(store, networkId, [subnet]);
  const number = addressNumber(address);
  const cidr = getCidr(subnet.cidr);
  if (number === undefined) throw badRequest(`Invalid input for fixed_ips. Reason: '${address}' is not a valid IP address.`);
  if (!isWithin(cidr, address) || address === addressText(cidr.first) || address === addressText(cidr.last)) {
    throw refuse(400, 'InvalidIpForSubnet', `IP address ${address} is not a valid IP for the specified subnet.`);
  }
  const isHeld = held.some((each) => each.ip_address === address && each.subnet_id === subnet.id);
  if (!isHeld && store.takenIn(subnet.id).has(address)) throw refuse(409, 'IpAddressAlreadyAllocated', `IP address ${address} already allocated in subnet ${subnet.id}`);
  return { subnet_id: subnet.id, ip_address: address };
}

/** Neutron's own prefix for the MACs that it makes. */
export const newMac = (): string => ['fa', '16', '3e', ...[...randomBytes(3)].map((byte) => byte.toString(16).padStart(2, '0'))].join(':');

/** A port as Neutron makes it; `wanted` overrides. Not stored yet. */
export function newPort(networking: Networking, networkId: string, projectId: string, wanted: Partial<Port>): Port {
  const { store } = networking;
  return {
    id: newUuid(),
    ...newRecordFields(projectId, 1),
    name: '',
    description: '',
    network_id: networkId,
    mac_address: newMac(),
    admin_state_up: true,
    status: 'DOWN',
    device_id: '',
    device_owner: '',
    fixed_ips: wanted.fixed_ips ?? addressesFor(store, networkId, undefined),
    security_groups: wanted.security_groups ?? [ensureDefaultGroup(networking, projectId).id],
    allowed_address_pairs: [],
    port_security_enabled: true,
    vnic_type: 'normal',
    ...wanted,
  };
}
