const lengthMax = 1000;

/**
 * The service's own words out of an error body: each service wraps them differently (Keystone and Heat `error.message`,
 * Nova and Cinder `{<kind>: {message}}`, Neutron `NeutronError.message`, Magnum `errors[0].detail`, Glance HTML). One line,
 * at most 1000 characters; `fallback` when the body says nothing.
 */
export function errorMessage(body: string, fallback: string): string {
  const message = fromJson(body) ?? fromHtml(body);
  const line = message.replace(/\s+/g, ' ').trim();
  if (line === '') return fallback;
  return line.length > lengthMax ? `${line.slice(0, lengthMax)}…` : line;
}

function fromJson(body: string): string | undefined {
  if (!/^\s*[{["]/.test(body)) return undefined;
  try {
    return messageIn(JSON.parse(body)) ?? '';
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Keys that hold the words, the most telling first. */
const messageKeys = ['message', 'detail', 'explanation', 'faultstring', 'description', 'title'];

function messageIn(value: unknown, depth = 0): string | undefined {
  if (typeof value === 'string') return value;
  if (value === null || typeof value !== 'object' || depth > 3) return undefined;
  const fields: readonly (readonly [string, unknown])[] = Object.entries(value);
  // The wrapped form first: Heat's outer explanation is the HTTP status's, its inner message the reason.
  for (const [, inner] of fields) {
    if (inner === null || typeof inner !== 'object') continue;
    const found = messageIn(inner, depth + 1);
    if (found !== undefined) return found;
  }
  const [only, ...others] = fields;
  if (only && others.length === 0 && typeof only[1] === 'string') return only[1];
  for (const key of messageKeys) {
    const text = fields.find(([name]) => name === key)?.[1];
    if (typeof text === 'string' && text !== '') return text;
  }
  return undefined;
}

const entities: Readonly<Record<string, string>> = { '&lt;': '<', '&gt;': '>', '&quot;': '"', '&#39;': "'", '&#x27;': "'", '&amp;': '&' };

function fromHtml(body: string): string {
  return body
    .replace(/<head[\s\S]*?<\/head>/i, ' ')
    .replace(/<h1[\s\S]*?<\/h1>/i, ' ')
    .replace(/<[^>]+>/g, ' ')
    .replace(/&(?:lt|gt|quot|#39|#x27|amp);/g, (entity) => entities[entity] ?? entity);
}
