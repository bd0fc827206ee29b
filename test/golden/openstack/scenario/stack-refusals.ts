import type { Exchange, Json, JsonObject, Topic } from '../exchange.js';
import { faultsFoundAtCreate } from './stack-validation.js';

const minute = 60;
const network: JsonObject = { type: 'OS::Neutron::Net', properties: { name: '{{run}}-refused' } };
const hot = (sections: JsonObject): JsonObject => ({ heat_template_version: '2018-08-31', resources: { network }, ...sections });
const withParameter = (definition: Json): JsonObject => hot({ parameters: { p: definition } });
const constrained = (...constraints: Json[]): JsonObject => withParameter({ type: 'string', constraints });

const create = (name: string, body: Json, more: Partial<Exchange> = {}): Exchange => ({
  name: `stack-create-${name}`,
  service: 'orchestration',
  actor: 'demo',
  method: 'POST',
  path: '/stacks',
  body,
  ...more,
});
const refused = (name: string, more: JsonObject, exchange: Partial<Exchange> = {}): Exchange => create(name, { stack_name: `{{run}}-${name}`, disable_rollback: true, timeout_mins: 10, template: hot({}), ...more }, exchange);
const parameter = (name: string, template: JsonObject, value: Json): Exchange => refused(name, { template, parameters: { p: value } });

const parameters: readonly Exchange[] = [
  refused('missing-parameter', { template: withParameter({ type: 'string' }) }),
  refused('unknown-parameter', { parameters: { nothing: 'x' } }),
  refused('unknown-environment-parameter', { environment: { parameters: { nothing: 'x' } } }),
  parameter('pattern', constrained({ allowed_pattern: '[a-z]+' }), 'UPPER'),
  parameter('pattern-in-part', constrained({ allowed_pattern: '[a-z]+' }), 'lower UPPER'),
  parameter('allowed-values', constrained({ allowed_values: ['a', 'b'] }), 'c'),
  parameter('too-long', constrained({ length: { max: 3 } }), 'four'),
  parameter('too-short', constrained({ length: { min: 3 } }), ''),
  parameter('out-of-range', withParameter({ type: 'number', constraints: [{ range: { min: 1, max: 10 } }] }), 11),
  parameter('no-number', withParameter({ type: 'number' }), 'eleven'),
  parameter('no-boolean', withParameter({ type: 'boolean' }), 'perhaps'),
  parameter('no-json', withParameter({ type: 'json' }), '{"a":'),
  parameter('unknown-image', constrained({ custom_constraint: 'glance.image' }), '{{run}}'),
  parameter('unknown-flavor', constrained({ custom_constraint: 'nova.flavor' }), '{{run}}'),
  parameter('unknown-network', constrained({ custom_constraint: 'neutron.network' }), '{{run}}'),
  parameter('unknown-subnet', constrained({ custom_constraint: 'neutron.subnet' }), '{{run}}'),
  parameter('unknown-keypair', constrained({ custom_constraint: 'nova.keypair' }), '{{run}}'),
  parameter('no-address', constrained({ custom_constraint: 'ip_addr' }), '300.0.0.1'),
  parameter('no-cidr', constrained({ custom_constraint: 'net_cidr' }), '10.0.0.0/99'),
  parameter('null-parameter', withParameter({ type: 'string' }), null),
];

const properties: readonly Exchange[] = [
  refused('property-unknown-flavor', { template: hot({ resources: { server: { type: 'OS::Nova::Server', properties: { image: '{{image_id}}', flavor: '{{run}}', networks: [{ network: '{{public_network_id}}' }] } } } }) }),
  refused('property-unknown-image', { template: hot({ resources: { server: { type: 'OS::Nova::Server', properties: { image: '{{run}}', flavor: '{{flavor_id}}', networks: [{ network: '{{public_network_id}}' }] } } } }) }),
  refused('property-unknown-network', { template: hot({ resources: { port: { type: 'OS::Neutron::Port', properties: { network: '{{run}}' } } } }) }),
  refused('unknown-property', { template: hot({ resources: { network: { ...network, properties: { colour: 'red' } } } }) }),
  refused('unknown-resource', { template: hot({ resources: { network: { ...network, properties: { name: { get_resource: 'nothing' } } } } }) }),
  refused('circular', { template: hot({ resources: { a: { ...network, depends_on: 'b' }, b: { ...network, depends_on: 'a' } } }) }),
  refused('missing-file', { template: hot({ resources: { network: { ...network, properties: { name: { get_file: 'nothing.txt' } } } } }) }),
  refused('missing-nested-file', { template: hot({ resources: { nested: { type: 'nested.yaml' } } }) }),
  refused('server-metadata-a-list', { template: hot({ resources: { server: { type: 'OS::Nova::Server', properties: { image: '{{image_id}}', flavor: '{{flavor_id}}', networks: [{ network: '{{public_network_id}}' }], metadata: ['x'] } } } }) }),
];

const templates: readonly Exchange[] = faultsFoundAtCreate.map(([name, template]) => refused(name, { template }));

const requests: readonly Exchange[] = [
  refused('name-with-digit-first', { stack_name: '1{{run}}' }),
  refused('name-with-space', { stack_name: '{{run}} x' }),
  refused('name-too-long', { stack_name: `{{run}}${'x'.repeat(250)}` }),
  refused('name-a-number', { stack_name: 12 }),
  create('no-name', { template: hot({}) }),
  create('no-template', { stack_name: '{{run}}-refused' }),
  create('template-without-version', { stack_name: '{{run}}-refused', template: { resources: { network } } }),
  create('empty', {}),
  create('body-a-list', []),
  create('malformed-json', null, { rawBody: '{"stack_name": ' }),
  refused('timeout-negative', { timeout_mins: -1 }),
  refused('timeout-text', { timeout_mins: 'soon' }),
  refused('rollback-perhaps', { disable_rollback: 'perhaps' }),
  refused('tag-too-long', { tags: 'x'.repeat(81) }),
  refused('tags-a-list', { tags: ['a', 'b'] }),
  refused('converge', { converge: true }),
  refused('environment-no-map', { environment: 'a: [b' }),
  refused('template-too-large', { template: hot({ description: '{{filler_600_kib}}' }) }),
  refused('body-too-large', { template: hot({ description: '{{filler_1100_kib}}' }) }),
  refused('no-token', {}, { actor: 'none' }),
  refused('bad-token', {}, { actor: 'bad' }),
  refused('by-reader', {}, { actor: 'reader' }),
  refused('foreign-project', {}, { path: '{{orchestration_root_url}}/{{other_project_id}}/stacks' }),
];

const stack = (name: string, method: Exchange['method'], path: string, more: Partial<Exchange> = {}): Exchange => ({ name, service: 'orchestration', actor: 'demo', method, path, ...more });

/** That a refusal changes nothing: the name is still free, and no stack is there. */
const nothingMade: readonly Exchange[] = [
  stack('stack-list-after-refusals', 'GET', '/stacks?name={{run}}-unknown-image'),
  stack('stack-show-unknown-name', 'GET', '/stacks/{{run}}-refused'),
  stack('stack-show-unknown-id', 'GET', '/stacks/{{run}}-refused/01234567-89ab-4cde-8f01-23456789abcd'),
  stack('stack-delete-unknown', 'DELETE', '/stacks/{{run}}-refused/01234567-89ab-4cde-8f01-23456789abcd'),
  stack('stack-delete-unknown-name', 'DELETE', '/stacks/{{run}}-refused'),
  stack('stack-list-no-token', 'GET', '/stacks', { actor: 'none' }),
  stack('stack-list-bad-query', 'GET', '/stacks?limit=many'),
  stack('stack-list-foreign-project', 'GET', '{{orchestration_root_url}}/{{other_project_id}}/stacks'),
  stack('unknown-path', 'GET', '/nothing'),
];

/** Taken where one would expect a refusal; deleted at once. */
const taken: readonly Exchange[] = [
  create('converted-values', {
    stack_name: '{{run}}-converted',
    disable_rollback: 'true',
    timeout_mins: '10',
    tags: '{{run}}-a,{{run}}-b',
    parameters: { number: '7', flag: 'yes', list: ['a', 'b'], map: { a: [1] }, text: 5 },
    template: hot({
      parameters: {
        number: { type: 'number' },
        flag: { type: 'boolean' },
        list: { type: 'comma_delimited_list' },
        map: { type: 'json' },
        text: { type: 'string' },
      },
      resources: { network: { type: 'OS::Neutron::Net', properties: { name: '{{run}}-converted' } } },
    }),
  }, { capture: { converted_id: '/stack/id' } }),
  stack('stack-converted-complete', 'GET', '/stacks/{{run}}-converted/{{converted_id}}', {
    until: { pointer: '/stack/stack_status', in: ['CREATE_COMPLETE', 'CREATE_FAILED'], seconds: 2 * minute },
    same: ['/stack/parameters', '/stack/tags'],
  }),
  create('duplicate', { stack_name: '{{run}}-converted', template: hot({}) }),
  stack('stack-converted-delete', 'DELETE', '/stacks/{{run}}-converted/{{converted_id}}'),
  stack('stack-converted-gone', 'GET', '/stacks/{{run}}-converted', { until: { status: 404, seconds: 2 * minute } }),
];

/** Stacks that Heat refuses to make. */
export const stackRefusals: Topic = { name: 'stack-refusals', exchanges: [...parameters, ...properties, ...templates, ...requests, ...nothingMade, ...taken] };
