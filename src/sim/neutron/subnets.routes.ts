import type { FastifyInstance } from 'fastify';
import { newUuid } from '../ids.js';
import { isObject, textAt, type JsonObject } from '../json.js';
import { pythonStr } from '../python-repr.js';
import { addressNumber, addressText, defaultPools, isWithin, overlap, parseCidr, type Cidr } from './addresses.js';
import { readAttributes, text, texts, truth, type AttributeType } from './attributes.js';
import { listed } from './listing.js';
import { newRecordFields, revised, routerInterface, type AddressRange, type Subnet } from './network-store.js';
import { callerOf, canSee, getOwn, projectFor, takeQuota, writerOf, type Networking, type WithId } from './networking.js';
import { badRequest, invalidInput, notFound, refuse } from './neutron-errors.js';
import type { ProjectToken } from '../http/authentication.js';

const updatable: Record<string, AttributeType> = {
  name: 'text',
  description: 'text',
  enable_dhcp: 'boolean',
  gateway_ip: 'text?',
  dns_nameservers: 'list',
  host_routes: 'list',
  allocation_pools: 'list',
};
const creatable: Record<string, AttributeType> = {
  ...updatable,
  tenant_id: 'text',
  project_id: 'text',
  network_id: 'text',
  ip_version: 'number',
  cidr: 'text?',
  subnetpool_id: 'text?',
  prefixlen: 'number',
  ipv6_ra_mode: 'text?',
  ipv6_address_mode: 'text?',
  service_types: 'list',
  use_default_subnetpool: 'boolean',
  segment_id: 'text?',
};

export function subnetRoutes(app: FastifyInstance, networking: Networking): void {
  const { store } = networking;

  app.get('/v2.0/subnets', (request) => {
    const caller = callerOf(networking, request);
    return listed(request, 'subnets', store.subnets.filter((subnet) => canSeeSubnet(networking, caller, subnet)).map((subnet) => subnetView(networking, subnet)));
  });

  app.post('/v2.0/subnets', (request, reply) => {
    const caller = writerOf(networking, request, 'create_subnet');
    const wanted = readAttributes(request.body, 'subnet', creatable, ['network_id', 'ip_version']);
    const network = getOwn(store.networks, 'network', text(wanted['network_id'], ''), caller, 'create_subnet');
    const projectId = projectFor(caller, wanted, 'create_subnet');
    takeQuota(networking, 'subnet', projectId);
    const subnet = store.subnets.put(newSubnet(networking, network.id, projectId, wanted));
    store.networks.put(revised(network, {}));
    reply.code(201);
    return { subnet: subnetView(networking, subnet) };
  });

  app.get<WithId>('/v2.0/subnets/:id', (request) => {
    const caller = callerOf(networking, request);
    const subnet = store.subnets.get(request.params.id);
    if (!subnet || !canSeeSubnet(networking, caller, subnet)) throw notFound('subnet', request.params.id);
    return { subnet: subnetView(networking, subnet) };
  });

  app.put<WithId>('/v2.0/subnets/:id', (request) => {
    const caller = writerOf(networking, request, 'update_subnet');
    const subnet = getOwn(store.subnets, 'subnet', request.params.id, caller, 'update_subnet');
    const wanted = readAttributes(request.body, 'subnet', updatable);
    const cidr = getCidr(subnet.cidr);
    const changed = revised(subnet, {
      name: text(wanted['name'], subnet.name),
      description: text(wanted['description'], subnet.description),
      enable_dhcp: truth(wanted['enable_dhcp'], subnet.enable_dhcp),
      gateway_ip: wanted['gateway_ip'] === undefined ? subnet.gateway_ip : gatewayOf(wanted, cidr),
      dns_nameservers: wanted['dns_nameservers'] === undefined ? subnet.dns_nameservers : nameservers(wanted),
      host_routes: Array.isArray(wanted['host_routes']) ? wanted['host_routes'] : subnet.host_routes,
      allocation_pools: wanted['allocation_pools'] === undefined ? subnet.allocation_pools : poolsOf(wanted, cidr, subnet.gateway_ip),
    });
    return { subnet: subnetView(networking, store.subnets.put(changed)) };
  });

  app.delete<WithId>('/v2.0/subnets/:id', (request, reply) => {
    const caller = writerOf(networking, request, 'delete_subnet');
    const subnet = getOwn(store.subnets, 'subnet', request.params.id, caller, 'delete_subnet');
    if (store.takenIn(subnet.id).size > 0) {
      throw refuse(409, 'SubnetInUse', `Unable to complete operation on subnet ${subnet.id}: One or more ports have an IP allocation from this subnet.`);
    }
    store.subnets.delete(subnet.id);
    return reply.code(204).send();
  });
}

/** A subnet of a shared network is everybody's to see; of a network that is only external it is not. */
function canSeeSubnet({ store }: Networking, caller: ProjectToken, subnet: Subnet): boolean {
  return canSee(caller, subnet) || store.networks.get(subnet.network_id)?.shared === true;
}

function newSubnet({ store }: Networking, networkId: string, projectId: string, wanted: JsonObject): Subnet {
  if (Number(wanted['ip_version']) !== 4) throw badRequest(`Invalid input for ip_version. Reason: this cloud has IPv4 only, not ${String(wanted['ip_version'])}.`);
  if (typeof wanted['cidr'] !== 'string') throw refuse(400, 'BadRequest', 'Bad subnets request: a subnetpool must be specified in the absence of a cidr.');
  const cidr = getCidr(wanted['cidr']);
  if (store.subnetsOf(networkId).some((other) => overlap(getCidr(other.cidr), cidr))) {
    throw invalidInput(`Requested subnet with cidr: ${cidr.text} for network: ${networkId} overlaps with another subnet.`);
  }
  const gateway = wanted['gateway_ip'] === undefined ? addressText(cidr.first + 1) : gatewayOf(wanted, cidr);
  return {
    id: newUuid(),
    ...newRecordFields(projectId, 0),
    name: text(wanted['name'], ''),
    description: text(wanted['description'], ''),
    network_id: networkId,
    cidr: cidr.text,
    gateway_ip: gateway,
    enable_dhcp: truth(wanted['enable_dhcp'], true),
    allocation_pools: poolsOf(wanted, cidr, gateway),
    dns_nameservers: nameservers(wanted),
    host_routes: Array.isArray(wanted['host_routes']) ? wanted['host_routes'] : [],
  };
}

export function getCidr(value: string): Cidr {
  const cidr = parseCidr(value);
  if (!cidr) throw invalidInput(`${value} is not in a CIDR format.`);
  return cidr;
}

function gatewayOf(wanted: JsonObject, cidr: Cidr): string | null {
  const gateway = wanted['gateway_ip'];
  if (gateway === null) return null;
  if (typeof gateway !== 'string' || addressNumber(gateway) === undefined) throw badRequest(`Invalid input for gateway_ip. Reason: '${pythonStr(gateway)}' is not a valid IP address.`);
  if (gateway === addressText(cidr.first) || gateway === addressText(cidr.last)) throw invalidInput('Gateway is not valid on subnet');
  return gateway;
}

function nameservers(wanted: JsonObject): string[] {
  const given = texts(wanted['dns_nameservers']);
  const wrong = given.find((each) => addressNumber(each) === undefined && !each.includes(':'));
  if (wrong !== undefined) throw badRequest(`Invalid input for dns_nameservers. Reason: '${wrong}' is not a valid nameserver.`);
  return given;
}

function poolsOf(wanted: JsonObject, cidr: Cidr, gateway: string | null): AddressRange[] {
  const given = wanted['allocation_pools'];
  if (!Array.isArray(given) || given.length === 0) return defaultPools(cidr, gateway);
  return given.map((pool) => {
    const [start = '', end = ''] = [textAt(pool, 'start'), textAt(pool, 'end')];
    if (!isObject(pool) || addressNumber(start) === undefined || addressNumber(end) === undefined) throw badRequest('Invalid input for allocation_pools.');
    if (!isWithin(cidr, start) || !isWithin(cidr, end)) throw refuse(400, 'OutOfBoundsAllocationPool', `The allocation pool ${start}-${end} spans beyond the subnet cidr ${cidr.text}.`);
    if ((addressNumber(start) ?? 0) > (addressNumber(end) ?? 0)) throw refuse(400, 'InvalidAllocationPool', `The allocation pool ${start}-${end} is not valid.`);
    return { start, end };
  });
}

export function subnetView({ store }: Networking, subnet: Subnet): Record<string, unknown> {
  return {
    ...subnet,
    tenant_id: subnet.project_id,
    ip_version: 4,
    subnetpool_id: null,
    ipv6_ra_mode: null,
    ipv6_address_mode: null,
    'router:external': store.networks.get(subnet.network_id)?.external === true,
    service_types: [],
  };
}

/** Router interfaces hold a subnet's gateway address. */
export const isRouterInterface = (port: { device_owner: string }): boolean => port.device_owner === routerInterface;
