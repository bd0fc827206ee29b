import type { Exchange, JsonObject, Topic } from '../exchange.js';
import { creation, deletion, stack, stackPath } from './stack-exchanges.js';

const minute = 60;
const path = stackPath('facade');
const nobody = '01234567-89ab-4cde-8f01-23456789abcd';

const groupTemplate: JsonObject = { heat_template_version: '2021-04-16', resources: { kube_minions: { type: 'kube-minions.yaml' } } };

/** One value a member, named by its index, and the servers in an output. */
function membersFile(members: Readonly<Record<string, string>>): JsonObject {
  const resources = Object.fromEntries(Object.keys(members).map((index) => [index, { type: 'OS::Heat::Value', properties: { type: 'string', value: `node-${index}` } }]));
  const nested = { heat_template_version: '2021-04-16', description: 'members', resources, outputs: { refs_map: { value: { ...members } } } };
  return { 'kube-minions.yaml': JSON.stringify(nested) };
}

const content = (files: JsonObject): JsonObject => ({ template: groupTemplate, files, parameters: {}, tags: '{{run}},{{run}}-facade', disable_rollback: true, timeout_mins: 10 });

const externalFile: JsonObject = {
  'kube-minions.yaml': JSON.stringify({ heat_template_version: '2021-04-16', resources: { '0': { type: 'OS::Nova::Server', external_id: nobody } } }),
};

/** Sent as an operation sends it, and awaited. */
const update = (name: string, method: 'PUT' | 'PATCH', body: JsonObject): readonly Exchange[] => [
  stack(name, method, path, { body }),
  stack(`${name}-settled`, 'GET', `${path}?resolve_outputs=false`, { until: { pointer: '/stack/stack_status', in: ['UPDATE_COMPLETE', 'UPDATE_FAILED'], seconds: 3 * minute } }),
];

/** The six reads of cluster-autoscaler's magnum provider; `nested_url` is where the second redirect leads. */
const reads = (when: string): readonly Exchange[] => [
  stack(`facade-${when}-find`, 'GET', '/stacks/{{facade_stack_id}}'),
  stack(`facade-${when}-minions`, 'GET', `${path}/resources/kube_minions`, { capture: { nested_stack_id: '/resource/physical_resource_id' } }),
  stack(`facade-${when}-find-nested`, 'GET', '/stacks/{{nested_stack_id}}', { capture: { nested_url: 'header:location' } }),
  stack(`facade-${when}-members`, 'GET', '{{nested_url}}/resources'),
  stack(`facade-${when}-nested`, 'GET', '{{nested_url}}', { same: ['/stack/outputs/0/output_value'] }),
  stack(`facade-${when}-members-by-id`, 'GET', '/stacks/{{nested_stack_id}}/resources'),
];

/** A group's stack that shows its members to people who read Heat: made empty, told of members, and removed. */
export const facade: Topic = {
  name: 'facade',
  exchanges: [
    ...creation('facade', groupTemplate, {}, { files: membersFile({}) }),
    ...reads('empty'),
    ...update('facade-grown', 'PUT', content(membersFile({ '0': 'server-a', '1': 'server-b' }))),
    ...reads('grown'),
    stack('facade-member', 'GET', '{{nested_url}}/resources/0'),
    stack('facade-member-unknown', 'GET', '{{nested_url}}/resources/7'),
    stack('facade-nested-output', 'GET', '{{nested_url}}/outputs/refs_map', { same: ['/output/output_value'] }),
    stack('facade-nested-template', 'GET', '{{nested_url}}/template'),
    stack('facade-resources', 'GET', `${path}/resources`),
    stack('facade-resources-in-depth', 'GET', `${path}/resources?nested_depth=2`),
    stack('facade-list-by-tag', 'GET', '/stacks?tags={{run}}', { note: 'nested stacks are not listed' }),
    stack('facade-files', 'GET', `${path}/files`),
    ...update('facade-shrunk', 'PUT', content(membersFile({ '1': 'server-b', '2': 'server-c' }))),
    ...reads('shrunk'),
    ...update('facade-same-again', 'PUT', content(membersFile({ '1': 'server-b', '2': 'server-c' }))),
    ...update('facade-patched', 'PATCH', { files: membersFile({ '2': 'server-c' }) }),
    stack('facade-patched-nested', 'GET', '{{nested_url}}', { same: ['/stack/outputs/0/output_value'] }),
    stack('facade-update-without-template', 'PUT', path, { body: { files: membersFile({}), parameters: {} } }),
    stack('facade-update-without-file', 'PUT', path, { body: content({}) }),
    stack('facade-update-broken-file', 'PUT', path, { body: content({ 'kube-minions.yaml': '{"heat_template_version": "2021-04-16", "resources": {"0": {"type": "OS::Nobody::Knows"}}}' }) }),
    stack('facade-update-missing-server', 'PUT', path, { body: content(externalFile), note: 'one server that is gone, and no update is taken' }),
    stack('facade-update-unknown-stack', 'PUT', `/stacks/{{run}}-facade/${nobody}`, { body: content(membersFile({})) }),
    stack('facade-update-unknown-parameter', 'PUT', path, { body: { ...content(membersFile({})), parameters: { colour: 'red' } } }),
    stack('facade-update-by-reader', 'PUT', path, { actor: 'reader', body: content(membersFile({})) }),
    stack('facade-still-shown', 'GET', '{{nested_url}}', { note: 'what was refused has changed nothing', same: ['/stack/outputs/0/output_value'] }),
    ...deletion('facade'),
    stack('facade-update-deleted', 'PUT', path, { body: content(membersFile({})) }),
    stack('facade-nested-gone', 'GET', '{{nested_url}}?resolve_outputs=false', { ignore: { '/stack/deletion_time': 'written a moment after the status' } }),
  ],
};
