import { isObject, type JsonObject } from '../../json.js';
import { pythonRepr, pythonStr } from '../../python-repr.js';
import { HeatError, TemplateRefusal } from '../heat-error.js';
import { Expressions } from './expression.js';
import { pythonType } from './text-functions.js';
import { hotVersion, isAtLeast, type HotVersion } from './version.js';

export interface ResourceDefinition {
  name: string;
  type: string;
  properties: JsonObject;
  metadata: JsonObject;
  dependsOn: string[];
  deletionPolicy: 'Delete' | 'Retain';
  /** A name, a boolean or a call; undefined when the resource is unconditional. */
  condition: unknown;
  externalId: unknown;
  description: string;
}

export interface OutputDefinition {
  name: string;
  value: unknown;
  description: string;
  condition: unknown;
}

export interface Template {
  version: HotVersion;
  description: string;
  parameters: JsonObject;
  parameterGroups: unknown;
  conditions: JsonObject;
  resources: ResourceDefinition[];
  outputs: OutputDefinition[];
  expressions: Expressions;
}

const sections = ['heat_template_version', 'description', 'parameter_groups', 'parameters', 'resources', 'outputs'];

/** Reads the sections of a HOT template. Throws HeatError for what Heat refuses before it looks at types and properties. */
export function readTemplate(given: JsonObject): Template {
  const version = hotVersion(given['heat_template_version']);
  const hasConditions = isAtLeast(version, '2016-10-14');
  const known = hasConditions ? [...sections, 'conditions'] : sections;
  const foreign = Object.keys(given).find((section) => !known.includes(section));
  if (foreign !== undefined) throw new TemplateRefusal(`The template section is invalid: ${foreign}`);
  const expressions = new Expressions(version);
  const conditions = given['conditions'] ?? {};
  if (!isObject(conditions)) {
    throw new TemplateRefusal(`Condition definitions must be a map. Found a ${pythonType(conditions)} instead`, '', 'Conditions validation error');
  }
  for (const [name, definition] of Object.entries(conditions)) refuseNonCondition(name, definition, expressions);
  return {
    version,
    description: given['description'] === undefined ? 'No description' : pythonStr(given['description']),
    parameters: sectionOf(refusedList(given['parameters'], new HeatError(400, 'AttributeError', null))),
    parameterGroups: given['parameter_groups'],
    conditions,
    resources: Object.entries(sectionOf(refusedList(given['resources'], new TemplateRefusal("'list' object has no attribute 'items'")))).map(([name, body]) => readResource(name, body, version)),
    outputs: Object.entries(sectionOf(refusedList(given['outputs'], new HeatError(400, 'AttributeError', null)))).map(([name, body]) => readOutput(name, body)),
    expressions,
  };
}

/** Empty lists and the like are taken for empty sections. */
const sectionOf = (section: unknown): JsonObject => (isObject(section) ? section : {});

/** Heat stumbles over a section that is a list with something in it. */
function refusedList(section: unknown, refusal: HeatError): unknown {
  if (Array.isArray(section) && section.length > 0) throw refusal;
  return section;
}

function refuseNonCondition(name: string, definition: unknown, expressions: Expressions): void {
  if (typeof definition === 'boolean' || expressions.isCall(definition, 'condition')) return;
  // Functions of properties are named as such later, with their place.
  if (expressions.isCall(definition, 'value')) return;
  throw new TemplateRefusal(
    `The definition of condition "${name}" is invalid: ${typeof definition === 'string' ? definition : pythonRepr(definition)}`,
    '',
    'Condition validation error',
  );
}

const resourceKeys: Record<string, { kind: 'string' | 'object' | 'list or string' | 'any'; since: HotVersion }> = {
  type: { kind: 'string', since: '2013-05-23' },
  properties: { kind: 'object', since: '2013-05-23' },
  metadata: { kind: 'object', since: '2013-05-23' },
  depends_on: { kind: 'list or string', since: '2013-05-23' },
  deletion_policy: { kind: 'string', since: '2013-05-23' },
  update_policy: { kind: 'object', since: '2013-05-23' },
  description: { kind: 'string', since: '2013-05-23' },
  external_id: { kind: 'any', since: '2016-10-14' },
  condition: { kind: 'any', since: '2016-10-14' },
};

function readResource(name: string, body: unknown, version: HotVersion): ResourceDefinition {
  if (name.includes('/')) throw new TemplateRefusal('Resource name may not contain "/"');
  if (!isObject(body)) throw new TemplateRefusal(`"resources" must contain a map of resource maps. Found a [<class '${pythonType(body)}'>] instead`);
  for (const key of Object.keys(body)) {
    const rule = resourceKeys[key];
    if (!rule) throw new TemplateRefusal(`"${key}" is not a valid keyword inside a resource definition`);
    if (!isAtLeast(version, rule.since)) throw new TemplateRefusal(`Invalid keyword(s) inside a resource definition: ${key}`);
  }
  if (body['type'] === undefined || body['type'] === null) throw new TemplateRefusal('Each resource must contain a type key.');
  for (const [key, { kind }] of Object.entries(resourceKeys)) {
    const value = body[key];
    if (value !== undefined && value !== null && !isOfKind(value, kind)) throw new TemplateRefusal(`Resource ${name} ${key} type must be ${kind}`);
  }
  if (isObject(body['update_policy']) && Object.keys(body['update_policy']).length > 0) {
    throw new TemplateRefusal('update_policy is not part of the simulated Heat.', `resources.${name}.update_policy`);
  }
  const dependsOn = body['depends_on'] ?? [];
  return {
    name,
    type: pythonStr(body['type']),
    properties: sectionOf(body['properties']),
    metadata: sectionOf(body['metadata']),
    dependsOn: (Array.isArray(dependsOn) ? dependsOn : [dependsOn]).map(pythonStr),
    deletionPolicy: deletionPolicy(name, body['deletion_policy'], version),
    condition: body['condition'],
    externalId: body['external_id'],
    description: typeof body['description'] === 'string' ? body['description'] : '',
  };
}

function isOfKind(value: unknown, kind: 'string' | 'object' | 'list or string' | 'any'): boolean {
  switch (kind) {
    case 'any':
      return true;
    case 'string':
      return typeof value === 'string';
    case 'object':
      return isObject(value);
    case 'list or string':
      return typeof value === 'string' || Array.isArray(value);
  }
}

/** Lower case is allowed since newton. */
function deletionPolicy(resource: string, given: unknown, version: HotVersion): 'Delete' | 'Retain' {
  if (given === undefined || given === null) return 'Delete';
  const text = pythonStr(given);
  const canonical = isAtLeast(version, '2016-10-14') ? text.charAt(0).toUpperCase() + text.slice(1) : text;
  if (canonical === 'Delete' || canonical === 'Retain') return canonical;
  if (canonical === 'Snapshot') {
    throw new TemplateRefusal('"Snapshot" deletion policy not supported', `resources.${resource}.deletion_policy`);
  }
  throw new TemplateRefusal(`Invalid deletion policy "${text}"`);
}

function readOutput(name: string, body: unknown): OutputDefinition {
  const label = 'Output validation error';
  if (!isObject(body)) throw new TemplateRefusal(`Output definitions must be a map. Found a ${pythonType(body)} instead`, `outputs.${name}`, label);
  if (!('value' in body)) throw new TemplateRefusal('Each output definition must contain a value key.', `outputs.${name}`, label);
  return {
    name,
    value: body['value'],
    description: body['description'] === undefined ? 'No description given' : pythonStr(body['description']),
    condition: body['condition'],
  };
}
