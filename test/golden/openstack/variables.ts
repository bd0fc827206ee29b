import type { Json } from './exchange.js';

export type Variables = Map<string, Json>;

/** Thrown when an exchange needs what an earlier one should have captured. */
export class MissingVariableError extends Error {
  constructor(readonly variable: string) {
    super(`the variable ${variable} was not captured by an earlier exchange`);
  }
}

function lookUp(variables: Variables, name: string): Json {
  const value = variables.get(name);
  if (value === undefined) throw new MissingVariableError(name);
  return value;
}

/** `{{name}}` → the variable's text. */
export function renderText(text: string, variables: Variables): string {
  return text.replace(/\{\{(\w+)\}\}/g, (_, name: string) => {
    const value = lookUp(variables, name);
    return typeof value === 'string' ? value : JSON.stringify(value);
  });
}

/** Renders keys and values at every depth; a string that is one whole `{{name}}` becomes the variable with its JSON type. */
export function renderJson(value: Json, variables: Variables): Json {
  if (typeof value === 'string') {
    const whole = /^\{\{(\w+)\}\}$/.exec(value)?.[1];
    return whole === undefined ? renderText(value, variables) : lookUp(variables, whole);
  }
  if (Array.isArray(value)) return value.map((item) => renderJson(item, variables));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [renderText(key, variables), renderJson(item, variables)]));
}

// What a name chosen by people could equal by chance ("public", "demo") stays as it is; identifiers, URLs and tokens do not.
const identifying = /^([0-9a-f]{32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|https?:\/\/.+|gAAAA.+|golden[a-z]{8})$/;

/** Replaces what differs from run to run by placeholders: captured identifiers by their variable, the rest by its kind. */
export function withoutIdentity(text: string, variables: Variables): string {
  const known = [...variables]
    .filter((entry): entry is [string, string] => typeof entry[1] === 'string' && (identifying.test(entry[1]) || entry[0].endsWith('_secret')))
    // The endpoint with the project in its path before the project alone.
    .sort(([, a], [, b]) => b.length - a.length);
  let plain = text;
  for (const [name, value] of known) plain = plain.replaceAll(value, `{{${name}}}`);
  return plain
    .replace(/\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g, '<uuid>')
    .replace(/\b[0-9a-f]{32}\b/g, '<hex>')
    .replace(/\b[0-9a-f]{40,128}\b/g, '<hash>')
    .replace(/\bfa:16:3e(:[0-9a-f]{2}){3}\b/g, '<mac>')
    .replace(/\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2}(\.\d+)?(Z|\+00:00)?/g, '<time>')
    .replace(/ssh-(ed25519|rsa) [\w+/=]+[^"\\]*/g, '<public key>')
    .replace(/gAAAA[\w-]+=*/g, '<token>');
}
