import { pythonStr } from '../../python-repr.js';
import { isObject, type JsonObject } from '../../json.js';
import { findNetworkThing, NotFindable } from '../cloud/find.js';
import type { Cloud } from '../cloud/cloud.js';
import { custom } from '../schema/constraint.js';
import { boolean, list, map, required, string, unsupported, updatable } from '../schema/property-schema.js';
import { nameOf, neutronObject, pick } from './neutron-object.js';
import { ResourceFailure, type ResourceType } from './resource-type.js';

export const router: ResourceType = {
  name: 'OS::Neutron::Router',
  properties: {
    name: string(updatable),
    admin_state_up: boolean({ default: true, ...updatable }),
    external_gateway_info: map({
      ...updatable,
      keys: {
        // No custom constraint in Heat either: an unknown network fails the resource, not the request.
        network: string(required),
        enable_snat: boolean(),
        external_fixed_ips: list({
          items: map({
            keys: { ip_address: string({ constraints: [custom('ip_addr')] }), subnet: string({ constraints: [custom('neutron.subnet')] }) },
          }),
        }),
      },
    }),
    tags: list({ items: string(), ...updatable }),
    availability_zone_hints: unsupported('list'),
    distributed: unsupported('boolean'),
    ha: unsupported('boolean'),
    l3_agent_ids: unsupported('list'),
    tenant_id: unsupported('string'),
    value_specs: unsupported('map'),
  },
  attributes: ['status', 'external_gateway_info', 'name', 'admin_state_up', 'tenant_id'],
  needs: (own, other) => other.type === 'OS::Neutron::Subnet' && sharesNetwork(own.properties['external_gateway_info'], other.properties['network']),
  ...neutronObject({
    key: 'router',
    path: 'routers',
    puts: ['name', 'admin_state_up'],
    body: async ({ cloud, ...call }) => ({
      name: nameOf({ cloud, ...call }),
      ...pick(call.properties, ['admin_state_up']),
      ...(isObject(call.properties['external_gateway_info'])
        ? { external_gateway_info: await gateway(cloud, call.properties['external_gateway_info']) }
        : {}),
    }),
  }),
};

async function gateway(cloud: Cloud, given: JsonObject): Promise<JsonObject> {
  const fixed = Array.isArray(given['external_fixed_ips']) ? given['external_fixed_ips'].filter(isObject) : undefined;
  return {
    network_id: await networkOf(cloud, String(given['network'])),
    ...pick(given, ['enable_snat']),
    ...(fixed && {
      external_fixed_ips: await Promise.all(
        fixed.map(async ({ ip_address, subnet }) => ({
          ...(ip_address === undefined ? {} : { ip_address }),
          ...(subnet === undefined ? {} : { subnet_id: await findNetworkThing(cloud, 'subnet', pythonStr(subnet)) }),
        })),
      ),
    }),
  };
}

async function networkOf(cloud: Cloud, nameOrId: string): Promise<string> {
  try {
    return await findNetworkThing(cloud, 'network', nameOrId);
  } catch (error) {
    if (!(error instanceof NotFindable)) throw error;
    throw new ResourceFailure('StackValidationFailed', `Property error: Properties.external_gateway_info.network: ${error.message}`);
  }
}

const sharesNetwork = (gatewayInfo: unknown, network: unknown): boolean =>
  isObject(gatewayInfo) && network !== undefined && JSON.stringify(gatewayInfo['network']) === JSON.stringify(network);
