import { listAt, isObject } from '../../json.js';
import { findLbaasThing } from '../cloud/find.js';
import { allowed, custom, range } from '../schema/constraint.js';
import { boolean, integer, required, string, updatable } from '../schema/property-schema.js';
import { pick } from './neutron-object.js';
import { octaviaObject } from './octavia-object.js';
import type { ResourceType } from './resource-type.js';

export const healthMonitor: ResourceType = {
  name: 'OS::Octavia::HealthMonitor',
  properties: {
    admin_state_up: boolean({ default: true, ...updatable }),
    delay: integer({ ...required, constraints: [range(0)], ...updatable }),
    expected_codes: string(updatable),
    http_method: string({ constraints: [allowed('GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'TRACE', 'OPTIONS', 'CONNECT', 'PATCH')], ...updatable }),
    max_retries: integer({ ...required, constraints: [range(1, 10)], ...updatable }),
    pool: string({ ...required, constraints: [custom('octavia.pool')] }),
    timeout: integer({ ...required, constraints: [range(0)], ...updatable }),
    type: string({ ...required, constraints: [allowed('PING', 'TCP', 'HTTP', 'HTTPS', 'UDP-CONNECT')] }),
    url_path: string(updatable),
    tenant_id: string(),
  },
  attributes: ['pools'],
  ...octaviaObject({
    key: 'healthmonitor',
    path: () => '/healthmonitors',
    body: async (call) => ({
      pool_id: await findLbaasThing(call.cloud, 'pools', String(call.properties['pool'])),
      ...pick(call.properties, ['admin_state_up', 'delay', 'expected_codes', 'http_method', 'max_retries', 'timeout', 'type', 'url_path']),
    }),
    // A pool has one monitor at most.
    isLikely: (call, found) => (listAt(found, 'pools') ?? []).filter(isObject).some(({ id }) => id === call.properties['pool']),
  }),
};
