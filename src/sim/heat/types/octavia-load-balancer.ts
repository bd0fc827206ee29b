import { findNetworkThing } from '../cloud/find.js';
import { custom } from '../schema/constraint.js';
import { boolean, required, string, updatable } from '../schema/property-schema.js';
import { nameOf, pick } from './neutron-object.js';
import { octaviaObject } from './octavia-object.js';
import type { ResourceType } from './resource-type.js';

export const loadBalancer: ResourceType = {
  name: 'OS::Octavia::LoadBalancer',
  properties: {
    vip_subnet: string({ ...required, constraints: [custom('neutron.subnet')] }),
    name: string(updatable),
    description: string({ default: '', ...updatable }),
    provider: string(),
    vip_address: string({ constraints: [custom('ip_addr')] }),
    admin_state_up: boolean({ default: true, ...updatable }),
    tenant_id: string({ constraints: [custom('keystone.project')] }),
    flavor: string({ constraints: [custom('octavia.flavor')] }),
    availability_zone: string({ constraints: [custom('octavia.availabilityzone')] }),
  },
  attributes: ['vip_address', 'vip_port_id', 'vip_subnet_id', 'pools', 'flavor_id'],
  ...octaviaObject({
    key: 'loadbalancer',
    path: () => '/loadbalancers',
    body: async (call) => ({
      name: nameOf(call),
      vip_subnet_id: await findNetworkThing(call.cloud, 'subnet', String(call.properties['vip_subnet'])),
      ...pick(call.properties, ['description', 'provider', 'vip_address', 'admin_state_up', 'availability_zone']),
      ...(call.properties['tenant_id'] !== undefined && { project_id: call.properties['tenant_id'] }),
      ...(call.properties['flavor'] !== undefined && { flavor_id: call.properties['flavor'] }),
    }),
    isLikely: (call, found) => found['name'] === nameOf(call),
  }),
  // Heat keeps what it saw when the load balancer was new: no pools.
  attribute: async (call, id, name) => (name === 'pools' ? [] : ((await loadBalancer.show(call, id)) as Record<string, unknown>)[name] ?? null),
};
