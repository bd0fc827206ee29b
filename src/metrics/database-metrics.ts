import { Gauge } from 'prom-client';
import type { DataSource } from 'typeorm';
import { patiently } from '../domain/deadline.js';
import type { Metrics } from './metrics.js';

interface Count {
  readonly labels: Readonly<Record<string, string>>;
  readonly count: number;
}

interface Reading {
  readonly operations: readonly Count[];
  readonly overdueSeconds: number;
  readonly clusters: readonly Count[];
  readonly nodes: readonly Count[];
  readonly ledger: readonly Count[];
  readonly outbox: number;
}

/** Scrapes within this time share one reading, so that curious monitoring costs the database little (ms). */
const sharedForMs = 5_000;

/**
 * Gauges read from the database at each scrape: what exists and what waits. Every process shows the same; take `max`. While
 * the database does not answer (within `patienceMs`; Prometheus itself gives up after 10 s) they have no samples, and `jeroboam_database_up` is 0.
 */
export function addDatabaseMetrics({ registry }: Metrics, dataSource: DataSource, patienceMs: number): void {
  const reader = new SharedReading(dataSource, patienceMs);
  const gauge = (name: string, help: string, labelNames: string[], samplesOf: (reading: Reading) => readonly Count[]): void => {
    new Gauge({
      name,
      help,
      labelNames,
      registers: [registry],
      async collect() {
        const reading = await reader.read();
        this.reset();
        // A gauge without labels shows 0 after a reset; not to know is something else.
        if (!reading) this.remove();
        else for (const { labels, count } of samplesOf(reading)) this.set(labels, count);
      },
    });
  };
  const single = (count: number): readonly Count[] => [{ labels: {}, count }];
  gauge('jeroboam_operations', 'Unfinished operations, by state and current step.', ['kind', 'state', 'step'], ({ operations }) => operations);
  gauge('jeroboam_operations_overdue_seconds', 'How long the operation that waits longest for a conductor has been due; 0 when none is.', [], (reading) => single(reading.overdueSeconds));
  gauge('jeroboam_clusters', 'Clusters by status, without deleted ones.', ['status'], ({ clusters }) => clusters);
  gauge('jeroboam_nodes', 'Nodes by phase, without those that are gone.', ['role', 'phase'], ({ nodes }) => nodes);
  gauge('jeroboam_ledger_lines', 'External things that were asked for and are not known to be gone.', ['type', 'state'], ({ ledger }) => ledger);
  gauge('jeroboam_outbox_rows', 'Wake-ups that no queue has taken yet.', [], ({ outbox }) => single(outbox));
  new Gauge({
    name: 'jeroboam_database_up',
    help: 'Whether the database answered this scrape.',
    registers: [registry],
    async collect() {
      this.set((await reader.read()) ? 1 : 0);
    },
  });
  new Gauge({
    name: 'jeroboam_database_connections',
    help: 'Connections of this process to the database; waiting counts those who wait for one.',
    labelNames: ['state'],
    registers: [registry],
    collect() {
      const { totalCount, idleCount, waitingCount } = poolOf(dataSource);
      this.set({ state: 'busy' }, totalCount - idleCount);
      this.set({ state: 'idle' }, idleCount);
      this.set({ state: 'waiting' }, waitingCount);
    },
  });
}

interface PoolCounts {
  readonly totalCount: number;
  readonly idleCount: number;
  readonly waitingCount: number;
}

/** node-postgres' own pool, which TypeORM's driver holds as `master`. */
const poolOf = ({ driver }: DataSource): PoolCounts => (driver as unknown as { master: PoolCounts }).master;

class SharedReading {
  private last: { readonly at: number; readonly reading: Promise<Reading | undefined> } | undefined;

  constructor(
    private readonly dataSource: DataSource,
    private readonly patienceMs: number,
  ) {}

  read(): Promise<Reading | undefined> {
    const now = performance.now();
    if (!this.last || now - this.last.at > sharedForMs) this.last = { at: now, reading: this.readNow() };
    return this.last.reading;
  }

  /** Undefined when the database is away, or takes too long. */
  private readNow(): Promise<Reading | undefined> {
    return patiently<Reading | undefined>(this.patienceMs, readDatabase(this.dataSource).catch(() => undefined), () => undefined);
  }
}

async function readDatabase(dataSource: DataSource): Promise<Reading> {
  const [operations, due, clusters, nodes, ledger, outbox] = await Promise.all([
    // The states of ix_operations_due: what has ended is never counted again.
    counts(dataSource, ['kind', 'state', 'step'], `SELECT kind, state, coalesce(step, '') AS step, count(*)::int AS count FROM operations WHERE state IN ('queued', 'running', 'waiting') GROUP BY 1, 2, 3`),
    dataSource.query<[{ seconds: number }]>(
      `SELECT greatest(0, coalesce(extract(epoch FROM clock_timestamp() - min(due_at)), 0))::float8 AS seconds FROM operations
       WHERE state IN ('queued', 'running', 'waiting') AND due_at <= now() AND (lease_until IS NULL OR lease_until <= now())
         AND (state <> 'queued' OR NOT EXISTS (SELECT 1 FROM operations o WHERE o.cluster_id = operations.cluster_id AND o.state IN ('running', 'waiting')))`,
    ),
    counts(dataSource, ['status'], `SELECT status, count(*)::int AS count FROM clusters WHERE deleted_at IS NULL GROUP BY 1`),
    counts(dataSource, ['role', 'phase'], `SELECT role, phase, count(*)::int AS count FROM nodes WHERE phase <> 'gone' GROUP BY 1, 2`),
    counts(dataSource, ['type', 'state'], `SELECT type, state, count(*)::int AS count FROM external_resources WHERE state <> 'gone' GROUP BY 1, 2`),
    dataSource.query<[{ count: number }]>(`SELECT count(*)::int AS count FROM outbox`),
  ]);
  return { operations, overdueSeconds: due[0].seconds, clusters, nodes, ledger, outbox: outbox[0].count };
}

async function counts(dataSource: DataSource, labelNames: readonly string[], sql: string): Promise<Count[]> {
  const rows: Record<string, string | number>[] = await dataSource.query(sql);
  return rows.map((row) => ({ labels: Object.fromEntries(labelNames.map((name) => [name, String(row[name])])), count: Number(row['count']) }));
}
