import type { Exchange, Json, JsonObject, Topic } from '../exchange.js';

const version = '2018-08-31';
const group: JsonObject = { type: 'OS::Neutron::SecurityGroup', properties: { name: 'golden', rules: [] } };
const network: JsonObject = { type: 'OS::Neutron::Net', properties: { name: 'golden' } };

const validate = (name: string, template: Json, more: Partial<Exchange> = {}): Exchange => ({
  name: `validate-${name}`,
  service: 'orchestration',
  actor: 'demo',
  method: 'POST',
  path: '/validate',
  body: { template },
  ...more,
});
const hot = (sections: JsonObject): JsonObject => ({ heat_template_version: version, ...sections });
/** One network, `changed` as said. */
const withNetwork = (changed: JsonObject): JsonObject => hot({ resources: { network: { ...network, ...changed } } });
const withParameter = (definition: Json): JsonObject => hot({ parameters: { p: definition }, resources: { network } });
const withOutput = (value: Json): JsonObject => hot({ resources: { network, group }, outputs: { o: { value } } });

const parametersOfAllTypes: JsonObject = {
  name: { type: 'string', description: 'A name', default: 'golden', constraints: [{ length: { min: 1, max: 20 } }, { allowed_pattern: '[a-z]+', description: 'lower case only' }] },
  size: { type: 'number', default: 10, constraints: [{ range: { min: 1, max: 100 } }] },
  even: { type: 'number', default: 2, constraints: [{ modulo: { step: 2, offset: 0 } }] },
  wanted: { type: 'boolean', default: false },
  colour: { type: 'string', default: 'red', constraints: [{ allowed_values: ['red', 'green'] }] },
  list: { type: 'comma_delimited_list', default: 'a,b' },
  map: { type: 'json', default: { a: 1 } },
  secret: { type: 'string', hidden: true, label: 'A secret', default: 'hush' },
  image: { type: 'string', constraints: [{ custom_constraint: 'glance.image' }] },
  flavor: { type: 'string', constraints: [{ custom_constraint: 'nova.flavor' }] },
};

const accepted: readonly Exchange[] = [
  validate('unknown-resource-in-output', withOutput({ get_resource: 'nothing' })),
  validate('server-without-network', hot({ resources: { server: { type: 'OS::Nova::Server', properties: { image: '{{image_id}}', flavor: '{{flavor_id}}' } } } })),
  validate('parameters', hot({ description: 'All kinds', parameters: parametersOfAllTypes, resources: { network } })),
  validate('text', `heat_template_version: ${version}\nparameters:\n  name: {type: string}\nresources:\n  network:\n    type: OS::Neutron::Net\n    properties: {name: {get_param: name}}\n`, {
    note: 'a parameter without a value is no error here',
  }),
  validate('version-as-date', `heat_template_version: 2018-08-31\nresources:\n  network: {type: OS::Neutron::Net}\n`, { note: 'YAML reads the version as a date' }),
  validate('version-name', { heat_template_version: 'rocky', resources: { network } }),
  validate('no-resources', hot({})),
  validate('conditions', hot({
    parameters: { wanted: { type: 'boolean', default: true } },
    conditions: { on: { equals: [{ get_param: 'wanted' }, true] }, off: { not: 'on' } },
    resources: { network: { ...network, condition: 'on' }, group: { ...group, condition: { and: ['on', 'off'] } } },
    outputs: { id: { condition: 'on', value: { get_resource: 'network' } }, either: { value: { if: ['on', { get_resource: 'network' }, ''] } } },
  })),
  validate('environment', withParameter({ type: 'string' }), { body: { template: withParameter({ type: 'string' }), environment: { parameters: { p: 'x' } } } }),
  validate('unknown-parameter', withParameter({ type: 'string' }), { body: { template: withParameter({ type: 'string' }), parameters: { q: 'x' } } }),
  validate('parameter-against-constraint', hot({}), {
    body: { template: withParameter({ type: 'string', constraints: [{ allowed_values: ['a'] }] }), parameters: { p: 'b' } },
  }),
  validate('unknown-image-as-default', withParameter({ type: 'string', default: 'golden-no-image', constraints: [{ custom_constraint: 'glance.image' }] })),
  validate('unknown-flavor-in-property', hot({ resources: { server: { type: 'OS::Nova::Server', properties: { flavor: 'golden-no-flavor', image: '{{image_id}}', networks: [{ network: '{{public_network_id}}' }] } } } })),
];

/** Faults that a validation does not see: it answers 200, and only the create is refused. */
export const faultsFoundAtCreate: readonly (readonly [name: string, template: JsonObject])[] = [
  ['missing-property', hot({ resources: { subnet: { type: 'OS::Neutron::Subnet', properties: { cidr: '10.0.0.0/24' } } } })],
  ['property-wrong-type', withNetwork({ properties: { admin_state_up: 'perhaps' } })],
  ['property-map-for-string', withNetwork({ properties: { name: { a: 1 } } })],
  ['property-not-allowed', hot({ resources: { subnet: { type: 'OS::Neutron::Subnet', properties: { network: '{{public_network_id}}', cidr: '10.0.0.0/24', ip_version: 5 } } } })],
  ['property-bad-cidr', hot({ resources: { subnet: { type: 'OS::Neutron::Subnet', properties: { network: '{{public_network_id}}', cidr: '10.0.0.0/99' } } } })],
  ['property-bad-rule', withNetwork({ type: 'OS::Neutron::SecurityGroup', properties: { rules: [{ protocol: 'tcp', port_range_min: 'low' }] } })],
  ['unknown-function', withNetwork({ properties: { name: { get_thing: 'x' } } })],
  ['unknown-parameter-reference', withNetwork({ properties: { name: { get_param: 'nothing' } } })],
  ['default-no-number', withParameter({ type: 'number', default: 'many' })],
  ['list-join-no-list', withNetwork({ properties: { name: { list_join: ['-', 'x'] } } })],
  ['get-file-unknown', withNetwork({ properties: { name: { get_file: 'nothing.txt' } } })],
  ['server-without-flavor', hot({ resources: { server: { type: 'OS::Nova::Server', properties: { image: '{{image_id}}' } } } })],
  ['port-without-network', hot({ resources: { port: { type: 'OS::Neutron::Port', properties: { name: 'x' } } } })],
  ['volume-size-zero', hot({ resources: { volume: { type: 'OS::Cinder::Volume', properties: { size: 0 } } } })],
];

const refusedTemplates: readonly Exchange[] = [
  validate('unknown-property', withNetwork({ properties: { colour: 'red' } })),
  validate('unknown-resource-type', withNetwork({ type: 'OS::Neutron::Nothing' })),
  validate('unknown-resource', withNetwork({ properties: { name: { get_resource: 'nothing' } } })),
  validate('attribute-of-unknown-resource', withOutput({ get_attr: ['nothing', 'name'] })),
  validate('unknown-attribute', withOutput({ get_attr: ['network', 'colour'] })),
  validate('depends-on-unknown', withNetwork({ depends_on: 'nothing' })),
  validate('circular', hot({ resources: { a: { ...network, depends_on: 'b' }, b: { ...network, depends_on: 'a' } } })),
  validate('circular-by-reference', hot({ resources: { a: { ...network, properties: { name: { get_resource: 'b' } } }, b: { ...network, properties: { name: { get_resource: 'a' } } } } })),
  validate('depends-on-itself', withNetwork({ depends_on: 'network' })),
  validate('unknown-version', { heat_template_version: '2099-01-01', resources: { network } }),
  validate('missing-version', { resources: { network } }),
  validate('unknown-section', hot({ resources: { network }, colours: {} })),
  validate('resource-without-type', hot({ resources: { network: { properties: {} } } })),
  validate('resource-unknown-key', withNetwork({ colour: 'red' })),
  validate('resource-not-a-map', hot({ resources: { network: 'OS::Neutron::Net' } })),
  validate('resources-a-list', hot({ resources: [network] })),
  validate('properties-a-list', withNetwork({ properties: ['name'] })),
  validate('unknown-parameter-type', withParameter({ type: 'colour' })),
  validate('parameter-without-type', withParameter({ default: 'x' })),
  validate('parameter-unknown-key', withParameter({ type: 'string', colour: 'red' })),
  validate('unknown-constraint', withParameter({ type: 'string', constraints: [{ colour: 'red' }] })),
  validate('constraint-wrong-type', withParameter({ type: 'string', constraints: [{ range: { min: 1 } }] })),
  validate('constraint-empty-range', withParameter({ type: 'number', constraints: [{ range: {} }] })),
  validate('default-against-constraint', withParameter({ type: 'string', default: 'b', constraints: [{ allowed_values: ['a'] }] })),
  validate('unknown-condition', withNetwork({ condition: 'nothing' })),
  validate('bad-condition', hot({ conditions: { on: { maybe: true } }, resources: { network } })),
  validate('condition-with-resource', hot({ conditions: { on: { equals: [{ get_resource: 'network' }, 1] } }, resources: { network } })),
  validate('if-two-arguments', withNetwork({ properties: { name: { if: ['on', 'x'] } } }), { body: { template: hot({ conditions: { on: true }, resources: { network: { ...network, properties: { name: { if: ['on', 'x'] } } } } }) } }),
  validate('str-replace-without-params', withNetwork({ properties: { name: { str_replace: { template: 'x' } } } })),
  validate('output-without-value', hot({ resources: { network }, outputs: { o: { description: 'nothing' } } })),
  validate('bad-deletion-policy', withNetwork({ deletion_policy: 'Perhaps' })),
  validate('one-name-for-two', hot({ parameters: { network: { type: 'string', default: 'x' } }, resources: { network } })),
  validate('yaml-syntax', 'heat_template_version: 2018-08-31\nresources: [unclosed\n'),
  validate('template-a-list', '- a\n- b\n'),
  validate('template-empty', ''),
  validate('template-null', null),
];

const refusedRequests: readonly Exchange[] = [
  validate('no-template', {}, { body: {} }),
  { name: 'validate-malformed-json', service: 'orchestration', actor: 'demo', method: 'POST', path: '/validate', rawBody: '{"template":' },
  { name: 'validate-no-body', service: 'orchestration', actor: 'demo', method: 'POST', path: '/validate' },
  validate('template-too-large', hot({ description: '{{filler_600_kib}}', resources: { network } })),
  validate('body-too-large', hot({ description: '{{filler_1100_kib}}', resources: { network } })),
  validate('no-token', hot({ resources: { network } }), { actor: 'none' }),
  validate('bad-token', hot({ resources: { network } }), { actor: 'bad' }),
  validate('by-reader', hot({ resources: { network } }), { actor: 'reader' }),
  validate('foreign-project', hot({ resources: { network } }), { path: '{{orchestration_root_url}}/{{other_project_id}}/validate' }),
];

/** Templates that Heat takes, and many that it does not. */
export const stackValidation: Topic = { name: 'stack-validation', exchanges: [...accepted, ...faultsFoundAtCreate.map(([name, template]) => validate(name, template)), ...refusedTemplates, ...refusedRequests] };
