import type { EntityManager } from 'typeorm';

/** Inserts one row; keys of `values` are column names and come from code, never from a request. */
export async function insertRow(manager: EntityManager, table: string, values: Readonly<Record<string, unknown>>): Promise<void> {
  const columns = Object.keys(values);
  const places = columns.map((_, index) => `$${index + 1}`);
  await manager.query(`INSERT INTO ${table} (${columns.join(', ')}) VALUES (${places.join(', ')})`, Object.values(values));
}
