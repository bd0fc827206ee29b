import { isObject, type JsonObject } from '../json.js';
import { pythonStr } from '../python-repr.js';
import { badRequest } from './neutron-errors.js';

/** What an attribute's value may be; `?` allows null. */
export type AttributeType = 'text' | 'text?' | 'boolean' | 'number' | 'number?' | 'list' | 'object' | 'object?' | 'any';

const fits: Record<AttributeType, (value: unknown) => boolean> = {
  text: (value) => typeof value === 'string',
  'text?': (value) => value === null || typeof value === 'string',
  boolean: (value) => typeof value === 'boolean' || value === 'true' || value === 'false' || value === 'True' || value === 'False',
  number: (value) => typeof value === 'number' || (typeof value === 'string' && /^\d+$/.test(value)),
  'number?': (value) => value === null || typeof value === 'number' || (typeof value === 'string' && /^\d+$/.test(value)),
  list: (value) => Array.isArray(value),
  object: isObject,
  'object?': (value) => value === null || isObject(value),
  any: () => true,
};

const words: Record<AttributeType, string> = {
  text: 'string',
  'text?': 'string',
  boolean: 'boolean',
  number: 'integer',
  'number?': 'integer',
  list: 'list',
  object: 'dictionary',
  'object?': 'dictionary',
  any: 'value',
};

/**
 * The body's attributes below `key`. Throws 400 for a body without it, an attribute that Neutron does not know,
 * a value of the wrong type, and a required attribute that is absent.
 */
export function readAttributes(body: unknown, key: string, known: Record<string, AttributeType>, required: string[] = []): JsonObject {
  const given = isObject(body) ? body[key] : undefined;
  if (!isObject(given)) throw badRequest(isObject(body) ? `Unable to find '${key}' in request body` : 'Resource body required');
  const unknown = Object.keys(given).filter((name) => known[name] === undefined);
  if (unknown.length > 0) throw badRequest(`Unrecognized attribute(s) '${unknown.join(', ')}'`);
  for (const name of required) if (given[name] === undefined) throw badRequest(`Failed to parse request. Required attribute '${name}' not specified`);
  for (const [name, value] of Object.entries(given)) {
    const type = known[name] ?? 'any';
    if (!fits[type](value)) throw badRequest(`Invalid input for ${name}. Reason: '${pythonStr(value)}' is not a valid ${words[type]}.`);
  }
  return given;
}

/** Neutron takes booleans as text too. */
export const truth = (value: unknown, otherwise: boolean): boolean => (value === undefined ? otherwise : value === true || value === 'true' || value === 'True');

export const text = (value: unknown, otherwise: string): string => (typeof value === 'string' ? value : otherwise);

export const texts = (value: unknown): string[] => (Array.isArray(value) ? value.filter((each): each is string => typeof each === 'string') : []);
