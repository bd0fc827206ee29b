/** A value as Python's json.dumps() writes it: a blank after each comma and colon. Heat shows JSON parameters and refused values so. */
export function pythonJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(pythonJson).join(', ')}]`;
  if (typeof value === 'object' && value !== null) {
    return `{${Object.entries(value).map(([key, inner]) => `${JSON.stringify(key)}: ${pythonJson(inner)}`).join(', ')}}`;
  }
  return value === undefined ? 'null' : JSON.stringify(value);
}
