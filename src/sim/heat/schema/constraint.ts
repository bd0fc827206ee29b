import { isDeepStrictEqual } from 'node:util';
import { HeatError } from '../heat-error.js';
import { pythonJson } from '../python-json.js';

export type Constraint =
  | { kind: 'range'; min?: number; max?: number; description?: string }
  | { kind: 'length'; min?: number; max?: number; description?: string }
  | { kind: 'modulo'; step: number; offset: number; description?: string }
  | { kind: 'allowed_values'; values: readonly unknown[]; description?: string }
  | { kind: 'allowed_pattern'; pattern: string; description?: string }
  | { kind: 'custom'; name: string; description?: string };

export const range = (min?: number, max?: number): Constraint => ({ kind: 'range', ...bounds(min, max) });
export const length = (min?: number, max?: number): Constraint => ({ kind: 'length', ...bounds(min, max) });
export const allowed = (...values: unknown[]): Constraint => ({ kind: 'allowed_values', values });
export const custom = (name: string): Constraint => ({ kind: 'custom', name });

const bounds = (min?: number, max?: number): { min?: number; max?: number } => ({
  ...(min === undefined ? {} : { min }),
  ...(max === undefined ? {} : { max }),
});

/** Looks a value up in the cloud (or in a syntax); returns why it is none, or undefined when it is one. */
export type CustomCheck = (name: string, value: unknown) => Promise<string | undefined>;

/** Why the value breaks the constraint, in Heat's words; undefined when it keeps it. */
export async function brokenBy(constraint: Constraint, value: unknown, customCheck: CustomCheck): Promise<string | undefined> {
  const reason = constraint.kind === 'custom' ? await customCheck(constraint.name, value) : brokenPlainly(constraint, value);
  return reason !== undefined && constraint.description !== undefined ? constraint.description : reason;
}

export function brokenPlainly(constraint: Exclude<Constraint, { kind: 'custom' }>, value: unknown): string | undefined {
  switch (constraint.kind) {
    case 'range':
      return within(Number(value), constraint) ? undefined : `${Number(value)} is out of range (${limits(constraint)})`;
    case 'length': {
      const size = lengthOf(value);
      return within(size, constraint) ? undefined : `length (${size}) is out of range (${limits(constraint)})`;
    }
    case 'modulo': {
      const { step, offset } = constraint;
      // As Python's %, whose result has the sign of the divisor.
      const rest = (((Number(value) - offset) % step) + step) % step;
      return rest === 0 ? undefined : `${Number(value)} is not a multiple of ${step} with an offset of ${offset}`;
    }
    case 'allowed_values': {
      const isAllowed = (item: unknown): boolean => constraint.values.some((one) => isDeepStrictEqual(one, item) || isSameNumber(one, item));
      const fits = Array.isArray(value) ? value.every(isAllowed) : isAllowed(value);
      return fits ? undefined : `${pythonJson(value)} is not an allowed value ${pythonJson(constraint.values)}`;
    }
    case 'allowed_pattern':
      return matchesWholly(constraint.pattern, String(value)) ? undefined : `"${String(value)}" does not match pattern "${constraint.pattern}"`;
  }
}

const within = (value: number, { min, max }: { min?: number; max?: number }): boolean =>
  (min === undefined || value >= min) && (max === undefined || value <= max);
const limits = ({ min, max }: { min?: number; max?: number }): string => `min: ${min ?? 'None'}, max: ${max ?? 'None'}`;

/** A property of type string may name an allowed number: '6' is protocol 6. */
const isSameNumber = (one: unknown, item: unknown): boolean => typeof one === 'number' && typeof item === 'string' && item === String(one);

function lengthOf(value: unknown): number {
  if (typeof value === 'string') return value.match(/./gsu)?.length ?? 0;
  if (Array.isArray(value)) return value.length;
  return typeof value === 'object' && value !== null ? Object.keys(value).length : 0;
}

function matchesWholly(pattern: string, value: string): boolean {
  try {
    return new RegExp(`^(?:${pattern})$`, 'u').test(value);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return matchesWhollyLegacy(pattern, value);
  }
}

/** Without the u flag JavaScript accepts escapes such as `\-` outside of classes, as Python does. */
function matchesWhollyLegacy(pattern: string, value: string): boolean {
  try {
    return new RegExp(`^(?:${pattern})$`).test(value);
  } catch (error) {
    if (error instanceof SyntaxError) throw new HeatError(500, 'RemoteError', null);
    throw error;
  }
}
