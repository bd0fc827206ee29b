import { z } from 'zod';

/** Largest value of the integer columns behind these fields. */
const int32Max = 2_147_483_647;

const trueWords = new Set(['true', 't', 'yes', 'y', 'on', '1']);
const falseWords = new Set(['false', 'f', 'no', 'n', 'off', '0']);

/** Horizon sends numbers as text, and Magnum cuts fractions off. */
function readInteger(value: unknown): unknown {
  if (typeof value === 'string' && /^\s*[+-]?\d{1,15}\s*$/.test(value)) return Number(value);
  return typeof value === 'number' && Number.isFinite(value) ? Math.trunc(value) : value;
}

function readBoolean(value: unknown): unknown {
  const word = typeof value === 'number' ? String(value) : typeof value === 'string' ? value.trim().toLowerCase() : undefined;
  if (word === undefined) return value;
  return trueWords.has(word) ? true : falseWords.has(word) ? false : value;
}

/** A whole number within limits, also given as text. */
export function integer(limits: { min: number; max?: number }) {
  const max = limits.max ?? int32Max;
  const expected = limits.max === undefined ? `expected a whole number of at least ${limits.min}` : `expected a whole number from ${limits.min} to ${max}`;
  return z.preprocess(readInteger, z.int({ error: expected }).min(limits.min, { error: expected }).max(max, { error: expected }));
}

/** JSON true or false, or one of the words Magnum takes for them. */
export const boolean = () => z.preprocess(readBoolean, z.boolean({ error: 'expected true or false' }));

/** PostgreSQL's text and jsonb hold neither U+0000 nor half a surrogate pair. */
const storable = (text: string): boolean => !text.includes('\u0000') && !/\p{Surrogate}/u.test(text);

export const isStorable = storable;

export function text(lengthMax = 255, lengthMin = 1) {
  const expected = lengthMin > 0 ? `expected a text of ${lengthMin} to ${lengthMax} characters` : `expected a text of at most ${lengthMax} characters`;
  return z
    .string({ error: expected })
    .min(lengthMin, { error: expected })
    .max(lengthMax, { error: expected })
    .refine(storable, { error: 'expected a text without U+0000 and without halves of surrogate pairs' });
}

/** Absent, or null which means the same. */
export const optional = <Schema extends z.ZodType>(schema: Schema) => schema.nullish();

const labelValueSchema = z.union([z.string(), z.number(), z.boolean()], { error: 'expected a text, a number or a boolean' });

/** Python's way to write a scalar: labels are stored as Magnum's clients expect to read them back. */
export function labelText(value: string | number | boolean): string {
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  return String(value);
}

/** An object whose scalar values become texts. */
export const labels = () =>
  z
    .record(z.string().refine(storable, { error: 'a label name must be storable text' }), labelValueSchema, { error: 'expected an object of labels' })
    .refine((given) => Object.entries(given).every(([key, value]) => storable(key) && storable(String(value))), {
      error: 'expected texts without U+0000 and without halves of surrogate pairs',
    })
    .transform((given): Record<string, string> => Object.fromEntries(Object.entries(given).map(([key, value]) => [key, labelText(value)])));
