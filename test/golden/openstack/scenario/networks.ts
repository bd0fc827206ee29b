import type { Exchange, Json, Topic } from '../exchange.js';

const unknownUuid = '01234567-89ab-4cde-8f01-23456789abcd';

const network = (name: string, method: Exchange['method'], path: string, more: Partial<Exchange> = {}): Exchange => ({
  name,
  service: 'network',
  actor: 'demo',
  method,
  path: `/v2.0${path}`,
  ...more,
});
/** The recorded cloud has no L3 agent, so a floating IP stays DOWN there; elsewhere it becomes ACTIVE. */
const floatingStatus = { '/floatingip/status': 'no L3 agent in the recorded cloud', '/floatingips/*/status': 'no L3 agent in the recorded cloud' };
const made = (kind: string, properties: Json, more: Partial<Exchange> = {}): Partial<Exchange> => ({ body: { [kind]: properties }, ...more });

const reads: readonly Exchange[] = [
  network('network-list-external', 'GET', '/networks?router:external=true'),
  network('network-list-no-such-name', 'GET', '/networks?name={{run}}'),
  network('network-show-external', 'GET', '/networks/{{public_network_id}}'),
  network('network-show-unknown', 'GET', `/networks/${unknownUuid}`),
  network('network-list-no-token', 'GET', '/networks', { actor: 'none' }),
  network('network-list-bad-token', 'GET', '/networks', { actor: 'bad' }),
  network('network-delete-foreign', 'DELETE', '/networks/{{public_network_id}}'),
  network('subnet-show-unknown', 'GET', `/subnets/${unknownUuid}`),
  network('port-show-unknown', 'GET', `/ports/${unknownUuid}`),
  network('router-show-unknown', 'GET', `/routers/${unknownUuid}`),
  network('security-group-show-unknown', 'GET', `/security-groups/${unknownUuid}`),
  network('floating-ip-show-unknown', 'GET', `/floatingips/${unknownUuid}`),
  network('network-quota-details', 'GET', '/quotas/{{demo_project_id}}/details.json'),
  network('network-quota', 'GET', '/quotas/{{demo_project_id}}'),
  network('network-quota-foreign', 'GET', '/quotas/{{other_project_id}}/details.json'),
];

const life: readonly Exchange[] = [
  network('network-create', 'POST', '/networks', made('network', { name: '{{run}}-net', admin_state_up: true }, { capture: { net_id: '/network/id' } })),
  network('network-create-unknown-attribute', 'POST', '/networks', made('network', { name: '{{run}}-net', colour: 'red' })),
  network('network-create-external-by-member', 'POST', '/networks', made('network', { name: '{{run}}-net', 'router:external': true })),
  network('subnet-create', 'POST', '/subnets', {
    ...made('subnet', { name: '{{run}}-subnet', network_id: '{{net_id}}', ip_version: 4, cidr: '10.77.0.0/24', dns_nameservers: ['127.0.0.1'] }),
    capture: { subnet_id: '/subnet/id' },
  }),
  network('subnet-create-bad-cidr', 'POST', '/subnets', made('subnet', { network_id: '{{net_id}}', ip_version: 4, cidr: '10.77.0.0/99' })),
  network('subnet-create-overlap', 'POST', '/subnets', made('subnet', { network_id: '{{net_id}}', ip_version: 4, cidr: '10.77.0.0/25' })),
  network('subnet-create-unknown-network', 'POST', '/subnets', made('subnet', { network_id: unknownUuid, ip_version: 4, cidr: '10.78.0.0/24' })),
  network('subnet-list-by-name', 'GET', '/subnets?name={{run}}-subnet'),
  network('router-create', 'POST', '/routers', made('router', { name: '{{run}}-router', external_gateway_info: { network_id: '{{public_network_id}}' } }, { capture: { router_id: '/router/id' } })),
  network('router-create-unknown-gateway', 'POST', '/routers', made('router', { name: '{{run}}-router', external_gateway_info: { network_id: unknownUuid } })),
  network('router-interface-add', 'PUT', '/routers/{{router_id}}/add_router_interface', { body: { subnet_id: '{{subnet_id}}' } }),
  network('router-interface-add-again', 'PUT', '/routers/{{router_id}}/add_router_interface', { body: { subnet_id: '{{subnet_id}}' } }),
  network('security-group-create', 'POST', '/security-groups', made('security_group', { name: '{{run}}-group', description: 'golden' }, { capture: { group_id: '/security_group/id' } })),
  network('security-rule-create', 'POST', '/security-group-rules', {
    ...made('security_group_rule', { security_group_id: '{{group_id}}', direction: 'ingress', protocol: 'tcp', port_range_min: 6443, port_range_max: 6443, remote_ip_prefix: '0.0.0.0/0' }),
    capture: { rule_id: '/security_group_rule/id' },
  }),
  network('security-rule-create-duplicate', 'POST', '/security-group-rules', {
    ...made('security_group_rule', { security_group_id: '{{group_id}}', direction: 'ingress', protocol: 'tcp', port_range_min: 6443, port_range_max: 6443, remote_ip_prefix: '0.0.0.0/0' }),
  }),
  network('security-rule-create-bad-range', 'POST', '/security-group-rules', {
    ...made('security_group_rule', { security_group_id: '{{group_id}}', direction: 'ingress', protocol: 'tcp', port_range_min: 7000, port_range_max: 6000 }),
  }),
  network('security-rule-create-bad-protocol', 'POST', '/security-group-rules', made('security_group_rule', { security_group_id: '{{group_id}}', direction: 'ingress', protocol: 'morse' })),
  network('security-group-list-by-name', 'GET', '/security-groups?name={{run}}-group'),
  network('port-create', 'POST', '/ports', {
    ...made('port', {
      name: '{{run}}-port',
      network_id: '{{net_id}}',
      fixed_ips: [{ subnet_id: '{{subnet_id}}', ip_address: '10.77.0.20' }],
      security_groups: ['{{group_id}}'],
      allowed_address_pairs: [{ ip_address: '10.100.0.0/16' }],
    }),
    capture: { port_id: '/port/id' },
  }),
  network('port-create-address-in-use', 'POST', '/ports', made('port', { network_id: '{{net_id}}', fixed_ips: [{ subnet_id: '{{subnet_id}}', ip_address: '10.77.0.20' }] })),
  network('port-create-address-outside', 'POST', '/ports', made('port', { network_id: '{{net_id}}', fixed_ips: [{ subnet_id: '{{subnet_id}}', ip_address: '10.99.0.20' }] })),
  network('port-create-unknown-network', 'POST', '/ports', made('port', { network_id: unknownUuid })),
  network('port-create-unknown-group', 'POST', '/ports', made('port', { network_id: '{{net_id}}', security_groups: [unknownUuid] })),
  network('port-create-default-address', 'POST', '/ports', made('port', { name: '{{run}}-port-2', network_id: '{{net_id}}' }, { capture: { port_2_id: '/port/id' } })),
  network('port-list-by-network', 'GET', '/ports?network_id={{net_id}}', { note: 'the router’s own port is among them', ignore: { '/ports/*/status': 'no L3 agent in the recorded cloud' } }),
  network('floating-ip-create', 'POST', '/floatingips', made('floatingip', { floating_network_id: '{{public_network_id}}', description: '{{run}}' }, { capture: { floating_id: '/floatingip/id', floating_address: '/floatingip/floating_ip_address' } })),
  network('floating-ip-create-not-external', 'POST', '/floatingips', made('floatingip', { floating_network_id: '{{net_id}}' })),
  network('floating-ip-create-unknown-network', 'POST', '/floatingips', made('floatingip', { floating_network_id: unknownUuid })),
  network('floating-ip-associate', 'PUT', '/floatingips/{{floating_id}}', made('floatingip', { port_id: '{{port_id}}' }, { ignore: floatingStatus })),
  network('floating-ip-associate-unknown-port', 'PUT', '/floatingips/{{floating_id}}', made('floatingip', { port_id: unknownUuid })),
  network('floating-ip-list-by-address', 'GET', '/floatingips?floating_ip_address={{floating_address}}', { ignore: floatingStatus }),
  network('floating-ip-show', 'GET', '/floatingips/{{floating_id}}', { ignore: floatingStatus }),
  network('port-show', 'GET', '/ports/{{port_id}}'),
  network('security-group-delete-in-use', 'DELETE', '/security-groups/{{group_id}}'),
  network('port-update-groups', 'PUT', '/ports/{{port_id}}', made('port', { security_groups: [], allowed_address_pairs: [] })),
  network('port-tag', 'PUT', '/ports/{{port_id}}/tags', { body: { tags: ['{{run}}'] } }),
  network('port-list-by-tag', 'GET', '/ports?tags={{run}}'),
  network('security-group-delete-free', 'DELETE', '/security-groups/{{group_id}}'),
  network('security-group-delete-again', 'DELETE', '/security-groups/{{group_id}}'),
  network('network-delete-in-use', 'DELETE', '/networks/{{net_id}}'),
  network('subnet-delete-in-use', 'DELETE', '/subnets/{{subnet_id}}'),
  network('router-delete-in-use', 'DELETE', '/routers/{{router_id}}'),
  network('router-interface-remove-in-use', 'PUT', '/routers/{{router_id}}/remove_router_interface', {
    body: { subnet_id: '{{subnet_id}}' },
    note: 'a floating IP still needs the interface',
  }),
  network('floating-ip-disassociate', 'PUT', '/floatingips/{{floating_id}}', made('floatingip', { port_id: null })),
  network('floating-ip-delete', 'DELETE', '/floatingips/{{floating_id}}'),
  network('floating-ip-delete-again', 'DELETE', '/floatingips/{{floating_id}}'),
  network('router-interface-remove', 'PUT', '/routers/{{router_id}}/remove_router_interface', { body: { subnet_id: '{{subnet_id}}' } }),
  network('router-interface-remove-again', 'PUT', '/routers/{{router_id}}/remove_router_interface', { body: { subnet_id: '{{subnet_id}}' } }),
  network('router-delete', 'DELETE', '/routers/{{router_id}}'),
  network('port-delete', 'DELETE', '/ports/{{port_id}}'),
  network('port-delete-again', 'DELETE', '/ports/{{port_id}}'),
  network('port-delete-second', 'DELETE', '/ports/{{port_2_id}}'),
  network('subnet-delete', 'DELETE', '/subnets/{{subnet_id}}'),
  network('network-delete', 'DELETE', '/networks/{{net_id}}'),
  network('network-delete-again', 'DELETE', '/networks/{{net_id}}'),
];

/** What stacks do to Neutron, done directly: the answers and refusals that stand behind a stack's status. */
export const networks: Topic = { name: 'networks', exchanges: [...reads, ...life] };
