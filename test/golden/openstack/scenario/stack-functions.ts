import type { Exchange, Json, JsonObject, Topic } from '../exchange.js';
import { creation, deletion, stack } from './stack-exchanges.js';

const param = (...steps: Json[]): Json => ({ get_param: steps.length === 1 ? (steps[0] ?? null) : steps });

/** A few cheap resources, and an output for each function that templates use. */
const template: JsonObject = {
  heat_template_version: '2018-08-31',
  description: 'Functions',
  parameters: {
    word: { type: 'string', default: 'lower' },
    secret: { type: 'string', hidden: true },
    flag: { type: 'boolean', default: true },
    count: { type: 'number', default: 3 },
    ports: { type: 'comma_delimited_list', default: '80,443' },
    empty_list: { type: 'comma_delimited_list', default: '' },
    map: { type: 'json', default: {} },
  },
  conditions: {
    flagged: { equals: [param('flag'), true] },
    counted: { equals: [param('count'), 3] },
    both: { and: ['flagged', 'counted'] },
    neither: { not: { or: ['flagged', 'counted'] } },
    named: { not: { equals: [param('word'), ''] } },
  },
  resources: {
    group: {
      type: 'OS::Neutron::SecurityGroup',
      properties: {
        name: { list_join: ['-', [param('OS::stack_name'), param('word')]] },
        rules: { repeat: { for_each: { '%port%': param('ports') }, template: { protocol: 'tcp', port_range_min: '%port%', port_range_max: '%port%' } } },
      },
    },
    network: { type: 'OS::Neutron::Net', properties: { name: { str_replace: { template: 'N-WORD', params: { WORD: param('OS::stack_name') } } } } },
    never: { type: 'OS::Neutron::SecurityGroup', condition: 'neither', properties: { name: 'never' } },
    named_group: { type: 'OS::Neutron::SecurityGroup', condition: 'named', depends_on: ['group'], properties: { name: { if: ['both', 'yes', 'no'] }, description: { get_file: 'notes.txt' } } },
  },
  outputs: {
    stack_name: { value: param('OS::stack_name') },
    stack_id: { value: param('OS::stack_id') },
    project_id: { value: param('OS::project_id') },
    replaced: { value: { str_replace: { template: 'A=$a AB=$ab', params: { $a: param('word'), $ab: param('count') } } } },
    replaced_list: { value: { str_replace: { template: 'L=LIST M=MAP', params: { LIST: param('ports'), MAP: param('map') } } } },
    joined: { value: { list_join: [',', param('ports'), ['x', 'y']] } },
    joined_empty: { value: { list_join: [',', param('empty_list')] } },
    list: { value: param('ports') },
    empty_list: { value: param('empty_list') },
    element: { value: param('ports', 1) },
    inner: { value: param('map', 'a', 'b', 0) },
    map: { value: param('map') },
    number: { value: param('count') },
    boolean: { value: param('flag') },
    secret: { value: param('secret') },
    file: { value: { get_file: 'notes.txt' } },
    file_replaced: { value: { str_replace: { template: { get_file: 'notes.txt' }, params: { NAME: param('word') } } } },
    chosen: { value: { if: ['neither', 'yes', { if: ['both', 'inner', 'other'] }] } },
    repeated: { value: { repeat: { for_each: { P: param('ports') }, template: 'tcp:P' } } },
    concatenated: { value: { list_concat: [param('ports'), ['8080']] } },
    merged: { value: { map_merge: [param('map'), { c: 2 }] } },
    shown: { condition: 'both', value: 'shown' },
    hidden: { condition: 'neither', value: 'hidden' },
    network_name: { value: { get_attr: ['network', 'name'] } },
    described: { description: 'A description', value: { get_resource: 'network' } },
  },
};

const path = '/stacks/{{run}}-functions/{{functions_stack_id}}';
const exchanges: readonly Exchange[] = [
  ...creation('functions', template, { secret: 'hush-{{run}}', map: { a: { b: ['deep'] } } }, { files: { 'notes.txt': 'Dear NAME,\nhello.\n' } }),
  stack('functions-network', 'GET', `${path}/resources/network`, { capture: { functions_network_id: '/resource/physical_resource_id' } }),
  stack('functions-show', 'GET', path, { same: ['/stack/outputs/*/output_value', '/stack/parameters'], note: 'the secret itself is in an output: outputs are not hidden' }),
  stack('functions-resources', 'GET', `${path}/resources`),
  stack('functions-group', 'GET', `${path}/resources/group`),
  stack('functions-files', 'GET', `${path}/files`),
  stack('functions-environment', 'GET', `${path}/environment`),
  ...deletion('functions'),
];

/** What the template language computes: outputs are compared by value. */
export const stackFunctions: Topic = { name: 'stack-functions', exchanges };
