/** SQLSTATE classes of a database that is away or in trouble: connection, resources, operator intervention. */
const transientClasses = ['08', '53', '57'];
const connectionErrorCodes = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND', 'CONNECTION_ENDED']);
/** node-postgres reports a connection that ended under a query by text only. */
const connectionTexts = /Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error|driver has already been/i;

/** Whether PostgreSQL could not be asked. Nothing can be saved then: the turn is dropped and the sweep comes back to it. */
export function isDatabaseAway(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = codeOf(error);
  if (code !== undefined && (connectionErrorCodes.has(code) || transientClasses.some((prefix) => /^[0-9A-Z]{5}$/.test(code) && code.startsWith(prefix)))) {
    return true;
  }
  return connectionTexts.test(error.message);
}

function codeOf(error: Error): string | undefined {
  const { code, driverError } = error as { code?: unknown; driverError?: { code?: unknown } };
  const found = driverError?.code ?? code;
  return typeof found === 'string' ? found : undefined;
}
