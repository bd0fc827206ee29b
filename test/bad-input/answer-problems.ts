import type { ApiOperation } from './openapi.js';
import { schemaProblems } from './schema-problems.js';
import type { WireAnswer } from './send-request.js';

/** Words of our inside that no answer may show: stack traces, SQL, names of libraries' errors. */
const inside = /\bat .+:\d+:\d+|node:internal|node_modules|\.ts\b|QueryFailed|syntax error at or near|violates|invalid input (syntax|value)|relation "|column "|TypeError|RangeError|SyntaxError|ECONN|Something went wrong on our side|ZodError/;

/**
 * What is wrong with an answer, as sentences: a 5xx, an error without its documented form, a success that the document
 * does not know. `operation` is undefined for calls that the document does not have.
 */
export function answerProblems({ status, headers, text }: WireAnswer, method: string, operation: ApiOperation | undefined): string[] {
  if (status >= 500) return [`status ${status}: ${text.slice(0, 500)}`];
  if (status >= 400) return method === 'HEAD' ? [] : errorProblems(status, String(headers['content-type']), text);
  if (status >= 300) return [`status ${status}, a redirect`];
  if (!operation) return [];
  if (!operation.answers.has(status)) return [`status ${status}, which the document does not have`];
  const schema = operation.answers.get(status);
  if (!schema) return [];
  const body = parsed(text);
  return body === undefined ? [`no JSON: ${text.slice(0, 200)}`] : schemaProblems(body, schema);
}

function errorProblems(status: number, type: string, text: string): string[] {
  const body = parsed(text);
  if (!type.startsWith('application/json') || typeof body !== 'object' || body === null) return [`status ${status} without a JSON object: ${type} ${text.slice(0, 200)}`];
  const message = messageOf(body, status);
  if (message === undefined || message.trim() === '') return [`status ${status} without a message: ${text.slice(0, 200)}`];
  return inside.test(message) ? [`a message that shows our inside: ${message.slice(0, 500)}`] : [];
}

/** 401 has Keystone's form, an unsupported microversion that of OpenStack's guideline, all else Magnum's. */
function messageOf(body: object, status: number): string | undefined {
  if (status === 401) return textAt(body, 'error', 'message');
  const errors: unknown = 'errors' in body ? body.errors : undefined;
  const [first] = Array.isArray(errors) ? (errors as unknown[]) : [];
  if (typeof first !== 'object' || first === null) return undefined;
  if (status === 406 && 'min_version' in first) return textAt({ first }, 'first', 'description');
  return textAt({ first }, 'first', 'title') === undefined ? undefined : textAt({ first }, 'first', 'detail');
}

function textAt(body: object, outer: string, inner: string): string | undefined {
  const object: unknown = (body as Record<string, unknown>)[outer];
  const value: unknown = typeof object === 'object' && object !== null ? (object as Record<string, unknown>)[inner] : undefined;
  return typeof value === 'string' ? value : undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // no JSON: every caller says so
  }
}
