import type { Actor, Exchange, Json, Method, Service, Topic } from '../exchange.js';

const unknownUuid = '01234567-89ab-4cde-8f01-23456789abcd';

const refused = (name: string, service: Service, actor: Actor, method: Method, path: string, body?: Json): Exchange => ({
  name: `refused-${name}`,
  service,
  actor,
  method,
  path,
  ...(body === undefined ? {} : { body }),
});
const broken = (name: string, service: Service, path: string): Exchange => ({ name: `refused-${name}`, service, actor: 'demo', method: 'POST', path, rawBody: '{"a":' });

/** What a member of a project asks of Keystone without the right to. */
const identity: readonly Exchange[] = [
  refused('domain-list', 'identity', 'demo', 'GET', '/domains'),
  refused('user-list', 'identity', 'demo', 'GET', '/users'),
  refused('user-list-no-token', 'identity', 'none', 'GET', '/users'),
  refused('user-list-bad-token', 'identity', 'bad', 'GET', '/users'),
  refused('user-show', 'identity', 'demo', 'GET', '/users/{{admin_user_id}}'),
  refused('user-update', 'identity', 'demo', 'PATCH', '/users/{{admin_user_id}}', { user: { password: 'x' } }),
  refused('project-show', 'identity', 'demo', 'GET', '/projects/{{other_project_id}}'),
  refused('role-assignment-list', 'identity', 'demo', 'GET', '/role_assignments'),
  refused('service-create', 'identity', 'demo', 'POST', '/services', { service: { type: '{{run}}', name: '{{run}}' } }),
  refused('service-create-without-type', 'identity', 'admin', 'POST', '/services', { service: { name: '{{run}}' } }),
  refused('endpoint-create', 'identity', 'demo', 'POST', '/endpoints', { endpoint: { service_id: unknownUuid, interface: 'public', url: 'http://127.0.0.1' } }),
  refused('endpoint-create-bad-interface', 'identity', 'admin', 'POST', '/endpoints', { endpoint: { service_id: unknownUuid, interface: 'secret', url: 'http://127.0.0.1' } }),
  refused('user-create-no-body', 'identity', 'service', 'POST', '/users'),
];

/** What belongs to others, and what is no request at all. */
const resources: readonly Exchange[] = [
  broken('network-malformed', 'network', '/v2.0/networks'),
  refused('network-without-body-key', 'network', 'demo', 'POST', '/v2.0/networks', { net: {} }),
  refused('network-rename-foreign', 'network', 'demo', 'PUT', '/v2.0/networks/{{public_network_id}}', { network: { name: 'mine' } }),
  refused('network-by-reader', 'network', 'reader', 'POST', '/v2.0/networks', { network: { name: '{{run}}' } }),
  refused('network-quota-by-member', 'network', 'demo', 'PUT', '/v2.0/quotas/{{demo_project_id}}', { quota: { port: 1 } }),
  refused('subnet-without-network', 'network', 'demo', 'POST', '/v2.0/subnets', { subnet: { cidr: '10.0.0.0/24', ip_version: 4 } }),
  refused('floating-ip-without-network', 'network', 'demo', 'POST', '/v2.0/floatingips', { floatingip: {} }),
  refused('router-delete-unknown', 'network', 'demo', 'DELETE', `/v2.0/routers/${unknownUuid}`),
  refused('subnet-delete-unknown', 'network', 'demo', 'DELETE', `/v2.0/subnets/${unknownUuid}`),
  refused('security-rule-unknown-group', 'network', 'demo', 'POST', '/v2.0/security-group-rules', { security_group_rule: { security_group_id: unknownUuid, direction: 'ingress' } }),
  broken('server-malformed', 'compute', '/servers'),
  refused('server-without-body-key', 'compute', 'demo', 'POST', '/servers', { machine: {} }),
  refused('server-group-bad-policy', 'compute', 'demo', 'POST', '/os-server-groups', { server_group: { name: '{{run}}', policies: ['friendly'] } }),
  refused('server-group-delete-unknown', 'compute', 'demo', 'DELETE', `/os-server-groups/${unknownUuid}`),
  refused('server-volumes-unknown', 'compute', 'demo', 'GET', `/servers/${unknownUuid}/os-volume_attachments`),
  refused('server-interfaces-unknown', 'compute', 'demo', 'GET', `/servers/${unknownUuid}/os-interface`),
  refused('flavor-delete-by-member', 'compute', 'demo', 'DELETE', '/flavors/{{flavor_id}}'),
  broken('volume-malformed', 'volumev3', '/volumes'),
  refused('volume-without-size', 'volumev3', 'demo', 'POST', '/volumes', { volume: { name: '{{run}}' } }),
  refused('volume-foreign-project', 'volumev3', 'demo', 'GET', '{{volume_root_url}}/{{other_project_id}}/volumes'),
];

const stacks: readonly Exchange[] = [
  refused('stack-resources-unknown', 'orchestration', 'demo', 'GET', `/stacks/{{run}}/${unknownUuid}/resources`),
  refused('stack-events-unknown', 'orchestration', 'demo', 'GET', `/stacks/{{run}}/${unknownUuid}/events`),
  refused('stack-outputs-unknown', 'orchestration', 'demo', 'GET', `/stacks/{{run}}/${unknownUuid}/outputs`),
  refused('stack-template-unknown', 'orchestration', 'demo', 'GET', `/stacks/{{run}}/${unknownUuid}/template`),
  refused('stack-delete-by-reader', 'orchestration', 'reader', 'DELETE', `/stacks/{{run}}/${unknownUuid}`),
  refused('stack-delete-no-token', 'orchestration', 'none', 'DELETE', `/stacks/{{run}}/${unknownUuid}`),
];

/** Requests of people who may not, about things that are not theirs or not there, or that are no requests. */
export const strangers: Topic = { name: 'strangers', exchanges: [...identity, ...resources, ...stacks] };
