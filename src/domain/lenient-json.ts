/** What a text says as JSON; undefined, which fits no schema, when it is none. */
export function lenientJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
