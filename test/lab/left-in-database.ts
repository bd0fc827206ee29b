import pg from 'pg';
import type { Leftover } from './leftovers.js';

/** What the product itself still keeps of deleted clusters: secrets, and external things that its ledger does not call gone. */
export async function leftInDatabase(databaseUrl: string, clusterIds: readonly string[]): Promise<Leftover[]> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const secrets = await client.query<{ name: string }>('SELECT name FROM secrets WHERE cluster_id = ANY($1)', [clusterIds]);
    const things = await client.query<{ name: string; state: string }>(`SELECT name, state FROM external_resources WHERE cluster_id = ANY($1) AND state <> 'gone'`, [clusterIds]);
    return [
      ...secrets.rows.map(({ name }) => ({ kind: 'secret', id: name, name })),
      ...things.rows.map(({ name, state }) => ({ kind: `line of the ledger (${state})`, id: name, name })),
    ];
  } finally {
    await client.end();
  }
}
