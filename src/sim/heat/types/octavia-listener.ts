import { pythonStr } from '../../python-repr.js';
import { TemplateRefusal } from '../heat-error.js';
import { findLbaasThing } from '../cloud/find.js';
import { allowed, custom, range } from '../schema/constraint.js';
import { boolean, integer, list, required, string, updatable } from '../schema/property-schema.js';
import { nameOf, pick } from './neutron-object.js';
import { octaviaObject } from './octavia-object.js';
import type { ResourceType } from './resource-type.js';

export const lbaasProtocols = allowed('TCP', 'HTTP', 'HTTPS', 'TERMINATED_HTTPS', 'PROXY', 'UDP');
const plain = ['protocol', 'protocol_port', 'admin_state_up', 'description', 'default_tls_container_ref', 'sni_container_refs', 'connection_limit', 'allowed_cidrs'];

export const listener: ResourceType = {
  name: 'OS::Octavia::Listener',
  properties: {
    loadbalancer: string({ ...required, constraints: [custom('octavia.loadbalancer')] }),
    protocol: string({ ...required, constraints: [lbaasProtocols] }),
    protocol_port: integer({ ...required, constraints: [range(1, 65_535)] }),
    default_pool: string({ constraints: [custom('octavia.pool')], ...updatable }),
    name: string(updatable),
    admin_state_up: boolean({ default: true, ...updatable }),
    description: string({ default: '', ...updatable }),
    default_tls_container_ref: string(updatable),
    sni_container_refs: list(updatable),
    connection_limit: integer({ default: -1, constraints: [range(-1)], ...updatable }),
    tenant_id: string(),
    allowed_cidrs: list({ items: string({ constraints: [custom('net_cidr')] }), ...updatable }),
  },
  attributes: ['loadbalancers', 'default_pool_id'],
  check(properties, isGiven) {
    if (properties['protocol'] === 'TERMINATED_HTTPS' && !isGiven('default_tls_container_ref')) {
      throw new TemplateRefusal('Property default_tls_container_ref required when protocol is TERMINATED_HTTPS.');
    }
  },
  ...octaviaObject({
    key: 'listener',
    path: () => '/listeners',
    body: async (call) => ({
      name: nameOf(call),
      loadbalancer_id: await findLbaasThing(call.cloud, 'loadbalancers', pythonStr(call.properties['loadbalancer'])),
      ...pick(call.properties, plain),
      ...(call.properties['default_pool'] !== undefined && { default_pool_id: await findLbaasThing(call.cloud, 'pools', pythonStr(call.properties['default_pool'])) }),
    }),
    isLikely: (call, found) => found['name'] === nameOf(call),
    change: (_call, { default_pool: pool, ...changed }) => ({ ...changed, ...(pool !== undefined && { default_pool_id: pool }) }),
  }),
};
