import type { Exchange, JsonObject } from '../exchange.js';
import { creation, deletion, stack, stackPath } from './stack-exchanges.js';

const unknownUuid = '01234567-89ab-4cde-8f01-23456789abcd';
const hot = (resources: JsonObject): JsonObject => ({ heat_template_version: '2018-08-31', resources });

const network: JsonObject = { type: 'OS::Neutron::Net', properties: { name: '{{run}}-balanced' } };
const subnet: JsonObject = { type: 'OS::Neutron::Subnet', properties: { network: { get_resource: 'network' }, cidr: '10.75.0.0/24' } };
const of = (type: string, properties: JsonObject, more: JsonObject = {}): JsonObject => ({ type: `OS::Octavia::${type}`, properties, ...more });
const sole = (type: string, properties: JsonObject): JsonObject => hot({ sole: of(type, properties) });
const ownSubnet: JsonObject = { get_resource: 'subnet' };

const balanced: JsonObject = {
  ...hot({
    network,
    subnet,
    absent: { type: 'OS::Heat::None', condition: 'never' },
    balancer: of('LoadBalancer', { name: '{{run}}-balanced', vip_subnet: ownSubnet }, { depends_on: 'absent' }),
    listener: of('Listener', { loadbalancer: { get_resource: 'balancer' }, protocol: 'TCP', protocol_port: 6443, allowed_cidrs: ['10.0.0.0/8'] }),
    pool: of('Pool', { listener: { get_resource: 'listener' }, protocol: 'TCP', lb_algorithm: 'ROUND_ROBIN' }),
    monitor: of('HealthMonitor', { pool: { get_resource: 'pool' }, type: 'HTTPS', delay: 5, timeout: 4, max_retries: 3, http_method: 'GET', url_path: '/readyz', expected_codes: '200' }),
    first: of('PoolMember', { pool: { get_resource: 'pool' }, address: '10.75.0.21', protocol_port: 6443, subnet: ownSubnet }),
    second: of('PoolMember', { pool: { get_resource: 'pool' }, address: '10.75.0.22', protocol_port: 6443, subnet: ownSubnet }),
  }),
  conditions: { never: { equals: ['a', 'b'] } },
  outputs: Object.fromEntries(
    [
      ...['balancer.vip_address', 'balancer.vip_port_id', 'balancer.vip_subnet_id', 'balancer.flavor_id', 'listener.loadbalancers', 'listener.default_pool_id'],
      ...['pool.healthmonitor_id', 'pool.listeners', 'pool.members', 'monitor.pools', 'first.show'],
    ].map((each): [string, JsonObject] => [each.replace('.', '_'), { value: { get_attr: each.split('.') } }]),
  ),
};

const refusals: readonly (readonly [name: string, template: JsonObject])[] = [
  ['unknown-subnet', sole('LoadBalancer', { vip_subnet: unknownUuid })],
  ['unknown-lb-flavor', sole('LoadBalancer', { vip_subnet: '{{balanced_subnet_id}}', flavor: 'nope' })],
  ['unknown-lb-zone', sole('LoadBalancer', { vip_subnet: '{{balanced_subnet_id}}', availability_zone: 'nope' })],
  ['unknown-balancer', sole('Listener', { loadbalancer: unknownUuid, protocol: 'TCP', protocol_port: 443 })],
  ['tls-without-certificate', sole('Listener', { loadbalancer: '{{balanced_lb_id}}', protocol: 'TERMINATED_HTTPS', protocol_port: 443 })],
  ['bad-listener-range', sole('Listener', { loadbalancer: '{{balanced_lb_id}}', protocol: 'TCP', protocol_port: 443, allowed_cidrs: ['nope'] })],
  ['poolless', sole('Pool', { protocol: 'TCP', lb_algorithm: 'ROUND_ROBIN' })],
  ['cookie-by-address', sole('Pool', { protocol: 'TCP', lb_algorithm: 'ROUND_ROBIN', loadbalancer: '{{balanced_lb_id}}', session_persistence: { type: 'SOURCE_IP', cookie_name: 'x' } })],
  ['unknown-pool', sole('PoolMember', { pool: unknownUuid, address: '10.75.0.21', protocol_port: 6443 })],
  ['bad-member-address', sole('PoolMember', { pool: '{{balanced_pool_id}}', address: 'nope', protocol_port: 6443 })],
  ['heavy-member', sole('PoolMember', { pool: '{{balanced_pool_id}}', address: '10.75.0.23', protocol_port: 6443, weight: 300 })],
  ['many-retries', sole('HealthMonitor', { pool: '{{balanced_pool_id}}', type: 'HTTPS', delay: 5, timeout: 4, max_retries: 30 })],
];

const life: readonly Exchange[] = [
  stack('balanced-validate', 'POST', '/validate', { body: { template: balanced } }),
  stack('balanced-validate-unknown-property', 'POST', '/validate', { body: { template: sole('LoadBalancer', { vip_subnet: 'x', colour: 'red' }) } }),
  stack('balanced-validate-unknown-attribute', 'POST', '/validate', {
    body: { template: { ...sole('LoadBalancer', { vip_subnet: 'x' }), outputs: { o: { value: { get_attr: ['sole', 'operating_status'] } } } } },
  }),
  ...creation('balanced', balanced, {}),
  stack('balanced-show', 'GET', stackPath('balanced')),
  stack('balanced-resources', 'GET', `${stackPath('balanced')}/resources`),
  stack('balanced-resource-balancer', 'GET', `${stackPath('balanced')}/resources/balancer`, { capture: { balanced_lb_id: '/resource/physical_resource_id' } }),
  stack('balanced-resource-listener', 'GET', `${stackPath('balanced')}/resources/listener`),
  stack('balanced-resource-pool', 'GET', `${stackPath('balanced')}/resources/pool`, { capture: { balanced_pool_id: '/resource/physical_resource_id' } }),
  stack('balanced-resource-monitor', 'GET', `${stackPath('balanced')}/resources/monitor`),
  stack('balanced-resource-member', 'GET', `${stackPath('balanced')}/resources/first`),
  stack('balanced-resource-absent', 'GET', `${stackPath('balanced')}/resources/absent`),
  stack('balanced-resource-subnet', 'GET', `${stackPath('balanced')}/resources/subnet`, { capture: { balanced_subnet_id: '/resource/physical_resource_id' } }),
  ...refusals.map(([name, template]) => stack(`balanced-refused-${name}`, 'POST', '/stacks', { body: { stack_name: `{{run}}-${name}`, template } })),
  ...creation('provided', sole('LoadBalancer', { vip_subnet: '{{balanced_subnet_id}}', provider: 'nope' }), {}),
  stack('provided-resource', 'GET', `${stackPath('provided')}/resources/sole`),
  ...deletion('provided'),
  ...creation('misplaced', sole('LoadBalancer', { vip_subnet: '{{balanced_subnet_id}}', vip_address: '10.99.0.1' }), {}),
  ...deletion('misplaced'),
  stack('twice-create', 'POST', '/stacks', {
    body: { stack_name: '{{run}}-twice', template: sole('PoolMember', { pool: '{{balanced_pool_id}}', address: '10.75.0.21', protocol_port: 6443 }) },
    capture: { twice_stack_id: '/stack/id' },
  }),
  stack('twice-resource', 'GET', `${stackPath('twice')}/resources/sole`, {
    until: { pointer: '/resource/resource_status', in: ['CREATE_IN_PROGRESS'], seconds: 60 },
    note: 'Heat takes a conflict for a load balancer that is busy, and asks again until the stack times out',
  }),
  ...deletion('twice'),
  ...deletion('balanced'),
];

const asOther = (exchange: Exchange): Exchange => ({ ...exchange, actor: 'other', path: `{{orchestration_root_url}}/{{other_project_id}}${exchange.path}` });
const overQuota: readonly Exchange[] = [
  ...creation('unbalanced', sole('LoadBalancer', { vip_subnet: '{{lb_other_subnet_id}}' }), {}),
  stack('unbalanced-resource', 'GET', `${stackPath('unbalanced')}/resources/sole`),
  ...deletion('unbalanced'),
].map(asOther);

/** Stacks with load balancers: their whole life, and (while the quota of `other` is lowered) one that may not be made. */
export const loadBalancerStacks = { life, overQuota };
