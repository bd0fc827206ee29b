import { pythonStr } from '../../python-repr.js';
import { isObject, type JsonObject } from '../../json.js';
import { invalidSchema, TemplateRefusal } from '../heat-error.js';
import { brokenPlainly, type Constraint } from './constraint.js';
import { parseParameter, type ParameterType } from './parameter-value.js';

const types: readonly ParameterType[] = ['string', 'number', 'comma_delimited_list', 'json', 'boolean'];

export interface ParameterSchema {
  name: string;
  type: ParameterType;
  hasDefault: boolean;
  default: unknown;
  label: string | undefined;
  description: string;
  hidden: boolean;
  immutable: boolean;
  tags: unknown[] | undefined;
  constraints: Constraint[];
}

const keys = ['type', 'default', 'label', 'description', 'hidden', 'immutable', 'tags', 'constraints'];

/** Reads one entry of the `parameters` section. Throws InvalidSchemaError; a default of the wrong type is found when it is used. */
export function readParameterSchema(name: string, given: unknown): ParameterSchema {
  if (!isObject(given)) throw invalidSchema(`Invalid parameter (${name}), expected a mapping`);
  const foreign = Object.keys(given).find((key) => !keys.includes(key));
  if (foreign !== undefined) throw invalidSchema(`Invalid key '${foreign}' for parameter (${name})`);
  if (given['type'] === undefined) throw invalidSchema(`Missing parameter type for parameter: ${name}`);
  const type = types.find((known) => known === given['type']);
  if (!type) throw invalidSchema(`Invalid type (${pythonStr(given['type'])})`);
  const constraints = readConstraints(name, given['constraints'], type);
  const schema: ParameterSchema = {
    name,
    type,
    hasDefault: given['default'] !== undefined && given['default'] !== null,
    default: given['default'],
    label: typeof given['label'] === 'string' ? given['label'] : undefined,
    description: typeof given['description'] === 'string' ? given['description'] : '',
    hidden: isTrue(given['hidden']),
    immutable: isTrue(given['immutable']),
    tags: Array.isArray(given['tags']) ? (given['tags'] as unknown[]) : undefined,
    constraints,
  };
  refuseDefault(schema);
  return schema;
}

const isTrue = (value: unknown): boolean => value === true || ['true', 't', '1', 'on', 'yes', 'y'].includes(String(value).toLowerCase());

function refuseDefault(schema: ParameterSchema): void {
  if (!schema.hasDefault) return;
  const value = parsedOrUndefined(schema);
  if (value === undefined) return;
  for (const constraint of schema.constraints) {
    // Whether a name exists in the cloud is asked when the default is used.
    if (constraint.kind === 'custom') continue;
    const reason = brokenPlainly(constraint, value);
    if (reason !== undefined) throw invalidSchema(`Parameter '${schema.name}' is invalid: Invalid default ${String(schema.default)} (${reason})`);
  }
}

function parsedOrUndefined({ name, type, default: given }: ParameterSchema): unknown {
  try {
    return parseParameter(name, type, given);
  } catch (error) {
    if (error instanceof TemplateRefusal) return undefined;
    throw error;
  }
}

function readConstraints(name: string, given: unknown, type: ParameterType): Constraint[] {
  if (given === undefined || given === null) return [];
  if (!Array.isArray(given)) throw invalidSchema(`Invalid parameter constraints for parameter ${name}, expected a list`);
  return (given as unknown[]).map((item) => {
    if (!isObject(item)) throw invalidSchema(`Invalid parameter constraints, expected a mapping`);
    const constraint = readConstraint(item);
    const invalid = invalidFor[constraint.kind];
    if (invalid.types && !invalid.types.includes(type)) {
      throw invalidSchema(`Parameter '${name}' is invalid: ${invalid.title} constraint invalid for ${type}`);
    }
    return constraint;
  });
}

const invalidFor: Record<Constraint['kind'], { title: string; types?: ParameterType[] }> = {
  range: { title: 'Range', types: ['number'] },
  length: { title: 'Length', types: ['string', 'comma_delimited_list', 'json'] },
  modulo: { title: 'Modulo', types: ['number'] },
  allowed_values: { title: 'AllowedValues', types: ['string', 'number', 'boolean', 'comma_delimited_list'] },
  allowed_pattern: { title: 'AllowedPattern', types: ['string'] },
  custom: { title: 'CustomConstraint' },
};

const constraintKeys = ['range', 'length', 'modulo', 'allowed_values', 'allowed_pattern', 'custom_constraint'];

function readConstraint(item: JsonObject): Constraint {
  const foreign = Object.keys(item).find((key) => key !== 'description' && !constraintKeys.includes(key));
  if (foreign !== undefined) throw invalidSchema(`Invalid key '${foreign}' for parameter constraints`);
  const kind = Object.keys(item).find((key) => constraintKeys.includes(key));
  const description = typeof item['description'] === 'string' ? { description: item['description'] } : {};
  const body = kind === undefined ? undefined : item[kind];
  switch (kind) {
    case 'range':
      return { kind, ...limitsOf(kind, body), ...description };
    case 'length':
      return { kind, ...limitsOf(kind, body), ...description };
    case 'modulo':
      return { kind, ...moduloOf(body), ...description };
    case 'allowed_values':
      if (!Array.isArray(body)) throw invalidSchema('Invalid allowed_values constraint, expected a list');
      return { kind, values: body as unknown[], ...description };
    case 'allowed_pattern':
      return { kind, pattern: String(body), ...description };
    case 'custom_constraint':
      return { kind: 'custom', name: String(body), ...description };
    default:
      throw invalidSchema('No constraint expressed');
  }
}

function limitsOf(kind: string, body: unknown): { min?: number; max?: number } {
  if (!isObject(body)) throw invalidSchema(`Invalid ${kind} constraint, expected a mapping`);
  const foreign = Object.keys(body).find((key) => key !== 'min' && key !== 'max');
  if (foreign !== undefined) throw invalidSchema(`Invalid key '${foreign}' for ${kind} constraint`);
  const min = limit(body['min']);
  const max = limit(body['max']);
  if (min === undefined && max === undefined) throw invalidSchema(`A ${kind} constraint must have a min value and/or a max value specified.`);
  return { ...(min === undefined ? {} : { min }), ...(max === undefined ? {} : { max }) };
}

function limit(value: unknown): number | undefined {
  if (value === undefined || value === null) return undefined;
  const number = Number(value);
  if (Number.isNaN(number)) throw invalidSchema('min/max must be numeric');
  return number;
}

function moduloOf(body: unknown): { step: number; offset: number } {
  if (!isObject(body)) throw invalidSchema('Invalid modulo constraint, expected a mapping');
  const [step, offset] = [Number(body['step']), Number(body['offset'])];
  if (Number.isNaN(step) || Number.isNaN(offset)) throw invalidSchema('step/offset must be numeric');
  if (step === 0) throw invalidSchema('step cannot be 0.');
  if (Math.abs(offset) >= Math.abs(step)) throw invalidSchema('offset must be smaller (by absolute value) than step.');
  if (step * offset < 0) throw invalidSchema('step and offset must be both positive or both negative.');
  return { step, offset };
}
