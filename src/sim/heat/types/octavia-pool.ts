import { pythonStr } from '../../python-repr.js';
import { isObject } from '../../json.js';
import { HeatError, TemplateRefusal } from '../heat-error.js';
import { findLbaasThing } from '../cloud/find.js';
import { allowed, custom } from '../schema/constraint.js';
import { boolean, map, required, string, updatable } from '../schema/property-schema.js';
import { nameOf, pick } from './neutron-object.js';
import { lbaasProtocols } from './octavia-listener.js';
import { octaviaObject } from './octavia-object.js';
import type { ResourceType } from './resource-type.js';

export const pool: ResourceType = {
  name: 'OS::Octavia::Pool',
  properties: {
    admin_state_up: boolean({ default: true, ...updatable }),
    description: string({ default: '', ...updatable }),
    session_persistence: map({
      ...updatable,
      keys: { type: string({ ...required, constraints: [allowed('SOURCE_IP', 'HTTP_COOKIE', 'APP_COOKIE')] }), cookie_name: string() },
    }),
    name: string(updatable),
    lb_algorithm: string({ ...required, constraints: [allowed('ROUND_ROBIN', 'LEAST_CONNECTIONS', 'SOURCE_IP', 'SOURCE_IP_PORT')], ...updatable }),
    listener: string({ constraints: [custom('octavia.listener')] }),
    loadbalancer: string({ constraints: [custom('octavia.loadbalancer')] }),
    protocol: string({ ...required, constraints: [lbaasProtocols] }),
    tls_enabled: boolean({ default: false, ...updatable }),
  },
  attributes: ['healthmonitor_id', 'listeners', 'members'],
  check(properties, isGiven) {
    if (!isGiven('listener') && !isGiven('loadbalancer')) {
      throw new HeatError(400, 'PropertyUnspecifiedError', 'At least one of the following properties must be specified: listener, loadbalancer.');
    }
    const persistence = properties['session_persistence'];
    if (!isObject(persistence)) return;
    const hasCookie = persistence['cookie_name'] !== undefined && persistence['cookie_name'] !== null;
    if (persistence['type'] === 'APP_COOKIE' && !hasCookie) throw new TemplateRefusal('Property cookie_name is required when session_persistence type is set to APP_COOKIE.');
    if (persistence['type'] !== 'APP_COOKIE' && hasCookie) {
      throw new TemplateRefusal(`Property cookie_name must NOT be specified when session_persistence type is set to ${String(persistence['type'])}.`);
    }
  },
  ...octaviaObject({
    key: 'pool',
    path: () => '/pools',
    body: async (call) => ({
      name: nameOf(call),
      ...pick(call.properties, ['admin_state_up', 'description', 'session_persistence', 'lb_algorithm', 'protocol', 'tls_enabled']),
      ...(call.properties['listener'] !== undefined && { listener_id: await findLbaasThing(call.cloud, 'listeners', pythonStr(call.properties['listener'])) }),
      ...(call.properties['loadbalancer'] !== undefined && { loadbalancer_id: await findLbaasThing(call.cloud, 'loadbalancers', pythonStr(call.properties['loadbalancer'])) }),
    }),
    isLikely: (call, found) => found['name'] === nameOf(call),
  }),
};
