import { pythonStr } from '../../python-repr.js';
import type { JsonObject } from '../../json.js';
import { HeatError } from '../heat-error.js';
import { isNotFound } from '../cloud/cloud-refusal.js';
import { idOf, member, members } from '../cloud/cloud.js';
import { findNetworkThing } from '../cloud/find.js';
import { custom } from '../schema/constraint.js';
import { required, string, unsupported, updatable } from '../schema/property-schema.js';
import { ignoreMissing, lostAmong, pick } from './neutron-object.js';
import { ResourceFailure, type ResourceCall, type ResourceType } from './resource-type.js';
import type { ResourceDefinition } from '../hot/template.js';

/** Neutron refuses to bind an address before the port's subnet hangs on a router with a gateway. */
const needsRouterInterface = (_own: ResourceDefinition, other: ResourceDefinition): boolean => other.type === 'OS::Neutron::RouterInterface';

const read = async (call: ResourceCall, id: string): Promise<JsonObject> => member(await call.cloud.network('GET', `/floatingips/${id}`), 'floatingip');

export const floatingIp: ResourceType = {
  name: 'OS::Neutron::FloatingIP',
  properties: {
    floating_network: string({ ...required, constraints: [custom('neutron.network')] }),
    port_id: string({ ...updatable, constraints: [custom('neutron.port')] }),
    fixed_ip_address: string({ ...updatable, constraints: [custom('ip_addr')] }),
    floating_ip_address: string({ constraints: [custom('ip_addr')] }),
    floating_subnet: string({ constraints: [custom('neutron.subnet')] }),
    dns_domain: unsupported('string'),
    dns_name: unsupported('string'),
    value_specs: unsupported('map'),
  },
  attributes: ['router_id', 'tenant_id', 'floating_network_id', 'fixed_ip_address', 'floating_ip_address', 'port_id'],
  check(_properties, isGiven) {
    if (!isGiven('fixed_ip_address') || isGiven('port_id')) return;
    throw new HeatError(500, 'ResourcePropertyDependency', 'fixed_ip_address cannot be specified without port_id.');
  },
  needs: needsRouterInterface,
  async create(call) {
    const { cloud, properties } = call;
    const body = {
      floating_network_id: await findNetworkThing(cloud, 'network', String(properties['floating_network'])),
      ...pick(properties, ['port_id', 'fixed_ip_address', 'floating_ip_address']),
      ...(properties['floating_subnet'] === undefined
        ? {}
        : { subnet_id: await findNetworkThing(cloud, 'subnet', pythonStr(properties['floating_subnet'])) }),
    };
    return idOf(member(await cloud.network('POST', '/floatingips', { floatingip: body }), 'floatingip'));
  },
  // It has no name: taken for ours when it is as young as the resource, bound to the same port and nobody else's.
  async findLost(call) {
    const found = members(await call.cloud.network('GET', '/floatingips'), 'floatingips');
    const wanted = call.properties['port_id'] ?? null;
    return lostAmong(call, found.filter((address) => (address['port_id'] ?? null) === wanted));
  },
  remove: (call, id) => ignoreMissing(call.cloud.network('DELETE', `/floatingips/${id}`)),
  async update(call, id, changed) {
    await call.cloud.network('PUT', `/floatingips/${id}`, { floatingip: { port_id: null, ...changed } });
    return true;
  },
  attribute: async (call, id, name) => (await read(call, id))[name] ?? null,
  show: read,
};

/** The physical id is a number in Heat's own database; here it is the floating IP's id with a prefix, so that a restart knows it. */
export const floatingIpAssociation: ResourceType = {
  name: 'OS::Neutron::FloatingIPAssociation',
  properties: {
    floatingip_id: string({ ...required, ...updatable }),
    port_id: string({ ...required, ...updatable, constraints: [custom('neutron.port')] }),
    fixed_ip_address: string({ ...updatable, constraints: [custom('ip_addr')] }),
  },
  attributes: [],
  needs: needsRouterInterface,
  async create(call) {
    const id = String(call.properties['floatingip_id']);
    await call.cloud.network('PUT', `/floatingips/${id}`, { floatingip: pick(call.properties, ['port_id', 'fixed_ip_address']) });
    return `association-${id}`;
  },
  // Binding again changes nothing, so there is no need to look.
  findLost: () => Promise.resolve(undefined),
  async remove(call, id) {
    const floatingId = id.replace(/^association-/, '');
    try {
      // Somebody may have bound the address elsewhere since: that is not ours to undo.
      const current = await read(call, floatingId);
      if (current['port_id'] !== call.properties['port_id']) return;
      await call.cloud.network('PUT', `/floatingips/${floatingId}`, { floatingip: { port_id: null } });
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  },
  attribute: () => Promise.resolve(null),
  show: () => Promise.reject(new ResourceFailure('TypeError', 'can only concatenate str (not "NoneType") to str')),
};
