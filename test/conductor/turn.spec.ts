import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { takeLease } from '../../src/conductor/operation/operation-lease.js';
import { Turn } from '../../src/conductor/operation/turn.js';
import { startTestDatabase, type TestDatabase } from '../support/postgres.js';
import { until } from '../support/until.js';

const times = { leaseMs: 2_000, renewMs: 50 };

describe('the lease of a turn', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await startTestDatabase({ poolSize: 6 });
  }, 60_000);
  afterAll(() => database.stop());

  const sql = <T>(text: string, parameters: unknown[] = []): Promise<T> => database.dataSource.query<T>(text, parameters);

  async function startTurn(): Promise<{ turn: Turn; id: string }> {
    const id = randomUUID();
    await sql(`INSERT INTO operations (id, cluster_id, project_id, kind, state, waiting_for, due_at) VALUES ($1, $2, 'p', 'cluster-create', 'queued', 'a conductor', now())`, [id, randomUUID()]);
    const askedAt = performance.now();
    const record = await takeLease(database.dataSource, id, 'me', times.leaseMs / 1000, 'event');
    return { turn: new Turn(database.dataSource, id, record?.fence ?? -1, times, askedAt), id };
  }

  const leaseOf = async (id: string): Promise<string> => {
    const [row] = await sql<{ lease: string }[]>(`SELECT coalesce(lease_until::text, 'free') AS lease FROM operations WHERE id = $1`, [id]);
    return row?.lease ?? 'no such operation';
  };
  const backendsWaiting = async (): Promise<number> => {
    const [row] = await sql<{ count: number }[]>(`SELECT count(*)::int AS count FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`);
    return row?.count ?? 0;
  };

  it('is renewed while the turn lasts', async () => {
    const { turn, id } = await startTurn();
    const first = await leaseOf(id);
    await until(async () => (await leaseOf(id)) > first, { what: 'the lease to be renewed' });
    turn.end();
  }, 30_000);

  it('is given back for good when the turn ends, even with a renewal on its way', async () => {
    const { turn, id } = await startTurn();
    const holder = database.dataSource.createQueryRunner();
    await holder.startTransaction();
    // As a turn saves its last move: the renewal waits for the row, the turn ends, then the renewal gets its turn.
    await holder.query(`UPDATE operations SET state = 'waiting', lease_owner = NULL, lease_until = NULL WHERE id = $1`, [id]);
    await until(async () => (await backendsWaiting()) > 0, { what: 'the renewal to wait for the row' });
    turn.end();
    await holder.commitTransaction();
    await holder.release();
    await until(async () => (await backendsWaiting()) === 0, { what: 'the renewal to be over' });
    expect(await leaseOf(id)).toBe('free');
    const record = await takeLease(database.dataSource, id, 'other', times.leaseMs / 1000, 'event');
    expect(record?.fence).toBe(turn.fence + 1);
  }, 30_000);
});
