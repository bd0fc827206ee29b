import jsonPatch, { type Operation } from 'fast-json-patch';
import { z } from 'zod';
import { InvalidParameterError } from '../../domain/domain-error.js';
import { parsePythonLiteral } from './python-literal.js';

/** Body of a PATCH: RFC 6902 as far as Magnum takes it. Values are scalars; objects travel as text. */
export const patchSchema = z
  .array(
    z.strictObject({
      op: z.enum(['add', 'replace', 'remove']),
      path: z
        .string({ error: 'expected a path such as /name' })
        .regex(/^(\/[\p{L}\p{N}_-]+)+$/u, { error: 'expected a path such as /name or /labels/key' })
        .max(1024),
      value: z.union([z.string(), z.int(), z.boolean()], { error: 'expected a text, a whole number or a boolean' }).nullish(),
    }),
    { error: 'expected a list of operations {op, path, value}' },
  )
  .max(1000)
  .meta({ id: 'JsonPatch' });
export type Patch = z.infer<typeof patchSchema>;

export interface PatchRules {
  /** Paths nobody patches. */
  readonly internal: ReadonlySet<string>;
  /** Attributes that cannot be removed. */
  readonly mandatory: ReadonlySet<string>;
  /** What a removed attribute becomes; null for those not named. */
  readonly defaults: Readonly<Record<string, unknown>>;
}

const internalEverywhere = ['/created_at', '/id', '/links', '/updated_at', '/uuid', '/project_id', '/user_id'];

export const internalPaths = (...more: string[]): ReadonlySet<string> => new Set([...internalEverywhere, ...more]);

/** `replace` of these parses its text as a Python literal. */
const literalPaths = new Set(['/labels', '/health_status_reason', '/node_labels', '/node_taints']);

type Attributes = Readonly<Record<string, unknown>>;

/** The attributes after all operations; throws InvalidParameterError at the first that does not fit, and then nothing counts. */
export function applyPatch(attributes: Attributes, patch: Patch, rules: PatchRules): Record<string, unknown> {
  let current: Record<string, unknown> = structuredClone({ ...attributes });
  for (const operation of patch) current = applyOne(current, operation, rules);
  return current;
}

function applyOne(current: Record<string, unknown>, { op, path, value }: Patch[number], rules: PatchRules): Record<string, unknown> {
  if (rules.internal.has(path)) throw refused(path, 'it is set by the service and cannot be changed');
  const name = path.slice(1);
  const isRoot = !name.includes('/');
  if (op === 'remove') {
    if (rules.mandatory.has(path)) throw refused(path, 'it is mandatory and cannot be removed');
    if (isRoot && Object.hasOwn(current, name)) return { ...current, [name]: rules.defaults[name] ?? null };
    return applyStandard(current, { op, path });
  }
  if (value === null || value === undefined) throw refused(path, `operation ${op} needs a value`);
  if (op === 'add' && isRoot) {
    if (!Object.hasOwn(current, name)) throw refused(path, 'there is no such attribute');
    if (current[name] !== null) throw refused(path, "it has a value already: use operation 'replace'");
  }
  const parsed = op === 'replace' && literalPaths.has(path) && typeof value === 'string' ? literal(path, value) : value;
  return applyStandard(current, { op, path, value: parsed });
}

function applyStandard(current: Record<string, unknown>, operation: Operation): Record<string, unknown> {
  if (leadsToInherited(current, operation)) throw refused(operation.path, 'there is nothing at this path');
  try {
    return jsonPatch.applyOperation(current, operation, true, false).newDocument;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    throw refused(operation.path, error instanceof jsonPatch.JsonPatchError ? patchReason(error) : 'it cannot be addressed');
  }
}

/** Whether a path goes by something that every object has from birth, such as `constructor`, which the library takes for a member. */
function leadsToInherited(document: unknown, { op, path }: Operation): boolean {
  const keys = path.split('/').slice(1);
  const existing = op === 'add' ? keys.slice(0, -1) : keys;
  let value = document;
  for (const key of existing) {
    if (typeof value !== 'object' || value === null) return false;
    if (!Object.hasOwn(value, key) && key in value) return true;
    value = (value as Record<string, unknown>)[key];
  }
  return false;
}

/** fast-json-patch appends the whole document to its messages; its error names are enough. */
function patchReason(error: jsonPatch.JsonPatchError): string {
  switch (error.name) {
    case 'OPERATION_PATH_UNRESOLVABLE':
    case 'OPERATION_PATH_CANNOT_ADD':
      return 'there is nothing at this path';
    case 'OPERATION_PATH_ILLEGAL_ARRAY_INDEX':
    case 'OPERATION_VALUE_OUT_OF_BOUNDS':
      return 'the list has no such place';
    default:
      return 'the operation does not fit';
  }
}

function literal(path: string, text: string): unknown {
  const parsed = parsePythonLiteral(text);
  if (parsed.ok) return parsed.value;
  throw refused(path, `its text is no Python literal such as {'key': 'value'} (${parsed.problem})`);
}

const refused = (path: string, reason: string): InvalidParameterError => new InvalidParameterError(`Cannot patch ${path}: ${reason}.`);
