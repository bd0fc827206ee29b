import { isIP } from 'node:net';
import { isObject, type JsonObject } from '../json.js';
import { badValue, refuse } from './octavia-errors.js';

/** What Octavia checks of one attribute of a body. */
export type Attribute =
  | { readonly kind: 'text' | 'boolean' | 'uuid' | 'address' | 'object' | 'texts' | 'cidrs' }
  | { readonly kind: 'number'; readonly min: number; readonly max?: number }
  | { readonly kind: 'one-of'; readonly values: readonly string[] };

export type Attributes = Readonly<Record<string, Attribute>>;

export const text = { kind: 'text' } as const;
export const boolean = { kind: 'boolean' } as const;
export const uuid = { kind: 'uuid' } as const;
export const address = { kind: 'address' } as const;
export const texts = { kind: 'texts' } as const;
export const cidrs = { kind: 'cidrs' } as const;
export const object = { kind: 'object' } as const;
export const number = (min: number, max?: number): Attribute => ({ kind: 'number', min, ...(max !== undefined && { max }) });
export const oneOf = (...values: string[]): Attribute => ({ kind: 'one-of', values });

const uuidForm = /^[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}$/i;

/** The checked object below `key`; null stands for an attribute that was not sent. Throws 400 (500 without the object, as Octavia does). */
export function readBody(body: unknown, key: string, { known, required = [] }: { known: Attributes; required?: readonly string[] }): JsonObject {
  const given = isObject(body) ? body[key] : undefined;
  if (!isObject(given)) throw refuse(500, "'UnsetType' object has no attribute 'project_id'");
  for (const name of Object.keys(given)) {
    if (!Object.hasOwn(known, name)) throw refuse(400, `Unknown attribute for argument ${key}.${key}: ${name}`);
  }
  for (const name of required) if ((given[name] ?? null) === null) throw badValue(name, undefined, 'Mandatory field missing.');
  const checked: JsonObject = {};
  for (const [name, value] of Object.entries(given)) {
    const attribute = known[name];
    if (value === null || attribute === undefined) continue;
    const fault = faultOf(attribute, value);
    if (fault !== undefined) throw badValue(name, value, fault);
    checked[name] = value;
  }
  return checked;
}

function faultOf(attribute: Attribute, value: unknown): string | undefined {
  switch (attribute.kind) {
    case 'text':
      return typeof value === 'string' ? undefined : 'Value should be string';
    case 'boolean':
      return typeof value === 'boolean' ? undefined : `Value not an unambiguous boolean: ${String(value)}`;
    case 'uuid':
      return typeof value === 'string' && uuidForm.test(value) ? undefined : 'Value should be UUID format';
    case 'address':
      return typeof value === 'string' && isIP(value) !== 0 ? undefined : 'Value should be IPv4 or IPv6 format';
    case 'object':
      return isObject(value) ? undefined : 'Value should be an object';
    case 'texts':
      return Array.isArray(value) && value.every((each) => typeof each === 'string') ? undefined : 'Value should be a list of strings';
    case 'cidrs':
      return Array.isArray(value) && value.every((each) => typeof each === 'string' && isCidr(each)) ? undefined : 'Value should be IPv4 or IPv6 CIDR format';
    case 'number':
      return numberFault(attribute, value);
    case 'one-of':
      return attribute.values.includes(String(value)) ? undefined : `Value should be one of: ${attribute.values.join(', ')}`;
  }
}

function numberFault({ min, max }: { min: number; max?: number }, value: unknown): string | undefined {
  const parsed = typeof value === 'number' ? value : Number.NaN;
  if (!Number.isInteger(parsed)) return 'Value should be integer';
  if (parsed < min) return `Value should be greater or equal to ${min}`;
  return max !== undefined && parsed > max ? `Value should be lower or equal to ${max}` : undefined;
}

function isCidr(value: string): boolean {
  const [start = '', bits = ''] = value.split('/');
  const family = isIP(start);
  return family !== 0 && /^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128);
}

/** What is kept of a body: those of `names` that were sent. */
export const keep = <Given extends object, Name extends keyof Given>(given: Given, names: readonly Name[]): Partial<Pick<Given, Name>> =>
  Object.fromEntries(names.filter((name) => given[name] !== undefined).map((name) => [name, given[name]])) as Partial<Pick<Given, Name>>;
