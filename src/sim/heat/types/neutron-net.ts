import { boolean, list, string, unsupported, updatable } from '../schema/property-schema.js';
import { nameOf, neutronObject, pick } from './neutron-object.js';
import type { ResourceType } from './resource-type.js';

export const net: ResourceType = {
  name: 'OS::Neutron::Net',
  properties: {
    name: string(updatable),
    admin_state_up: boolean({ default: true, ...updatable }),
    shared: boolean({ default: false, ...updatable }),
    port_security_enabled: boolean(updatable),
    tags: list({ items: string(), ...updatable }),
    availability_zone_hints: unsupported('list'),
    dhcp_agent_ids: unsupported('list'),
    dns_domain: unsupported('string'),
    qos_policy: unsupported('string'),
    tenant_id: unsupported('string'),
    value_specs: unsupported('map'),
  },
  attributes: ['status', 'name', 'subnets', 'admin_state_up', 'tenant_id', 'port_security_enabled', 'mtu', 'qos_policy_id', 'l2_adjacency', 'segments'],
  ...neutronObject({
    key: 'network',
    path: 'networks',
    puts: ['name', 'admin_state_up', 'shared', 'port_security_enabled'],
    body: (call) => Promise.resolve({ name: nameOf(call), ...pick(call.properties, ['admin_state_up', 'shared', 'port_security_enabled']) }),
  }),
};
