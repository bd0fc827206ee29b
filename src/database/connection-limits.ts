import type pg from 'pg';

export interface ConnectionLimits {
  readonly connectionTimeoutMillis: number;
  readonly query_timeout: number;
  readonly idle_in_transaction_session_timeout: number;
  readonly keepAlive: boolean;
  readonly keepAliveInitialDelayMillis: number;
  readonly onConnect: (client: pg.ClientBase) => void;
}

/**
 * No connection to PostgreSQL may hold up more than its own work, whatever became of the other end.
 * - `idle_in_transaction_session_timeout`: transactions of ours wait for nothing but the database. One that says nothing for
 *   so long belongs to a process that is stopped or cut off; the server undoes it, so that its locks stop nobody.
 * - `query_timeout`: a server that does not answer (a cable was pulled; TCP alone gives up after a quarter of an hour).
 * - `connectionTimeoutMillis`: waiting for a connection, be it a new one or one that others use.
 * - `onConnect`: between the pool's giving a connection away and its borrower's first look at it nobody listens, and an
 *   'error' that nobody hears ends the process. Whoever uses the connection is told by its next query.
 * All in milliseconds, by the names that node-postgres gives them.
 */
export const connectionLimits: ConnectionLimits = {
  connectionTimeoutMillis: 10_000,
  query_timeout: 30_000,
  idle_in_transaction_session_timeout: 10_000,
  keepAlive: true,
  keepAliveInitialDelayMillis: 10_000,
  onConnect: (client) => client.on('error', () => undefined),
};
