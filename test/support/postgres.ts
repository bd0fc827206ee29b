import { randomBytes } from 'node:crypto';
import pg from 'pg';
import type { DataSource } from 'typeorm';
import { createDataSource } from '../../src/database/data-source.js';
import { migrate } from '../../src/database/migrate.js';
import { migrateQueue } from '../../src/queue/wake-up-queue.js';
import { testServerUrl } from './postgres-server.js';

export interface TestDatabase {
  readonly url: string;
  readonly dataSource: DataSource;
  /** Ends the connections and drops the database. */
  stop(): Promise<void>;
}

/** A migrated, empty database of its own for one test file, on the run's PostgreSQL server. */
export async function startTestDatabase({ poolSize = 5 } = {}): Promise<TestDatabase> {
  const serverUrl = await testServerUrl();
  const template = await migratedTemplate(serverUrl);
  const name = `test_${randomBytes(6).toString('hex')}`;
  await onServer(serverUrl, (client) => copyTemplate(client, name, template));
  const url = databaseUrl(serverUrl, name);
  const dataSource = createDataSource(url, poolSize);
  await dataSource.initialize();
  return {
    url,
    dataSource,
    stop: async () => {
      await dataSource.destroy();
      await onServer(serverUrl, (client) => client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`));
    },
  };
}

/** Made by whoever comes first in this run; the advisory lock makes the others wait for it. */
async function migratedTemplate(serverUrl: string): Promise<string> {
  const run = /([0-9a-z]+)$/i.exec(process.env['JEROBOAM_TEST_RUN_FOLDER'] ?? '')?.[1] ?? 'shared';
  const template = `template_${run.toLowerCase()}`;
  await onServer(serverUrl, async (client) => {
    await client.query('SELECT pg_advisory_lock(7302027)');
    const known = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [template]);
    if (known.rowCount === 1) return;
    const unfinished = `${template}_unfinished`;
    await client.query(`DROP DATABASE IF EXISTS ${unfinished} WITH (FORCE)`);
    await client.query(`CREATE DATABASE ${unfinished}`);
    await migrate(databaseUrl(serverUrl, unfinished));
    await migrateQueue(databaseUrl(serverUrl, unfinished));
    await client.query(`ALTER DATABASE ${unfinished} RENAME TO ${template}`);
  });
  return template;
}

/** PostgreSQL lets only one session at a time copy a template. */
async function copyTemplate(client: pg.Client, name: string, template: string): Promise<void> {
  await client.query('SELECT pg_advisory_lock(7302027)');
  await client.query(`CREATE DATABASE ${name} TEMPLATE ${template}`);
}

async function onServer(serverUrl: string, work: (client: pg.Client) => Promise<unknown>): Promise<void> {
  const client = new pg.Client({ connectionString: serverUrl });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}

function databaseUrl(serverUrl: string, name: string): string {
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return url.href;
}
