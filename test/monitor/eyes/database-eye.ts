import pg from 'pg';
import type { DatabaseView } from '../sample.js';

/** A database that answers slower is a gap in what is seen, and no violation (ms). */
const patienceMs = 5_000;

/** The product's tables in plain SQL, over one connection that is made anew when it breaks. */
export class DatabaseEye {
  private client: pg.Client | undefined;

  constructor(private readonly url: string) {}

  /** `clusters`: also show these when they are deleted; `names`: lines of the ledger wanted. */
  async look(clusters: readonly string[], names: readonly string[]): Promise<DatabaseView> {
    const client = await this.connected();
    try {
      const { rows } = await client.query<{ view: DatabaseView }>(question, [clusters, names]);
      const [row] = rows;
      if (!row) throw new Error('the database answered nothing');
      return row.view;
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  async close(): Promise<void> {
    const { client } = this;
    this.client = undefined;
    // What cannot be closed in good order is broken already.
    await client?.end().catch(() => undefined);
  }

  private async connected(): Promise<pg.Client> {
    if (this.client) return this.client;
    const client = new pg.Client({ connectionString: this.url, application_name: 'invariant-monitor', connectionTimeoutMillis: patienceMs, query_timeout: patienceMs });
    // A connection that is cut while nobody asks would end the process; the next look notices it.
    client.on('error', () => (this.client = undefined));
    await client.connect();
    this.client = client;
    return client;
  }
}

const rows = (columns: string, from: string): string => `(SELECT coalesce(json_agg(json_build_object(${columns})), '[]') FROM ${from})`;

/** One statement, hence one moment: everything in it was committed when it began. */
const question = `SELECT json_build_object(
  'clusters', ${rows(`'id', id, 'status', status, 'deleted', deleted_at IS NOT NULL`, 'clusters WHERE deleted_at IS NULL OR id = ANY($1::uuid[])')},
  'operations', ${rows(
    `'id', id, 'cluster', cluster_id, 'group', node_group_id, 'kind', kind, 'state', state, 'input', input`,
    `operations WHERE state IN ('queued', 'running', 'waiting')`,
  )},
  'nodes', ${rows(
    `'id', id, 'cluster', cluster_id, 'group', node_group_id, 'name', name, 'role', role, 'phase', phase, 'server', server_id`,
    `nodes WHERE phase <> 'gone'`,
  )},
  'groups', ${rows(`'id', g.id, 'cluster', g.cluster_id, 'count', g.node_count`, 'node_groups g JOIN clusters c ON c.id = g.cluster_id WHERE c.deleted_at IS NULL')},
  'ledger', ${rows(`'type', type, 'name', name, 'tag', tag`, 'external_resources WHERE name = ANY($2::text[])')},
  'guarded', EXISTS (
    SELECT 1 FROM pg_index WHERE indexrelid = to_regclass('uq_operations_one_active') AND indisunique AND indisvalid AND indislive)
) AS view`;
