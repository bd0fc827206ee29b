import pg from 'pg';
import { appliedMigrations, assertNotNewer } from './assert-schema.js';
import { defaultConnectionLimits } from './connection-limits.js';
import { createDataSource } from './data-source.js';

/** Any fixed number: whoever migrates this database first takes this advisory lock, the others wait and find nothing to do. */
const migrationLockKey = 7_302_026;

/**
 * Brings the schema up to date; safe to run in several processes at once (TypeORM itself takes no lock). Throws
 * SchemaMismatchError, and changes nothing, when a later release has migrated the database.
 */
export async function migrate(databaseUrl: string): Promise<string[]> {
  const guard = new pg.Client({ connectionString: databaseUrl });
  await guard.connect();
  try {
    await guard.query('SELECT pg_advisory_lock($1)', [migrationLockKey]);
    // A migration may take as long as it needs.
    const dataSource = createDataSource(databaseUrl, 1, { ...defaultConnectionLimits, query_timeout: 0 });
    await dataSource.initialize();
    try {
      assertNotNewer(dataSource, await appliedMigrations(dataSource));
      const applied = await dataSource.runMigrations({ transaction: 'each' });
      return applied.map((migration) => migration.name);
    } finally {
      await dataSource.destroy();
    }
  } finally {
    await guard.end();
  }
}
