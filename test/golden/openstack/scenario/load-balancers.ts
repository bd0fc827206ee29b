import type { Exchange, Json, Topic } from '../exchange.js';
import { loadBalancerStacks } from './load-balancer-stacks.js';

const minute = 60;
const unknownUuid = '01234567-89ab-4cde-8f01-23456789abcd';

const lbaas = (name: string, method: Exchange['method'], path: string, more: Partial<Exchange> = {}): Exchange => ({
  name,
  service: 'load-balancer',
  actor: 'demo',
  method,
  path: `/v2/lbaas${path}`,
  ...more,
});
const network = (name: string, method: Exchange['method'], path: string, more: Partial<Exchange> = {}): Exchange => ({ name, service: 'network', actor: 'demo', method, path: `/v2.0${path}`, ...more });
const sent = (kind: string, properties: Json, more: Partial<Exchange> = {}): Partial<Exchange> => ({ body: { [kind]: properties }, ...more });

/** The whole load balancer is busy after each change below it. */
const idle = (name: string): Exchange =>
  lbaas(name, 'GET', '/loadbalancers/{{lb_id}}', { until: { pointer: '/loadbalancer/provisioning_status', in: ['ACTIVE'], seconds: minute }, same: ['/loadbalancer/provisioning_status'] });

const providerNames = { '/providers/*/description': 'each cloud describes its own' };
const surroundings: readonly Exchange[] = [
  { ...lbaas('lb-versions', 'GET', ''), path: '/', actor: 'none' },
  lbaas('lb-provider-list', 'GET', '/providers', { ignore: providerNames }),
  lbaas('lb-flavor-list', 'GET', '/flavors'),
  lbaas('lb-zone-list', 'GET', '/availabilityzones'),
  lbaas('lb-list-none', 'GET', '/loadbalancers?name={{run}}'),
  lbaas('lb-list-by-reader', 'GET', '/loadbalancers?name={{run}}', { actor: 'reader' }),
  lbaas('lb-list-no-token', 'GET', '/loadbalancers', { actor: 'none' }),
  lbaas('lb-list-bad-token', 'GET', '/loadbalancers', { actor: 'bad' }),
  lbaas('lb-list-unknown-filter', 'GET', '/loadbalancers?colour=red'),
  lbaas('lb-list-foreign-project', 'GET', '/loadbalancers?project_id={{other_project_id}}'),
  lbaas('lb-unknown-path', 'GET', '/nothing'),
  network('lb-network-create', 'POST', '/networks', sent('network', { name: '{{run}}-lb' }, { capture: { lb_network_id: '/network/id' } })),
  network('lb-subnet-create', 'POST', '/subnets', sent('subnet', { name: '{{run}}-lb', network_id: '{{lb_network_id}}', ip_version: 4, cidr: '10.76.0.0/24' }, { capture: { lb_subnet_id: '/subnet/id' } })),
];

const vip = { vip_subnet_id: '{{lb_subnet_id}}' };
const balancers: readonly Exchange[] = [
  lbaas('lb-create-by-reader', 'POST', '/loadbalancers', sent('loadbalancer', vip, { actor: 'reader' })),
  lbaas('lb-create-without-vip', 'POST', '/loadbalancers', sent('loadbalancer', { name: '{{run}}' })),
  lbaas('lb-create-malformed', 'POST', '/loadbalancers', { rawBody: '{"loadbalancer":' }),
  lbaas('lb-create-bad-subnet', 'POST', '/loadbalancers', sent('loadbalancer', { vip_subnet_id: 'nonsense' })),
  lbaas('lb-create-address-elsewhere', 'POST', '/loadbalancers', sent('loadbalancer', { ...vip, vip_address: '10.99.0.1' })),
  lbaas('lb-create-bad-address', 'POST', '/loadbalancers', sent('loadbalancer', { ...vip, vip_address: 'nope' })),
  lbaas('lb-create-unknown-provider', 'POST', '/loadbalancers', sent('loadbalancer', { ...vip, provider: 'nope' })),
  lbaas('lb-create-unknown-flavor', 'POST', '/loadbalancers', sent('loadbalancer', { ...vip, flavor_id: unknownUuid })),
  lbaas('lb-create-unknown-zone', 'POST', '/loadbalancers', sent('loadbalancer', { ...vip, availability_zone: 'nope' })),
  lbaas('lb-create-unknown-attribute', 'POST', '/loadbalancers', sent('loadbalancer', { ...vip, colour: 'red' })),
  lbaas('lb-create-number-as-name', 'POST', '/loadbalancers', sent('loadbalancer', { ...vip, name: 7 })),
  lbaas('lb-create-for-other-project', 'POST', '/loadbalancers', sent('loadbalancer', { ...vip, project_id: '{{other_project_id}}' })),
  lbaas('lb-create', 'POST', '/loadbalancers', sent('loadbalancer', { ...vip, name: '{{run}}-lb', description: 'golden', tags: ['{{run}}'] }, { capture: { lb_id: '/loadbalancer/id', vip_port_id: '/loadbalancer/vip_port_id' } })),
  lbaas('lb-delete-while-pending', 'DELETE', '/loadbalancers/{{lb_id}}'),
  lbaas('lb-update-while-pending', 'PUT', '/loadbalancers/{{lb_id}}', sent('loadbalancer', { name: 'x' })),
  lbaas('listener-create-while-pending', 'POST', '/listeners', sent('listener', { loadbalancer_id: '{{lb_id}}', protocol: 'TCP', protocol_port: 6443 })),
  idle('lb-active'),
  lbaas('lb-list-by-name', 'GET', '/loadbalancers?name={{run}}-lb'),
  lbaas('lb-list-by-tag', 'GET', '/loadbalancers?tags={{run}}'),
  lbaas('lb-list-fields', 'GET', '/loadbalancers?name={{run}}-lb&fields=id&fields=name'),
  network('lb-vip-port', 'GET', '/ports/{{vip_port_id}}', { same: ['/port/device_owner', '/port/admin_state_up'] }),
  network('lb-network-in-use', 'DELETE', '/networks/{{lb_network_id}}'),
  lbaas('lb-show-foreign', 'GET', '/loadbalancers/{{lb_id}}', { actor: 'other' }),
  lbaas('lb-delete-foreign', 'DELETE', '/loadbalancers/{{lb_id}}', { actor: 'other' }),
  lbaas('lb-delete-by-reader', 'DELETE', '/loadbalancers/{{lb_id}}', { actor: 'reader' }),
  lbaas('lb-show-unknown', 'GET', `/loadbalancers/${unknownUuid}`),
  lbaas('lb-delete-unknown', 'DELETE', `/loadbalancers/${unknownUuid}`),
  lbaas('lb-status-empty', 'GET', '/loadbalancers/{{lb_id}}/status'),
  lbaas('lb-stats', 'GET', '/loadbalancers/{{lb_id}}/stats'),
];

const listener = { loadbalancer_id: '{{lb_id}}', protocol: 'TCP', protocol_port: 6443 };
const listeners: readonly Exchange[] = [
  lbaas('listener-create-without-balancer', 'POST', '/listeners', sent('listener', { protocol: 'TCP', protocol_port: 6443 })),
  lbaas('listener-create-unknown-balancer', 'POST', '/listeners', sent('listener', { ...listener, loadbalancer_id: unknownUuid })),
  lbaas('listener-create-bad-protocol', 'POST', '/listeners', sent('listener', { ...listener, protocol: 'SMTP' })),
  lbaas('listener-create-bad-port', 'POST', '/listeners', sent('listener', { ...listener, protocol_port: 70_000 })),
  lbaas('listener-create-without-port', 'POST', '/listeners', sent('listener', { loadbalancer_id: '{{lb_id}}', protocol: 'TCP' })),
  lbaas('listener-create-bad-range', 'POST', '/listeners', sent('listener', { ...listener, allowed_cidrs: ['nope'] })),
  lbaas('listener-create-unknown-pool', 'POST', '/listeners', sent('listener', { ...listener, default_pool_id: unknownUuid })),
  lbaas('listener-create-by-reader', 'POST', '/listeners', sent('listener', listener, { actor: 'reader' })),
  lbaas('listener-create-foreign', 'POST', '/listeners', sent('listener', listener, { actor: 'other' })),
  lbaas('listener-create', 'POST', '/listeners', sent('listener', { ...listener, name: '{{run}}-listener', allowed_cidrs: ['10.0.0.0/8', '127.0.0.0/8'] }, { capture: { listener_id: '/listener/id' } })),
  idle('lb-active-with-listener'),
  lbaas('listener-create-same-port', 'POST', '/listeners', sent('listener', listener)),
  lbaas('listener-show', 'GET', '/listeners/{{listener_id}}'),
  lbaas('listener-list', 'GET', '/listeners?name={{run}}-listener'),
  lbaas('listener-show-unknown', 'GET', `/listeners/${unknownUuid}`),
  lbaas('listener-show-foreign', 'GET', '/listeners/{{listener_id}}', { actor: 'other' }),
  lbaas('lb-delete-with-children', 'DELETE', '/loadbalancers/{{lb_id}}'),
];

const pool = { listener_id: '{{listener_id}}', protocol: 'TCP', lb_algorithm: 'ROUND_ROBIN' };
const members = '/pools/{{pool_id}}/members';
const member = { address: '10.76.0.10', protocol_port: 6443 };
const pools: readonly Exchange[] = [
  lbaas('pool-create-without-listener', 'POST', '/pools', sent('pool', { protocol: 'TCP', lb_algorithm: 'ROUND_ROBIN' })),
  lbaas('pool-create-bad-algorithm', 'POST', '/pools', sent('pool', { ...pool, lb_algorithm: 'BEST' })),
  lbaas('pool-create-without-algorithm', 'POST', '/pools', sent('pool', { listener_id: '{{listener_id}}', protocol: 'TCP' })),
  lbaas('pool-create', 'POST', '/pools', sent('pool', { ...pool, name: '{{run}}-pool' }, { capture: { pool_id: '/pool/id' } })),
  idle('lb-active-with-pool'),
  lbaas('pool-create-second', 'POST', '/pools', sent('pool', pool)),
  lbaas('pool-show', 'GET', '/pools/{{pool_id}}'),
  lbaas('pool-show-unknown', 'GET', `/pools/${unknownUuid}`),
  lbaas('pool-show-foreign', 'GET', '/pools/{{pool_id}}', { actor: 'other' }),
  lbaas('member-create-without-address', 'POST', members, sent('member', { protocol_port: 6443 })),
  lbaas('member-create-bad-address', 'POST', members, sent('member', { ...member, address: 'nope' })),
  lbaas('member-create-without-port', 'POST', members, sent('member', { address: '10.76.0.10' })),
  lbaas('member-create-too-heavy', 'POST', members, sent('member', { ...member, weight: 300 })),
  lbaas('member-create-unknown-pool', 'POST', `/pools/${unknownUuid}/members`, sent('member', member)),
  lbaas('member-create-by-reader', 'POST', members, sent('member', member, { actor: 'reader' })),
  lbaas('member-create-foreign', 'POST', members, sent('member', member, { actor: 'other' })),
  lbaas('member-create', 'POST', members, sent('member', { ...member, name: '{{run}}-member', subnet_id: '{{lb_subnet_id}}' }, { capture: { member_id: '/member/id' } })),
  idle('lb-active-with-member'),
  lbaas('member-create-again', 'POST', members, sent('member', member)),
  lbaas('member-list', 'GET', members),
  lbaas('member-list-unknown-pool', 'GET', `/pools/${unknownUuid}/members`),
  lbaas('member-show', 'GET', `${members}/{{member_id}}`),
  lbaas('member-show-unknown', 'GET', `${members}/${unknownUuid}`),
  lbaas('member-delete-foreign', 'DELETE', `${members}/{{member_id}}`, { actor: 'other' }),
];

const monitor = { pool_id: '{{pool_id}}', type: 'HTTPS', delay: 5, timeout: 4, max_retries: 3 };
const monitors: readonly Exchange[] = [
  lbaas('monitor-create-without-retries', 'POST', '/healthmonitors', sent('healthmonitor', { pool_id: '{{pool_id}}', type: 'HTTPS', delay: 5, timeout: 4 })),
  lbaas('monitor-create-too-many-retries', 'POST', '/healthmonitors', sent('healthmonitor', { ...monitor, max_retries: 30 })),
  lbaas('monitor-create-bad-type', 'POST', '/healthmonitors', sent('healthmonitor', { ...monitor, type: 'GOPHER' })),
  lbaas('monitor-create-unknown-pool', 'POST', '/healthmonitors', sent('healthmonitor', { ...monitor, pool_id: unknownUuid })),
  lbaas('monitor-create-path-without-http', 'POST', '/healthmonitors', sent('healthmonitor', { ...monitor, type: 'TCP', url_path: '/x' })),
  lbaas('monitor-create', 'POST', '/healthmonitors', sent('healthmonitor', { ...monitor, http_method: 'GET', url_path: '/readyz', expected_codes: '200' }, { capture: { monitor_id: '/healthmonitor/id' } })),
  idle('lb-active-with-monitor'),
  lbaas('monitor-create-second', 'POST', '/healthmonitors', sent('healthmonitor', monitor)),
  lbaas('monitor-show', 'GET', '/healthmonitors/{{monitor_id}}'),
  lbaas('monitor-show-unknown', 'GET', `/healthmonitors/${unknownUuid}`),
  lbaas('pool-show-with-monitor', 'GET', '/pools/{{pool_id}}'),
  lbaas('lb-status', 'GET', '/loadbalancers/{{lb_id}}/status'),
];

const changes: readonly Exchange[] = [
  lbaas('listener-update', 'PUT', '/listeners/{{listener_id}}', sent('listener', { allowed_cidrs: ['10.0.0.0/8'] })),
  idle('lb-active-after-listener-update'),
  lbaas('member-update', 'PUT', `${members}/{{member_id}}`, sent('member', { weight: 0 })),
  idle('lb-active-after-member-update'),
  lbaas('lb-update', 'PUT', '/loadbalancers/{{lb_id}}', sent('loadbalancer', { description: 'changed' })),
  idle('lb-active-after-update'),
  lbaas('monitor-delete', 'DELETE', '/healthmonitors/{{monitor_id}}'),
  lbaas('monitor-gone', 'GET', '/healthmonitors/{{monitor_id}}', { until: { status: 404, seconds: minute } }),
  idle('lb-active-without-monitor'),
  lbaas('member-delete', 'DELETE', `${members}/{{member_id}}`),
  lbaas('member-gone', 'GET', `${members}/{{member_id}}`, { until: { status: 404, seconds: minute } }),
  idle('lb-active-without-member'),
  lbaas('pool-delete', 'DELETE', '/pools/{{pool_id}}'),
  lbaas('pool-gone', 'GET', '/pools/{{pool_id}}', { until: { status: 404, seconds: minute } }),
  idle('lb-active-without-pool'),
  lbaas('lb-delete-cascade', 'DELETE', '/loadbalancers/{{lb_id}}?cascade=true'),
  lbaas('lb-gone', 'GET', '/loadbalancers/{{lb_id}}', { until: { status: 404, seconds: minute } }),
  lbaas('listener-gone', 'GET', '/listeners/{{listener_id}}'),
  network('lb-vip-port-gone', 'GET', '/ports/{{vip_port_id}}'),
  network('lb-network-delete', 'DELETE', '/networks/{{lb_network_id}}'),
];

const quotas = '/quotas/{{other_project_id}}';
const limits: readonly Exchange[] = [
  lbaas('lb-quota', 'GET', quotas, { actor: 'other' }),
  lbaas('lb-quota-foreign', 'GET', quotas),
  lbaas('lb-quota-lower-by-member', 'PUT', quotas, sent('quota', { load_balancer: 0 }, { actor: 'other' })),
  lbaas('lb-quota-unknown-name', 'PUT', quotas, sent('quota', { colour: 1 }, { actor: 'admin' })),
  lbaas('lb-quota-negative', 'PUT', quotas, sent('quota', { load_balancer: -5 }, { actor: 'admin' })),
  lbaas('lb-quota-defaults-by-member', 'GET', '/quotas/defaults'),
  lbaas('lb-quota-defaults', 'GET', '/quotas/defaults', { actor: 'admin' }),
  lbaas('lb-quota-lower', 'PUT', quotas, sent('quota', { load_balancer: 0 }, { actor: 'admin' })),
  lbaas('lb-quota-list', 'GET', '/quotas', { actor: 'other' }),
  network('lb-quota-network-create', 'POST', '/networks', sent('network', { name: '{{run}}-lb' }, { actor: 'other', capture: { lb_other_network_id: '/network/id' } })),
  network('lb-quota-subnet-create', 'POST', '/subnets', sent('subnet', { network_id: '{{lb_other_network_id}}', ip_version: 4, cidr: '10.76.0.0/24' }, { actor: 'other', capture: { lb_other_subnet_id: '/subnet/id' } })),
  lbaas('lb-create-over-quota', 'POST', '/loadbalancers', sent('loadbalancer', { vip_subnet_id: '{{lb_other_subnet_id}}' }, { actor: 'other' })),
  ...loadBalancerStacks.overQuota,
  lbaas('lb-quota-restore', 'DELETE', quotas, { actor: 'admin' }),
  network('lb-quota-network-delete', 'DELETE', '/networks/{{lb_other_network_id}}', { actor: 'other' }),
];

/** Octavia's load balancers from making to removing, what it refuses, and the stacks that are made of them. */
export const loadBalancers: Topic = {
  name: 'load-balancers',
  exchanges: [...surroundings, ...balancers, ...listeners, ...pools, ...monitors, ...changes, ...limits, ...loadBalancerStacks.life],
};
