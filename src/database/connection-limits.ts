import type pg from 'pg';
import { configSchema, type Config } from '../config/config.js';

export interface ConnectionLimits {
  readonly connectionTimeoutMillis: number;
  readonly query_timeout: number;
  readonly idle_in_transaction_session_timeout: number;
  readonly keepAlive: boolean;
  readonly keepAliveInitialDelayMillis: number;
  readonly onConnect: (client: pg.ClientBase) => void;
}

type LimitSettings = Pick<Config, 'DATABASE_CONNECT_TIMEOUT_SECONDS' | 'DATABASE_QUERY_TIMEOUT_SECONDS' | 'DATABASE_TRANSACTION_IDLE_SECONDS'>;

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
export const connectionLimits = (settings: LimitSettings): ConnectionLimits => ({
  connectionTimeoutMillis: settings.DATABASE_CONNECT_TIMEOUT_SECONDS * 1000,
  query_timeout: settings.DATABASE_QUERY_TIMEOUT_SECONDS * 1000,
  idle_in_transaction_session_timeout: settings.DATABASE_TRANSACTION_IDLE_SECONDS * 1000,
  keepAlive: true,
  keepAliveInitialDelayMillis: 10_000,
  onConnect: (client) => client.on('error', () => undefined),
});

/** Those of whoever has no configuration but the database's URL, such as migrations: the settings' defaults. */
export const defaultConnectionLimits: ConnectionLimits = connectionLimits(
  configSchema.pick({ DATABASE_CONNECT_TIMEOUT_SECONDS: true, DATABASE_QUERY_TIMEOUT_SECONDS: true, DATABASE_TRANSACTION_IDLE_SECONDS: true }).parse({}),
);
