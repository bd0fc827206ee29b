import type { Exchange, JsonObject, Topic } from '../exchange.js';
import { groupTemplate, infraTemplate, masterTemplate, slotTemplate, workerTemplate } from './cluster-templates.js';
import { creation, deletion, stack, stackPath as path } from './stack-exchanges.js';

const minute = 60;

/** An output by its key, its value kept as a variable. */
const output = (kind: string, key: string, variable: string): Exchange =>
  stack(`${kind}-output-${key.replaceAll('_', '-')}`, 'GET', `${path(kind)}/outputs/${key}`, { capture: { [variable]: '/output/output_value' } });

const infra: readonly Exchange[] = [
  stack('infra-validate', 'POST', '/validate', { body: { template: infraTemplate } }),
  stack('infra-preview-list-empty', 'GET', '/stacks?tags={{run}}'),
  ...creation('infra', infraTemplate, { name: '{{run}}', external_network: '{{public_network_id}}', subnet_cidr: '10.79.0.0/24', dns_nameservers: '127.0.0.1,127.0.0.2' }),
  stack('infra-show-by-name', 'GET', '/stacks/{{run}}-infra'),
  stack('infra-show-by-id', 'GET', '/stacks/{{infra_stack_id}}'),
  stack('infra-show-by-name-and-sub-path', 'GET', '/stacks/{{run}}-infra/resources'),
  stack('infra-show', 'GET', path('infra')),
  stack('infra-show-wrong-name', 'GET', '/stacks/{{run}}-other/{{infra_stack_id}}'),
  stack('infra-show-by-other-project', 'GET', '{{orchestration_root_url}}/{{other_project_id}}/stacks/{{run}}-infra/{{infra_stack_id}}', { actor: 'other' }),
  stack('infra-create-again', 'POST', '/stacks', { body: { stack_name: '{{run}}-infra', template: infraTemplate, parameters: { name: 'x', external_network: '{{public_network_id}}' } } }),
  stack('infra-list-by-tag', 'GET', '/stacks?tags={{run}}'),
  stack('infra-list-by-two-tags', 'GET', '/stacks?tags={{run}},{{run}}-infra'),
  stack('infra-list-by-tag-of-nobody', 'GET', '/stacks?tags={{run}},{{run}}-nobody'),
  stack('infra-list-by-name', 'GET', '/stacks?name={{run}}-infra'),
  stack('infra-list-paged', 'GET', '/stacks?tags={{run}}&limit=1'),
  stack('infra-outputs', 'GET', `${path('infra')}/outputs`),
  output('infra', 'network_id', 'infra_network_id'),
  output('infra', 'subnet_id', 'infra_subnet_id'),
  output('infra', 'control_plane_security_group_id', 'infra_control_group_id'),
  output('infra', 'worker_security_group_id', 'infra_worker_group_id'),
  stack('infra-output-unknown', 'GET', `${path('infra')}/outputs/nothing`),
  stack('infra-resources', 'GET', `${path('infra')}/resources`),
  stack('infra-resources-failed', 'GET', `${path('infra')}/resources?status=FAILED&nested_depth=2`),
  stack('infra-resources-bad-query', 'GET', `${path('infra')}/resources?colour=red`),
  stack('infra-resource', 'GET', `${path('infra')}/resources/network`),
  stack('infra-resource-subnet', 'GET', `${path('infra')}/resources/subnet`),
  stack('infra-resource-router', 'GET', `${path('infra')}/resources/router`),
  stack('infra-resource-security-group', 'GET', `${path('infra')}/resources/worker_security_group`),
  stack('infra-resource-unknown', 'GET', `${path('infra')}/resources/nothing`),
  stack('infra-events', 'GET', `${path('infra')}/events?sort_dir=asc`),
  stack('infra-events-of-resource', 'GET', `${path('infra')}/resources/network/events`),
  stack('infra-template', 'GET', `${path('infra')}/template`),
];

const group: readonly Exchange[] = [
  ...creation('group', groupTemplate, { name: '{{run}}', policy: 'soft-anti-affinity' }),
  stack('group-show', 'GET', path('group')),
  output('group', 'server_group_id', 'server_group_id'),
  { name: 'server-group-show', service: 'compute', actor: 'demo', method: 'GET', path: '/os-server-groups/{{server_group_id}}' },
  { name: 'server-group-unknown', service: 'compute', actor: 'demo', method: 'GET', path: '/os-server-groups/01234567-89ab-4cde-8f01-23456789abcd' },
];

const slotParameters: JsonObject = {
  name: '{{run}}-slot',
  network: '{{infra_network_id}}',
  subnet: '{{infra_subnet_id}}',
  security_group: '{{infra_control_group_id}}',
  external_network: '{{public_network_id}}',
  floating_ip: true,
  etcd_volume_size: 1,
  pod_cidr: '10.100.0.0/16',
};

const slot: readonly Exchange[] = [
  stack('slot-validate', 'POST', '/validate', { body: { template: slotTemplate } }),
  ...creation('slot', slotTemplate, slotParameters),
  stack('slot-show', 'GET', path('slot')),
  output('slot', 'port_id', 'slot_port_id'),
  output('slot', 'address', 'slot_address'),
  output('slot', 'floating_address', 'slot_floating_address'),
  output('slot', 'etcd_volume_id', 'slot_volume_id'),
  stack('slot-resource-port', 'GET', `${path('slot')}/resources/port`),
  stack('slot-resource-floating-ip', 'GET', `${path('slot')}/resources/public_address`),
  stack('slot-resource-volume', 'GET', `${path('slot')}/resources/etcd_disk`),
  stack('slot-resource-association', 'GET', `${path('slot')}/resources/public_address_association`),
  ...creation('bare', slotTemplate, { ...slotParameters, floating_ip: false, etcd_volume_size: 0 }),
  stack('bare-show', 'GET', path('bare'), { note: 'outputs whose condition is false are null' }),
  stack('bare-resources', 'GET', `${path('bare')}/resources`),
  stack('bare-resource-not-made', 'GET', `${path('bare')}/resources/etcd_disk`),
  stack('bare-output-not-made', 'GET', `${path('bare')}/outputs/etcd_volume_id`),
];

const nodeParameters: JsonObject = {
  name: '{{run}}-node',
  image: '{{image_id}}',
  flavor: '{{flavor_id}}',
  server_group: '{{server_group_id}}',
  claim_token: 'a-secret-{{run}}',
  user_data: '#cloud-config\nwrite_files: [{path: /etc/token, content: "CLAIM_TOKEN"}]\n',
};

const nodes: readonly Exchange[] = [
  ...creation('master', masterTemplate, { ...nodeParameters, name: '{{run}}-master', port: '{{slot_port_id}}', etcd_volume: '{{slot_volume_id}}' }),
  stack('master-show', 'GET', path('master'), { same: ['/stack/parameters/claim_token'] }),
  output('master', 'server_id', 'master_server_id'),
  stack('master-resource-server', 'GET', `${path('master')}/resources/server`, { ignore: { '/resource/attributes': 'Heat asks Nova at a microversion of its own' } }),
  stack('master-resource-attachment', 'GET', `${path('master')}/resources/etcd_attachment`),
  { name: 'master-server', service: 'compute', actor: 'demo', method: 'GET', path: '/servers/{{master_server_id}}' },
  { name: 'master-server-volumes', service: 'compute', actor: 'demo', method: 'GET', path: '/servers/{{master_server_id}}/os-volume_attachments' },
  { name: 'master-volume', service: 'volumev3', actor: 'demo', method: 'GET', path: '/volumes/{{slot_volume_id}}' },
  { name: 'master-port', service: 'network', actor: 'demo', method: 'GET', path: '/v2.0/ports/{{slot_port_id}}' },
  {
    name: 'master-user-data',
    service: 'compute',
    actor: 'admin',
    method: 'GET',
    path: '/servers/{{master_server_id}}',
    headers: { 'openstack-api-version': 'compute 2.3' },
    note: 'the only way to see user data from outside',
  },
  stack('slot-delete-in-use', 'DELETE', path('slot'), { note: 'accepted; what happens to a port and a volume in use is shown next' }),
  stack('slot-after-delete', 'GET', `${path('slot')}?resolve_outputs=false`, { until: { pointer: '/stack/stack_status', in: ['DELETE_COMPLETE', 'DELETE_FAILED'], seconds: 3 * minute } }),
];
const workers: readonly Exchange[] = [
  ...creation('worker', workerTemplate, {
    ...nodeParameters,
    network: '{{infra_network_id}}',
    subnet: '{{infra_subnet_id}}',
    security_groups: '{{infra_worker_group_id}}',
    external_network: '{{public_network_id}}',
    floating_ip: true,
    docker_volume_size: 1,
    pod_cidr: '10.100.0.0/16',
  }),
  stack('worker-show', 'GET', path('worker')),
  stack('worker-resources', 'GET', `${path('worker')}/resources`),
  stack('nodes-list-by-tag', 'GET', '/stacks?tags={{run}}'),
  output('worker', 'server_id', 'worker_server_id'),
  { name: 'worker-server', service: 'compute', actor: 'demo', method: 'GET', path: '/servers/{{worker_server_id}}' },
  { name: 'worker-boot-stop', service: 'compute', actor: 'demo', method: 'POST', path: '/servers/{{worker_server_id}}/action', body: { 'os-stop': null } },
  { name: 'worker-stopped', service: 'compute', actor: 'demo', method: 'GET', path: '/servers/{{worker_server_id}}', until: { pointer: '/server/status', in: ['SHUTOFF'], seconds: minute } },
];

const removal: readonly Exchange[] = [
  ...creation('plain', workerTemplate, {
    ...nodeParameters,
    name: '{{run}}-plain',
    server_group: '',
    network: '{{infra_network_id}}',
    subnet: '{{infra_subnet_id}}',
    security_groups: '{{infra_worker_group_id}},{{infra_control_group_id}}',
    external_network: '{{public_network_id}}',
  }),
  stack('plain-show', 'GET', path('plain'), { note: 'every condition is false: no floating IP, no volume, no server group, no address pairs' }),
  stack('plain-resources', 'GET', `${path('plain')}/resources`),
  output('plain', 'server_id', 'plain_server_id'),
  { name: 'plain-server', service: 'compute', actor: 'demo', method: 'GET', path: '/servers/{{plain_server_id}}' },
  { name: 'plain-server-volumes', service: 'compute', actor: 'demo', method: 'GET', path: '/servers/{{plain_server_id}}/os-volume_attachments' },
  ...deletion('plain'),
  stack('worker-delete-by-name', 'DELETE', '/stacks/{{run}}-worker'),
  stack('worker-delete', 'DELETE', path('worker')),
  stack('worker-gone', 'GET', `${path('worker')}?resolve_outputs=false`, { until: { pointer: '/stack/stack_status', in: ['DELETE_COMPLETE', 'DELETE_FAILED'], seconds: 3 * minute }, note: 'by name and id it stays visible', ignore: { '/stack/deletion_time': 'written a moment after the status' } }),
  stack('worker-gone-by-name', 'GET', '/stacks/{{run}}-worker', { until: { status: 404, seconds: minute } }),
  stack('worker-delete-gone', 'DELETE', path('worker')),
  {
    name: 'worker-server-gone',
    service: 'compute',
    actor: 'demo',
    method: 'GET',
    path: '/servers/{{worker_server_id}}',
    until: { status: 404, seconds: minute },
    note: 'for a moment Nova may still show it as DELETED',
  },
  ...deletion('master'),
  stack('slot-delete-second', 'DELETE', path('slot')),
  stack('slot-name-free', 'GET', '/stacks/{{run}}-slot', { until: { status: 404, seconds: 3 * minute } }),
  { name: 'slot-volume-gone', service: 'volumev3', actor: 'demo', method: 'GET', path: '/volumes/{{slot_volume_id}}', until: { status: 404, seconds: minute } },
  ...deletion('bare'),
  ...deletion('group'),
  ...deletion('infra'),
  stack('all-gone-by-tag', 'GET', '/stacks?tags={{run}}'),
  { name: 'network-gone', service: 'network', actor: 'demo', method: 'GET', path: '/v2.0/networks/{{infra_network_id}}' },
];

/** One cluster's stacks: infra, group, slot, control-plane node, worker; read in every way; removed in reverse. */
export const clusterStacks: Topic = { name: 'cluster-stacks', exchanges: [...infra, ...group, ...slot, ...nodes, ...workers, ...removal] };

