import { pythonStr } from '../../python-repr.js';
import { findNetworkThing } from '../cloud/find.js';
import { custom, range } from '../schema/constraint.js';
import { boolean, integer, list, required, string, updatable } from '../schema/property-schema.js';
import { pick } from './neutron-object.js';
import { octaviaObject } from './octavia-object.js';
import type { ResourceType } from './resource-type.js';

const port = [range(1, 65_535)];

export const poolMember: ResourceType = {
  name: 'OS::Octavia::PoolMember',
  properties: {
    pool: string({ ...required, constraints: [custom('octavia.pool')] }),
    address: string({ ...required, constraints: [custom('ip_addr')] }),
    protocol_port: integer({ ...required, constraints: port }),
    monitor_address: string({ constraints: [custom('ip_addr')] }),
    monitor_port: integer({ constraints: port }),
    weight: integer({ default: 1, constraints: [range(0, 256)], ...updatable }),
    admin_state_up: boolean({ default: true, ...updatable }),
    subnet: string({ constraints: [custom('neutron.subnet')] }),
    tags: list(updatable),
  },
  attributes: [],
  hidesDetail: true,
  ...octaviaObject({
    key: 'member',
    path: ({ properties }) => `/pools/${String(properties['pool'])}/members`,
    body: async (call) => ({
      ...pick(call.properties, ['address', 'protocol_port', 'monitor_address', 'monitor_port', 'weight', 'admin_state_up', 'tags']),
      ...(call.properties['subnet'] !== undefined && { subnet_id: await findNetworkThing(call.cloud, 'subnet', pythonStr(call.properties['subnet'])) }),
    }),
    // A pool holds an address and port once.
    isLikely: ({ properties }, found) => found['address'] === properties['address'] && found['protocol_port'] === properties['protocol_port'],
  }),
};
