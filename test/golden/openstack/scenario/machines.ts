import type { Exchange, Json, Topic } from '../exchange.js';

const unknownUuid = '01234567-89ab-4cde-8f01-23456789abcd';
const minute = 60;

const compute = (name: string, method: Exchange['method'], path: string, more: Partial<Exchange> = {}): Exchange => ({ name, service: 'compute', actor: 'demo', method, path, ...more });
const volume = (name: string, method: Exchange['method'], path: string, more: Partial<Exchange> = {}): Exchange => ({ name, service: 'volumev3', actor: 'demo', method, path, ...more });
const port: Json = [{ port: '{{machine_port_id}}' }];
const server = (properties: Record<string, Json>): Json => ({ server: { name: '{{run}}-machine', imageRef: '{{image_id}}', flavorRef: '{{flavor_id}}', networks: port, ...properties } });
const action = (name: string, act: string): Exchange => compute(name, 'POST', '/servers/{{server_id}}/action', { body: { [act]: null } });
const untilStatus = (name: string, ...statuses: string[]): Exchange =>
  compute(name, 'GET', '/servers/{{server_id}}', { until: { pointer: '/server/status', in: statuses, seconds: 2 * minute }, ignore: settling });

/** A fake hypervisor and a simulated one run through these in different moments. */
const settling: Readonly<Record<string, string>> = { '/server/OS-EXT-STS:task_state': 'cleared in its own time', '/server/progress': 'shown only in some states' };

const refusals: readonly Exchange[] = [
  compute('server-show-unknown', 'GET', `/servers/${unknownUuid}`),
  compute('server-stop-unknown', 'POST', `/servers/${unknownUuid}/action`, { body: { 'os-stop': null } }),
  compute('server-delete-unknown', 'DELETE', `/servers/${unknownUuid}`),
  compute('server-list-no-such-name', 'GET', '/servers/detail?name=^{{run}}$'),
  compute('server-list-no-token', 'GET', '/servers', { actor: 'none' }),
  compute('server-create-unknown-image', 'POST', '/servers', { body: server({ imageRef: unknownUuid }) }),
  compute('server-create-unknown-flavor', 'POST', '/servers', { body: server({ flavorRef: unknownUuid }) }),
  compute('server-create-unknown-keypair', 'POST', '/servers', { body: server({ key_name: '{{run}}' }) }),
  compute('server-create-unknown-port', 'POST', '/servers', { body: server({ networks: [{ port: unknownUuid }] }) }),
  compute('server-create-unknown-network', 'POST', '/servers', { body: server({ networks: [{ uuid: unknownUuid }] }) }),
  compute('server-create-without-name', 'POST', '/servers', { body: { server: { imageRef: '{{image_id}}', flavorRef: '{{flavor_id}}', networks: port } } }),
  compute('server-create-user-data-no-base64', 'POST', '/servers', { body: server({ user_data: '#cloud-config' }) }),
  compute('server-create-by-reader', 'POST', '/servers', { actor: 'reader', body: server({}) }),
  volume('volume-show-unknown', 'GET', `/volumes/${unknownUuid}`),
  volume('volume-delete-unknown', 'DELETE', `/volumes/${unknownUuid}`),
  volume('volume-list-no-such-name', 'GET', '/volumes/detail?name={{run}}'),
  volume('volume-create-size-zero', 'POST', '/volumes', { body: { volume: { name: '{{run}}-volume', size: 0 } } }),
  volume('volume-create-unknown-type', 'POST', '/volumes', { body: { volume: { name: '{{run}}-volume', size: 1, volume_type: '{{run}}' } } }),
];

const life: readonly Exchange[] = [
  { name: 'machine-network', service: 'network', actor: 'demo', method: 'POST', path: '/v2.0/networks', body: { network: { name: '{{run}}-machines' } }, capture: { machine_net_id: '/network/id' } },
  {
    name: 'machine-subnet',
    service: 'network',
    actor: 'demo',
    method: 'POST',
    path: '/v2.0/subnets',
    body: { subnet: { network_id: '{{machine_net_id}}', ip_version: 4, cidr: '10.78.0.0/24' } },
  },
  {
    name: 'machine-port',
    service: 'network',
    actor: 'demo',
    method: 'POST',
    path: '/v2.0/ports',
    body: { port: { name: '{{run}}-machine', network_id: '{{machine_net_id}}' } },
    capture: { machine_port_id: '/port/id' },
  },
  ...refusals,
  volume('volume-create', 'POST', '/volumes', { body: { volume: { name: '{{run}}-volume', size: 1, metadata: { golden: 'yes' } } }, capture: { volume_id: '/volume/id' } }),
  volume('volume-available', 'GET', '/volumes/{{volume_id}}', { until: { pointer: '/volume/status', in: ['available'], seconds: minute } }),
  volume('volume-list-by-name', 'GET', '/volumes/detail?name={{run}}-volume'),
  compute('server-create', 'POST', '/servers', {
    // "#cloud-config\n"
    body: server({ user_data: 'I2Nsb3VkLWNvbmZpZwo=', metadata: { golden: 'yes' }, config_drive: true }),
    capture: { server_id: '/server/id' },
  }),
  untilStatus('server-active', 'ACTIVE'),
  compute('server-list-by-name', 'GET', '/servers/detail?name=^{{run}}-machine$', { ignore: { '/servers/*/progress': 'shown only in some states' } }),
  compute('server-list-brief', 'GET', '/servers?name=^{{run}}-machine$'),
  compute('server-show-by-other-project', 'GET', '/servers/{{server_id}}', { actor: 'other' }),
  compute('server-interfaces', 'GET', '/servers/{{server_id}}/os-interface'),
  { name: 'machine-port-bound', service: 'network', actor: 'demo', method: 'GET', path: '/v2.0/ports/{{machine_port_id}}', until: { pointer: '/port/device_id', in: ['{{server_id}}'], seconds: minute } },
  { name: 'machine-port-list-by-device', service: 'network', actor: 'demo', method: 'GET', path: '/v2.0/ports?device_id={{server_id}}' },
  compute('server-create-port-in-use', 'POST', '/servers', { body: server({ name: '{{run}}-machine-2' }) }),
  compute('server-attach-volume', 'POST', '/servers/{{server_id}}/os-volume_attachments', { body: { volumeAttachment: { volumeId: '{{volume_id}}' } } }),
  volume('volume-in-use', 'GET', '/volumes/{{volume_id}}', { until: { pointer: '/volume/status', in: ['in-use'], seconds: minute } }),
  compute('server-volumes', 'GET', '/servers/{{server_id}}/os-volume_attachments'),
  compute('server-attach-volume-again', 'POST', '/servers/{{server_id}}/os-volume_attachments', { body: { volumeAttachment: { volumeId: '{{volume_id}}' } } }),
  compute('server-attach-unknown-volume', 'POST', '/servers/{{server_id}}/os-volume_attachments', { body: { volumeAttachment: { volumeId: unknownUuid } } }),
  volume('volume-delete-in-use', 'DELETE', '/volumes/{{volume_id}}'),
  action('server-start-running', 'os-start'),
  action('server-stop', 'os-stop'),
  untilStatus('server-stopped', 'SHUTOFF'),
  action('server-stop-stopped', 'os-stop'),
  action('server-start', 'os-start'),
  untilStatus('server-started', 'ACTIVE'),
  compute('server-reboot', 'POST', '/servers/{{server_id}}/action', { body: { reboot: { type: 'SOFT' } } }),
  untilStatus('server-rebooted', 'ACTIVE'),
  compute('server-unknown-action', 'POST', '/servers/{{server_id}}/action', { body: { 'os-dance': null } }),
  compute('server-detach-volume', 'DELETE', '/servers/{{server_id}}/os-volume_attachments/{{volume_id}}'),
  volume('volume-available-again', 'GET', '/volumes/{{volume_id}}', { until: { pointer: '/volume/status', in: ['available'], seconds: minute } }),
  compute('server-detach-volume-again', 'DELETE', '/servers/{{server_id}}/os-volume_attachments/{{volume_id}}'),
  compute('server-delete', 'DELETE', '/servers/{{server_id}}'),
  compute('server-gone', 'GET', '/servers/{{server_id}}', { until: { status: 404, seconds: minute } }),
  compute('server-delete-again', 'DELETE', '/servers/{{server_id}}'),
  { name: 'machine-port-kept', service: 'network', actor: 'demo', method: 'GET', path: '/v2.0/ports/{{machine_port_id}}', until: { pointer: '/port/device_id', in: [''], seconds: minute }, note: 'a port that was given to the server outlives it' },
  volume('volume-delete', 'DELETE', '/volumes/{{volume_id}}'),
  volume('volume-gone', 'GET', '/volumes/{{volume_id}}', { until: { status: 404, seconds: minute } }),
  { name: 'machine-port-delete', service: 'network', actor: 'demo', method: 'DELETE', path: '/v2.0/ports/{{machine_port_id}}' },
  { name: 'machine-network-delete', service: 'network', actor: 'demo', method: 'DELETE', path: '/v2.0/networks/{{machine_net_id}}', note: 'takes its subnet along' },
];

/** A server and a volume from making to removing. */
export const machines: Topic = { name: 'machines', exchanges: life };
