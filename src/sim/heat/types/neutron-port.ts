import { pythonStr } from '../../python-repr.js';
import { isObject, listAt, type JsonObject } from '../../json.js';
import { HeatError } from '../heat-error.js';
import { member, type Cloud } from '../cloud/cloud.js';
import { findNetworkThing, NotFindable } from '../cloud/find.js';
import { custom } from '../schema/constraint.js';
import { boolean, list, map, required, string, unsupported, updatable } from '../schema/property-schema.js';
import { nameOf, neutronObject, pick } from './neutron-object.js';
import { ResourceFailure, type ResourceCall, type ResourceType } from './resource-type.js';

const plain = ['admin_state_up', 'device_id', 'device_owner', 'mac_address', 'port_security_enabled', 'allowed_address_pairs'];

const shared = neutronObject({
  key: 'port',
  path: 'ports',
  puts: ['name', 'admin_state_up', 'security_groups', 'port_security_enabled', 'allowed_address_pairs', 'device_id', 'device_owner'],
  body,
});

export const port: ResourceType = {
  name: 'OS::Neutron::Port',
  properties: {
    network: string({ ...required, constraints: [custom('neutron.network')] }),
    name: string(updatable),
    admin_state_up: boolean({ default: true, ...updatable }),
    fixed_ips: list({
      ...updatable,
      items: map({
        keys: {
          ip_address: string({ constraints: [custom('ip_addr')] }),
          subnet: string({ constraints: [custom('neutron.subnet')] }),
          subnet_id: unsupported('string'),
        },
      }),
    }),
    security_groups: list(updatable),
    allowed_address_pairs: list({
      ...updatable,
      items: map({
        keys: { ip_address: string({ ...required, constraints: [custom('ip_or_cidr')] }), mac_address: string({ constraints: [custom('mac_addr')] }) },
      }),
    }),
    mac_address: string({ constraints: [custom('mac_addr')] }),
    device_id: string({ default: '', ...updatable }),
    device_owner: string({ default: '', ...updatable }),
    port_security_enabled: boolean(updatable),
    no_fixed_ips: boolean({ default: false, ...updatable }),
    tags: list({ items: string(), ...updatable }),
    'binding:vnic_type': unsupported('string'),
    dns_name: unsupported('string'),
    propagate_uplink_status: unsupported('boolean'),
    qos_policy: unsupported('string'),
    value_specs: unsupported('map'),
  },
  attributes: [
    'admin_state_up',
    'device_id',
    'device_owner',
    'fixed_ips',
    'mac_address',
    'name',
    'network_id',
    'security_groups',
    'status',
    'tenant_id',
    'allowed_address_pairs',
    'subnets',
    'port_security_enabled',
    'qos_policy_id',
    'dns_assignment',
    'network',
    'propagate_uplink_status',
  ],
  check(properties, isGiven) {
    if (isGiven('fixed_ips') && properties['no_fixed_ips'] === true) {
      throw new HeatError(400, 'ResourcePropertyConflict', 'Cannot define the following properties at the same time: fixed_ips, no_fixed_ips.');
    }
  },
  // A port without explicit addresses takes one of every subnet, so these must exist before it.
  needs: (own, other) => other.type === 'OS::Neutron::Subnet' && JSON.stringify(own.properties['network']) === JSON.stringify(other.properties['network']),
  ...shared,
  async attribute(call, id, name) {
    if (name !== 'subnets' && name !== 'network') return shared.attribute(call, id, name);
    const own = member(await call.cloud.network('GET', `/ports/${id}`), 'port');
    return name === 'network' ? networkOf(call.cloud, own) : subnetsOf(call.cloud, own);
  },
};

async function body(call: ResourceCall): Promise<JsonObject> {
  const { cloud, properties } = call;
  const groups = listAt(properties, 'security_groups');
  return {
    name: nameOf(call),
    network_id: await findNetworkThing(cloud, 'network', String(properties['network'])),
    ...pick(properties, plain),
    ...(properties['no_fixed_ips'] === true ? { fixed_ips: [] } : {}),
    ...(properties['fixed_ips'] === undefined ? {} : { fixed_ips: await fixedIps(cloud, listAt(properties, 'fixed_ips') ?? []) }),
    ...(groups && { security_groups: await Promise.all(groups.map((group) => groupOf(cloud, String(group)))) }),
  };
}

/** Ids are passed on as they are, whether they exist or not. */
async function groupOf(cloud: Cloud, nameOrId: string): Promise<string> {
  if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(nameOrId)) return nameOrId;
  try {
    return await findNetworkThing(cloud, 'security_group', nameOrId);
  } catch (error) {
    if (error instanceof NotFindable) throw new ResourceFailure('EntityNotFound', `The Resource (${nameOrId}) could not be found.`);
    throw error;
  }
}

const fixedIps = (cloud: Cloud, given: unknown[]): Promise<JsonObject[]> =>
  Promise.all(
    given.filter(isObject).map(async ({ subnet, ip_address }) => ({
      ...(ip_address === undefined ? {} : { ip_address }),
      ...(subnet === undefined ? {} : { subnet_id: await findNetworkThing(cloud, 'subnet', pythonStr(subnet)) }),
    })),
  );

export const networkOf = async (cloud: Cloud, portBody: JsonObject): Promise<JsonObject> =>
  member(await cloud.network('GET', `/networks/${String(portBody['network_id'])}`), 'network');

export const subnetsOf = (cloud: Cloud, portBody: JsonObject): Promise<JsonObject[]> =>
  Promise.all(
    (listAt(portBody, 'fixed_ips') ?? [])
      .filter(isObject)
      .map(async ({ subnet_id }) => member(await cloud.network('GET', `/subnets/${String(subnet_id)}`), 'subnet')),
  );
