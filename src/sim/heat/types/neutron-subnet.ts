import { HeatError } from '../heat-error.js';
import { findNetworkThing } from '../cloud/find.js';
import { allowed, custom } from '../schema/constraint.js';
import { boolean, integer, list, map, required, string, unsupported, updatable } from '../schema/property-schema.js';
import { nameOf, neutronObject, pick } from './neutron-object.js';
import type { ResourceType } from './resource-type.js';

const address = string({ ...required, constraints: [custom('ip_addr')] });

export const subnet: ResourceType = {
  name: 'OS::Neutron::Subnet',
  properties: {
    network: string({ ...required, constraints: [custom('neutron.network')] }),
    cidr: string({ constraints: [custom('net_cidr')] }),
    ip_version: integer({ default: 4, constraints: [allowed(4, 6)] }),
    name: string(updatable),
    gateway_ip: string(updatable),
    dns_nameservers: list({ default: [], ...updatable }),
    enable_dhcp: boolean({ default: true, ...updatable }),
    allocation_pools: list({ items: map({ keys: { start: address, end: address } }), ...updatable }),
    host_routes: list({
      items: map({ keys: { destination: string({ ...required, constraints: [custom('net_cidr')] }), nexthop: address } }),
      ...updatable,
    }),
    tags: list({ items: string(), ...updatable }),
    subnetpool: unsupported('string'),
    prefixlen: unsupported('integer'),
    ipv6_address_mode: unsupported('string'),
    ipv6_ra_mode: unsupported('string'),
    segment: unsupported('string'),
    tenant_id: unsupported('string'),
    value_specs: unsupported('map'),
  },
  attributes: [
    'name',
    'network_id',
    'tenant_id',
    'allocation_pools',
    'gateway_ip',
    'host_routes',
    'ip_version',
    'cidr',
    'dns_nameservers',
    'enable_dhcp',
  ],
  check(_properties, isGiven) {
    if (isGiven('cidr')) return;
    throw new HeatError(400, 'PropertyUnspecifiedError', 'At least one of the following properties must be specified: subnetpool, cidr.');
  },
  ...neutronObject({
    key: 'subnet',
    path: 'subnets',
    puts: ['name', 'gateway_ip', 'dns_nameservers', 'enable_dhcp', 'allocation_pools', 'host_routes'],
    body: async (call) => ({
      name: nameOf(call),
      network_id: await findNetworkThing(call.cloud, 'network', String(call.properties['network'])),
      ...pick(call.properties, ['cidr', 'ip_version', 'dns_nameservers', 'enable_dhcp', 'allocation_pools', 'host_routes']),
      // An empty text switches the gateway off.
      ...(call.properties['gateway_ip'] === undefined ? {} : { gateway_ip: call.properties['gateway_ip'] === '' ? null : call.properties['gateway_ip'] }),
    }),
  }),
};
