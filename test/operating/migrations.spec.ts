import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { assertSchema } from '../../src/database/assert-schema.js';
import { createDataSource } from '../../src/database/data-source.js';
import { startTestDatabase, type TestDatabase } from '../support/postgres.js';
import { systemEnvironment } from '../support/system-environment.js';
import { until } from '../support/until.js';

const script = (role: string): string => fileURLToPath(new URL(`../../dist/src/${role}/main.js`, import.meta.url));

interface Ended {
  readonly status: number | null;
  readonly output: string;
}

describe('the migration step as processes run it', () => {
  /** Fully migrated: what the others must come to. */
  let database: TestDatabase;
  beforeAll(async () => {
    database = await startTestDatabase();
  }, 60_000);
  afterAll(() => database.stop());

  function run(role: string): { child: ChildProcess; ended: Promise<Ended> } {
    const settings = {
      JEROBOAM_DATABASE_URL: database.url,
      // Nothing listens there: a process that got past the schema would say something else.
      ...(role === 'migrate' ? {} : { JEROBOAM_OS_AUTH_URL: 'http://127.0.0.1:1/v3', JEROBOAM_OS_USERNAME: 'u', JEROBOAM_OS_PASSWORD: 'p', JEROBOAM_SEALING_KEY: randomBytes(32).toString('base64') }),
    };
    const child = spawn(process.execPath, [script(role)], { env: { ...systemEnvironment(), ...settings }, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (text: Buffer) => (output += text.toString()));
    return { child, ended: once(child, 'close').then(([status]) => ({ status: status as number | null, output })) };
  }

  const sql = <T>(text: string): Promise<T> => database.dataSource.query<T>(text);
  const emptied = async (): Promise<void> => {
    for (const schema of ['public', 'bullmq']) await sql(`DROP SCHEMA IF EXISTS ${schema} CASCADE`);
    await sql('CREATE SCHEMA public');
  };
  /** As an earlier release had left it: the first migration is there, the later ones are not. */
  async function halfMigrated(): Promise<void> {
    await emptied();
    const [first, ...later] = createDataSource(database.url, 1).options.migrations as (new () => unknown)[];
    expect(later.length).toBeGreaterThan(0);
    if (!first) throw new Error('there are no migrations');
    const early = createDataSource(database.url, 1).setOptions({ migrations: [first] });
    await early.initialize();
    await early.runMigrations({ transaction: 'each' });
    await early.destroy();
  }
  /** Columns of all tables, the queue's too. */
  const schema = async (): Promise<unknown[]> =>
    sql(`SELECT table_schema, table_name, column_name, data_type, is_nullable FROM information_schema.columns
         WHERE table_schema IN ('public', 'bullmq') ORDER BY table_schema, table_name, column_name`);

  it.each([
    { from: 'an empty database', prepare: emptied },
    { from: 'a half-migrated one', prepare: halfMigrated },
  ])('brings $from to the same schema, by four processes at once and again', async ({ prepare }) => {
    const wanted = await schema();
    await prepare();
    const ended = await Promise.all([1, 2, 3, 4].map(() => run('migrate').ended));
    expect(ended.filter(({ status }) => status !== 0)).toEqual([]);
    expect(ended.filter(({ output }) => output.startsWith('Applied '))).toHaveLength(1);
    expect(await schema()).toEqual(wanted);
    expect(await run('migrate').ended).toEqual({ status: 0, output: 'The database is up to date.\n' });
  }, 120_000);

  it('is done again after it was killed in the middle of a migration', async () => {
    const wanted = await schema();
    await halfMigrated();
    const gate = new pg.Client({ connectionString: database.url });
    await gate.connect();
    try {
      // The next migration changes nodes: it has begun, and waits for us.
      await gate.query('BEGIN');
      await gate.query('LOCK TABLE nodes IN ACCESS EXCLUSIVE MODE');
      const { child, ended } = run('migrate');
      const isWaiting = async (): Promise<boolean> => {
        const { rows } = await gate.query(`SELECT 1 FROM pg_locks WHERE NOT granted AND relation = 'nodes'::regclass AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`);
        return rows.length > 0;
      };
      await until(isWaiting, { deadlineMs: 60_000, what: 'the migration to wait for the table' });
      child.kill('SIGKILL');
      await ended;
      await gate.query('COMMIT');
    } finally {
      await gate.end();
    }
    expect((await run('migrate').ended).status).toBe(0);
    expect(await schema()).toEqual(wanted);
  }, 120_000);

  it('leaves a newer database alone, and says so, as every process does', async () => {
    await sql(`INSERT INTO migrations (timestamp, name) VALUES (9999999999999, 'FromTheFuture9999999999999')`);
    try {
      const before = await schema();
      for (const role of ['migrate', 'magnum-api', 'conductor', 'all']) {
        const { status, output } = await run(role).ended;
        expect({ role, status }).toEqual({ role, status: 1 });
        expect(output).toContain('The database is newer than this release: it has FromTheFuture9999999999999.');
      }
      expect(await schema()).toEqual(before);
    } finally {
      await sql(`DELETE FROM migrations WHERE name = 'FromTheFuture9999999999999'`);
    }
    await assertSchema(database.dataSource);
  }, 120_000);

  it('is asked for by a process that meets an older database, or an empty one', async () => {
    await halfMigrated();
    const older = await run('conductor').ended;
    expect(older.status).toBe(1);
    expect(older.output).toMatch(/The database is older than this release: it lacks .+\. Run the migration step \(node dist\/src\/migrate\/main\.js\) first\./);
    await emptied();
    const empty = await run('magnum-api').ended;
    expect(empty.status).toBe(1);
    expect(empty.output).toContain('The database is empty: it lacks ');
  }, 120_000);
});
