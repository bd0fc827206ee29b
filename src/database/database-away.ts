import { QueryRunnerAlreadyReleasedError, QueryRunnerProviderAlreadyReleasedError } from 'typeorm';

/** SQLSTATE classes of a database that is away or in trouble: connection, resources, operator intervention. */
const transientClasses = ['08', '53', '57'];
/**
 * Single states of the same kind: a transaction that was cut because its client said nothing for too long (25P03), a lock
 * that was not to be had (55P03), and one that lost against others (40001, 40P01).
 */
const transientStates = new Set(['25P03', '55P03', '40001', '40P01']);
const connectionErrorCodes = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH', 'ENOTFOUND', 'EAI_AGAIN', 'CONNECTION_ENDED']);
/** node-postgres reports a connection that ended under or before a query, or that does not answer, by text only. */
const connectionTexts =
  /Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error|Client was closed and is not queryable|Query read timeout|driver has already been/i;

/**
 * Whether PostgreSQL could not be asked, or broke off: nothing is known of a COMMIT that ended so, and anything else was
 * undone. A turn is dropped then (the sweep will come back to it), a request is answered 503.
 */
export function isDatabaseAway(error: unknown): boolean {
  // TypeORM's ways to say that the connection broke between two statements of a transaction.
  if (error instanceof QueryRunnerAlreadyReleasedError || error instanceof QueryRunnerProviderAlreadyReleasedError) return true;
  if (!(error instanceof Error)) return false;
  const code = codeOf(error);
  if (code !== undefined && (connectionErrorCodes.has(code) || isTransientState(code))) return true;
  return connectionTexts.test(error.message);
}

const isTransientState = (code: string): boolean =>
  /^[0-9A-Z]{5}$/.test(code) && (transientStates.has(code) || transientClasses.some((prefix) => code.startsWith(prefix)));

function codeOf(error: Error): string | undefined {
  const { code, driverError } = error as { code?: unknown; driverError?: { code?: unknown } };
  const found = driverError?.code ?? code;
  return typeof found === 'string' ? found : undefined;
}
