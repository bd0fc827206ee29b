import { QueryFailedError, type EntityManager } from 'typeorm';

/** Inserts one row; keys of `values` are column names and come from code, never from a request. */
export async function insertRow(manager: EntityManager, table: string, values: Readonly<Record<string, unknown>>): Promise<void> {
  const columns = Object.keys(values);
  const places = columns.map((_, index) => `$${index + 1}`);
  await manager.query(`INSERT INTO ${table} (${columns.join(', ')}) VALUES (${places.join(', ')})`, Object.values(values));
}

/** PostgreSQL's unique_violation. */
const uniqueViolation = '23505';

export const isUniqueViolation = (error: unknown): boolean =>
  error instanceof QueryFailedError && 'code' in error.driverError && error.driverError.code === uniqueViolation;
