/**
 * Reads what Node's network errors say. By their fields, not by their class: errors from another realm (a worker, a test's
 * sandbox) are no instances of our Error.
 */
interface Failure {
  readonly message: string;
  readonly code?: unknown;
  readonly cause?: unknown;
  /** A host with several addresses fails with one error an address. */
  readonly errors?: readonly unknown[];
}

/** The reason in words for a person, with the code when the words do not have it. */
export function failureReason(error: unknown): string {
  if (!isFailure(error)) return String(error);
  const [code] = failureCodes(error);
  const text = error.message === '' && error.errors ? error.errors.map(failureReason).join('; ') : error.message;
  return code === undefined || text.includes(code) ? text : `${text} (${code})`;
}

/** The codes of the innermost errors that have one, for example ECONNREFUSED. */
export function failureCodes(error: unknown): string[] {
  if (!isFailure(error)) return [];
  if (error.errors) return error.errors.flatMap(failureCodes);
  if (typeof error.code === 'string') return [error.code];
  return failureCodes(error.cause);
}

const isFailure = (error: unknown): error is Failure =>
  typeof error === 'object' && error !== null && 'message' in error && typeof error.message === 'string';
