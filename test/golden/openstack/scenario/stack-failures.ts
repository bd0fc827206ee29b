import type { Exchange, JsonObject, Topic } from '../exchange.js';
import { creation, deletion, stack, stackPath } from './stack-exchanges.js';

const minute = 60;
const unknownUuid = '01234567-89ab-4cde-8f01-23456789abcd';
const hot = (resources: JsonObject): JsonObject => ({ heat_template_version: '2018-08-31', resources });

const network: JsonObject = { type: 'OS::Neutron::Net', properties: { name: '{{run}}-failing' } };
const subnet: JsonObject = { type: 'OS::Neutron::Subnet', properties: { network: { get_resource: 'network' }, cidr: '10.80.0.0/24' } };
const portAt = (address: string): JsonObject => ({
  type: 'OS::Neutron::Port',
  properties: { network: { get_resource: 'network' }, fixed_ips: [{ subnet: { get_resource: 'subnet' }, ip_address: address }] },
});
const server = (properties: JsonObject): JsonObject =>
  hot({
    network,
    subnet,
    server: {
      type: 'OS::Nova::Server',
      depends_on: 'subnet',
      properties: { name: '{{run}}-failing', image: '{{image_id}}', flavor: '{{flavor_id}}', networks: [{ network: { get_resource: 'network' } }], ...properties },
    },
  });

/** Why it failed, as one looks it up. */
const reasons = (kind: string): readonly Exchange[] => [
  stack(`${kind}-failed-resources`, 'GET', `${stackPath(kind)}/resources?status=FAILED&nested_depth=5`),
  stack(`${kind}-failed-events`, 'GET', `${stackPath(kind)}/events?resource_action=CREATE&resource_status=FAILED`),
];

const addresses: readonly Exchange[] = [
  ...creation('outside', { ...hot({ network, subnet, port: portAt('10.81.0.5') }), outputs: { port_id: { value: { get_resource: 'port' } }, address: { value: { get_attr: ['port', 'fixed_ips', 0, 'ip_address'] } } } }, {}),
  stack('outside-show', 'GET', stackPath('outside'), { same: ['/stack/outputs/*/output_value'], note: 'the output of a resource that was not made is its name in the template' }),
  ...reasons('outside'),
  stack('outside-resources', 'GET', `${stackPath('outside')}/resources`),
  stack('outside-resource-port', 'GET', `${stackPath('outside')}/resources/port`, { ignore: { '/resource/attributes': 'one null for each attribute Heat knows of, whichever those are' } }),
  stack('outside-create-again', 'POST', '/stacks', { body: { stack_name: '{{run}}-outside', template: hot({ network }) }, note: 'a failed stack keeps its name' }),
  ...deletion('outside'),
  stack('outside-list-after-delete', 'GET', '/stacks?name={{run}}-outside'),
  stack('reused-create', 'POST', '/stacks', { body: { stack_name: '{{run}}-outside', template: hot({ network }) }, capture: { reused_stack_id: '/stack/id' } }),
  stack('reused-settled', 'GET', '/stacks/{{run}}-outside/{{reused_stack_id}}', { until: { pointer: '/stack/stack_status', in: ['CREATE_COMPLETE', 'CREATE_FAILED'], seconds: 2 * minute } }),
  stack('reused-delete', 'DELETE', '/stacks/{{run}}-outside/{{reused_stack_id}}'),
  stack('reused-name-free', 'GET', '/stacks/{{run}}-outside', { until: { status: 404, seconds: 2 * minute } }),
  ...creation('groupless', hot({ network, subnet, port: { type: 'OS::Neutron::Port', depends_on: 'subnet', properties: { network: { get_resource: 'network' }, security_groups: [unknownUuid] } } }), {}),
  ...reasons('groupless'),
  ...deletion('groupless'),
  ...creation('unnetworked', hot({ server: { type: 'OS::Nova::Server', properties: { image: '{{image_id}}', flavor: '{{flavor_id}}' } } }), {}),
  ...deletion('unnetworked'),
];

const flavorTooLarge: readonly Exchange[] = [
  {
    name: 'flavor-create-huge',
    service: 'compute',
    actor: 'admin',
    method: 'POST',
    path: '/flavors',
    body: { flavor: { name: '{{run}}-huge', vcpus: 100000, ram: 1024, disk: 20 } },
    capture: { huge_flavor_id: '/flavor/id' },
  },
  { name: 'flavor-create-by-member', service: 'compute', actor: 'demo', method: 'POST', path: '/flavors', body: { flavor: { name: '{{run}}-mine', vcpus: 1, ram: 1024, disk: 20 } } },
  ...creation('huge', server({ flavor: '{{huge_flavor_id}}' }), {}),
  ...reasons('huge'),
  stack('huge-resource-server', 'GET', `${stackPath('huge')}/resources/server`, { capture: { huge_server_id: '/resource/physical_resource_id' }, ignore: { '/resource/attributes': 'Heat asks Nova at a microversion of its own' } }),
  { name: 'huge-server', service: 'compute', actor: 'demo', method: 'GET', path: '/servers/{{huge_server_id}}', ignore: { '/server/fault/details': 'a stack trace, shown as the deployment likes' } },
  ...deletion('huge'),
  { name: 'flavor-delete-huge', service: 'compute', actor: 'admin', method: 'DELETE', path: '/flavors/{{huge_flavor_id}}' },
];

const asOther = (exchange: Exchange): Exchange => ({ ...exchange, actor: 'other', path: `{{orchestration_root_url}}/{{other_project_id}}${exchange.path}` });
const quotaSet = '/os-quota-sets/{{other_project_id}}';
const volumeQuotaSet = '{{volume_root_url}}/{{admin_project_id}}/os-quota-sets/{{other_project_id}}';

const quota: readonly Exchange[] = [
  { name: 'quota-before', service: 'compute', actor: 'admin', method: 'GET', path: quotaSet, capture: { instances_before: '/quota_set/instances' } },
  { name: 'quota-lower-by-member', service: 'compute', actor: 'other', method: 'PUT', path: quotaSet, body: { quota_set: { instances: 0 } } },
  { name: 'quota-lower', service: 'compute', actor: 'admin', method: 'PUT', path: quotaSet, body: { quota_set: { instances: 0 } } },
  ...creation('overquota', server({}), {}).map(asOther),
  ...reasons('overquota').map(asOther),
  { name: 'quota-restore', service: 'compute', actor: 'admin', method: 'PUT', path: quotaSet, body: { quota_set: { instances: '{{instances_before}}' } } },
  ...deletion('overquota').map(asOther),
  { name: 'network-quota-lower', service: 'network', actor: 'admin', method: 'PUT', path: '/v2.0/quotas/{{other_project_id}}', body: { quota: { floatingip: 0 } } },
  { name: 'floating-ip-over-quota', service: 'network', actor: 'other', method: 'POST', path: '/v2.0/floatingips', body: { floatingip: { floating_network_id: '{{public_network_id}}' } } },
  ...creation('addressless', hot({ address: { type: 'OS::Neutron::FloatingIP', properties: { floating_network: '{{public_network_id}}' } } }), {}).map(asOther),
  { name: 'network-quota-restore', service: 'network', actor: 'admin', method: 'DELETE', path: '/v2.0/quotas/{{other_project_id}}' },
  ...deletion('addressless').map(asOther),
  { name: 'volume-quota-before', service: 'volumev3', actor: 'admin', method: 'GET', path: volumeQuotaSet, capture: { volumes_before: '/quota_set/volumes' }, ignore: { '/quota_set': 'one key for each volume type and figure' } },
  { name: 'volume-quota-lower', service: 'volumev3', actor: 'admin', method: 'PUT', path: volumeQuotaSet, body: { quota_set: { volumes: 0 } }, ignore: { '/quota_set': 'one key for each volume type and figure' } },
  { name: 'volume-over-quota', service: 'volumev3', actor: 'other', method: 'POST', path: '{{volume_root_url}}/{{other_project_id}}/volumes', body: { volume: { name: '{{run}}', size: 1 } } },
  { name: 'volume-quota-restore', service: 'volumev3', actor: 'admin', method: 'PUT', path: volumeQuotaSet, body: { quota_set: { volumes: '{{volumes_before}}' } }, ignore: { '/quota_set': 'one key for each volume type and figure' } },
];

const interrupted: readonly Exchange[] = [
  stack('interrupted-create', 'POST', '/stacks', { body: { stack_name: '{{run}}-interrupted', template: server({}) }, capture: { interrupted_stack_id: '/stack/id' } }),
  stack('interrupted-delete', 'DELETE', stackPath('interrupted'), { note: 'accepted while the create is in progress' }),
  stack('interrupted-show', 'GET', `${stackPath('interrupted')}?resolve_outputs=false`, {
    until: { pointer: '/stack/stack_status', in: ['DELETE_COMPLETE', 'DELETE_FAILED'], seconds: 3 * minute },
    ignore: { '/stack/deletion_time': 'written a moment after the status' },
  }),
  stack('interrupted-name-free', 'GET', '/stacks/{{run}}-interrupted', { until: { status: 404, seconds: minute } }),
  { name: 'interrupted-server-gone', service: 'compute', actor: 'demo', method: 'GET', path: '/servers?name=^{{run}}-failing$', until: { pointer: '/servers', in: [[]], seconds: minute } },
];

/** Stacks that fail while they are made, and what one sees of the cause. */
export const stackFailures: Topic = { name: 'stack-failures', exchanges: [...addresses, ...flavorTooLarge, ...quota, ...interrupted] };
