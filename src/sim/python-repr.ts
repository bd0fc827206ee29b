/** A JSON value as Python's repr() prints it, because the services quote refused values that way. */
export function pythonRepr(value: unknown): string {
  if (value === null || value === undefined) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'string') return quoted(value);
  if (Array.isArray(value)) return `[${value.map(pythonRepr).join(', ')}]`;
  if (typeof value === 'object') {
    return `{${Object.entries(value).map(([key, inner]) => `${quoted(key)}: ${pythonRepr(inner)}`).join(', ')}}`;
  }
  return JSON.stringify(value);
}

/** Python's str(): like repr, but a bare string stands without quotes. */
export const pythonStr = (value: unknown): string => (typeof value === 'string' ? value : pythonRepr(value));

function quoted(text: string): string {
  const escaped = text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('\r', '\\r').replaceAll('\t', '\\t');
  return text.includes("'") && !text.includes('"') ? `"${escaped}"` : `'${escaped.replaceAll("'", "\\'")}'`;
}
