import { isObject, type JsonObject } from '../../json.js';
import { pythonRepr, pythonStr } from '../../python-repr.js';
import { TemplateRefusal } from '../heat-error.js';
import { brokenBy, type CustomCheck } from './constraint.js';
import type { PropertySchema, PropertySchemas } from './property-schema.js';

/** Where a map of properties stands (`resources.a.properties`) and what the resource's type is called. */
interface Place {
  path: string;
  typeName: string;
}

const refuse = (message: string, path: string): TemplateRefusal => new TemplateRefusal(message, path, 'Property error');

/** Refuses names that the type does not have, and those that it has but the simulator does not. */
export function refuseUnknownProperties(given: JsonObject, schemas: PropertySchemas, { path, typeName }: Place): void {
  for (const [name, value] of Object.entries(given)) {
    const schema = Object.hasOwn(schemas, name) ? schemas[name] : undefined;
    if (!schema) throw refuse(`Unknown Property ${name}`, path);
    if (schema.notSimulated && value !== null) throw refuse(`${name} of ${typeName} is not part of the simulated Heat`, `${path}.${name}`);
  }
}

/**
 * Checks evaluated properties and returns them with their proper types and with defaults filled in; properties that are neither
 * given nor have a default are absent. Throws StackValidationFailed.
 */
export async function checkProperties(given: JsonObject, schemas: PropertySchemas, place: Place, customCheck: CustomCheck): Promise<JsonObject> {
  refuseUnknownProperties(given, schemas, place);
  const checked: JsonObject = {};
  for (const [name, schema] of Object.entries(schemas)) {
    const value = given[name];
    if (value === undefined || value === null) {
      if (schema.required) throw refuse(`Property ${name} not assigned`, place.path);
      if (schema.default !== undefined) checked[name] = schema.default;
      continue;
    }
    checked[name] = await checkValue(value, schema, { ...place, path: `${place.path}.${name}` }, customCheck);
  }
  return checked;
}

async function checkValue(given: unknown, schema: PropertySchema, place: Place, customCheck: CustomCheck): Promise<unknown> {
  const value = await typed(given, schema, place, customCheck);
  for (const constraint of schema.constraints ?? []) {
    const reason = await brokenBy(constraint, value, customCheck);
    if (reason !== undefined) throw refuse(reason, place.path);
  }
  return value;
}

async function typed(given: unknown, schema: PropertySchema, place: Place, customCheck: CustomCheck): Promise<unknown> {
  switch (schema.type) {
    case 'any':
      return given;
    case 'string':
      if (typeof given === 'object') throw refuse(`Value must be a string; got ${pythonRepr(given)}`, place.path);
      return pythonStr(given);
    case 'integer':
    case 'number':
      return toNumber(given, schema.type, place.path);
    case 'boolean':
      return toBoolean(given, place.path);
    case 'list': {
      if (!Array.isArray(given)) throw refuse(`"${pythonRepr(given)}" is not a list`, place.path);
      const { items } = schema;
      if (!items) return given as unknown[];
      const checked: unknown[] = [];
      for (const [index, item] of (given as unknown[]).entries()) {
        checked.push(await checkValue(item, items, { ...place, path: `${place.path}[${index}]` }, customCheck));
      }
      return checked;
    }
    case 'map':
      if (!isObject(given)) throw refuse(`"${pythonRepr(given)}" is not a map`, place.path);
      return schema.keys ? checkProperties(given, schema.keys, place, customCheck) : given;
  }
}

function toNumber(given: unknown, type: 'integer' | 'number', path: string): number {
  const number = typeof given === 'object' || given === '' ? Number.NaN : Number(given);
  if (Number.isNaN(number)) {
    throw refuse(type === 'integer' ? `Value ${pythonRepr(given)} is not an integer` : `Value ${pythonRepr(given)} is not a number`, path);
  }
  return type === 'integer' ? Math.trunc(number) : number;
}

function toBoolean(given: unknown, path: string): boolean {
  if (typeof given === 'boolean') return given;
  const text = String(given).toLowerCase();
  if (text === 'true') return true;
  if (text === 'false') return false;
  throw refuse(`"${pythonStr(given)}" is not a valid boolean`, path);
}
