import type { FastifyRequest } from 'fastify';
import { authenticate, hasProject, isAdmin, mayWrite, type ProjectToken } from '../../http/authentication.js';
import { isObject, type JsonObject } from '../../json.js';
import type { SimContext } from '../../sim-context.js';
import { badRequest, HeatError, malformed } from '../heat-error.js';

/** Heat's max_json_body_size. */
const bodySizeMax = 1_048_576;

/** Who asks. Throws 401, and 403 for a project in the path that is not the token's. */
export function callerOf(context: SimContext, request: FastifyRequest): ProjectToken {
  const token = authenticate(context, request);
  const { tenant } = request.params as { tenant: string };
  if (!hasProject(token)) throw forbidden();
  // Administrators may name any project.
  if (token.projectId === tenant) return token;
  if (!isAdmin(token)) throw forbidden();
  return { ...token, projectId: tenant };
}

/** As `callerOf`, for calls that the default policy keeps from readers. */
export function writerOf(context: SimContext, request: FastifyRequest, rule: string): ProjectToken {
  const token = callerOf(context, request);
  if (!mayWrite(token)) throw new HeatError(403, 'Forbidden', `You are not authorized to use stacks:${rule}.`);
  return token;
}

const forbidden = (): HeatError => new HeatError(403, 'HTTPForbidden', 'Access was denied to this resource.');

/** The body as an object. Throws Heat's refusals of text that is no JSON, no object or too large. */
export function bodyOf(request: FastifyRequest): JsonObject {
  const text = request.rawBody;
  const size = Buffer.byteLength(text);
  if (size > bodySizeMax) {
    throw new HeatError(400, 'RequestLimitExceeded', `Request limit exceeded: JSON body size (${size} bytes) exceeds maximum allowed size (${bodySizeMax} bytes).`);
  }
  if (text === '') throw malformed();
  const body = parse(text);
  if (!isObject(body)) throw malformed();
  return body;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw badRequest(pythonComplaint(text));
  }
}

/** The two complaints of Python's json module that matter in practice. */
function pythonComplaint(text: string): string {
  const inObject = /^\s*\{\s*/.exec(text);
  const at = inObject ? inObject[0].length : text.length - text.trimStart().length;
  const complaint = inObject ? 'Expecting property name enclosed in double quotes' : 'Expecting value';
  return `${complaint}: line 1 column ${at + 1} (char ${at})`;
}

/** A query parameter; the last one when it is repeated. */
export function queryOf(request: FastifyRequest, name: string): string | undefined {
  const value = (request.query as Record<string, string | string[] | undefined>)[name];
  return Array.isArray(value) ? value.at(-1) : value;
}

/** Throws 400 for anything that is not true or false. */
export function booleanQuery(request: FastifyRequest, name: string, fallback: boolean): boolean {
  const text = queryOf(request, name);
  if (text === undefined) return fallback;
  const lower = text.toLowerCase();
  if (['true', '1', 't', 'on', 'y', 'yes'].includes(lower)) return true;
  if (['false', '0', 'f', 'off', 'n', 'no'].includes(lower)) return false;
  throw badRequest(`Unrecognized value "${text}" for "${name}", acceptable values are: true, false.`);
}

/** Throws 400 for what is no whole number of at least 0. */
export function integerOf(value: unknown, name: string): number {
  const number = typeof value === 'string' && value.trim() === '' ? Number.NaN : Number(value);
  if (!Number.isInteger(number)) throw badRequest(`Only integer is acceptable by '${name}'.`);
  if (number < 0) throw badRequest(`Value '${String(value)}' is invalid for '${name}' which only accepts non-negative integer.`);
  return number;
}
