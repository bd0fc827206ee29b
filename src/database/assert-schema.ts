import type { DataSource } from 'typeorm';

/** The database was migrated by another release than this one. */
export class SchemaMismatchError extends Error {
  override readonly name = 'SchemaMismatchError';
}

/**
 * Compares the migrations that were applied with those this release knows: what it would read and write must be there, and
 * nothing that it does not understand. Throws SchemaMismatchError, which says what to do.
 */
export async function assertSchema(dataSource: DataSource): Promise<void> {
  const applied = await appliedMigrations(dataSource);
  assertNotNewer(dataSource, applied);
  const missing = knownMigrations(dataSource).filter((name) => !applied.includes(name));
  if (missing.length > 0) {
    throw new SchemaMismatchError(
      `The database is ${applied.length === 0 ? 'empty' : 'older than this release'}: it lacks ${missing.join(', ')}. Run the migration step (node dist/src/migrate/main.js) first.`,
    );
  }
}

/** The half that a migration step needs too: it must not touch what a later release has made. */
export function assertNotNewer(dataSource: DataSource, applied: readonly string[]): void {
  const unknown = applied.filter((name) => !knownMigrations(dataSource).includes(name));
  if (unknown.length === 0) return;
  throw new SchemaMismatchError(`The database is newer than this release: it has ${unknown.join(', ')}. Run the release that made it, or a later one.`);
}

/** Names of migrations in the order they were applied; none in an empty database. */
export async function appliedMigrations(dataSource: DataSource): Promise<string[]> {
  const [{ exists }]: [{ exists: boolean }] = await dataSource.query(`SELECT to_regclass('migrations') IS NOT NULL AS exists`);
  if (!exists) return [];
  const rows: { name: string }[] = await dataSource.query(`SELECT name FROM migrations ORDER BY id`);
  return rows.map(({ name }) => name);
}

const knownMigrations = ({ migrations }: DataSource): string[] => migrations.map(({ name, constructor }) => name ?? constructor.name);
