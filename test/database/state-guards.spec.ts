import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestDatabase, type TestDatabase } from '../support/postgres.js';
import { installStateGuards, stateViolations } from '../support/state-guards.js';
import { startMs } from '../support/start-ms.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await startTestDatabase();
  await installStateGuards(database.dataSource);
}, startMs);
afterAll(() => database.stop());

const query = (sql: string, parameters: unknown[] = []): Promise<unknown> => database.dataSource.query(sql, parameters);

async function violationsOf(work: () => Promise<unknown>): Promise<string[]> {
  await query('DELETE FROM state_violations');
  await work();
  return stateViolations(database.dataSource);
}

/** A cluster and the create that drives it, in one statement as the API commits them. */
async function newCluster(): Promise<string> {
  const id = randomUUID();
  await query(
    `WITH cluster AS (
       INSERT INTO clusters (id, project_id, user_id, name, cluster_template_id, floating_ip_enabled, master_lb_enabled, status, spec)
       VALUES ($1, 'p', 'u', 'c', $1, true, false, 'CREATE_IN_PROGRESS', '{}') RETURNING id)
     INSERT INTO operations (id, cluster_id, project_id, kind, state, waiting_for) SELECT id, id, 'p', 'cluster-create', 'queued', 'a conductor' FROM cluster`,
    [id],
  );
  return id;
}

describe('the guards of states', () => {
  it('let pass what the tables know', async () => {
    const seen = await violationsOf(async () => {
      const id = await newCluster();
      await query(`UPDATE operations SET state = 'running' WHERE id = $1`, [id]);
      await query(`WITH ended AS (UPDATE operations SET state = 'failed' WHERE id = $1) UPDATE clusters SET status = 'CREATE_FAILED' WHERE id = $1`, [id]);
    });
    expect(seen).toEqual([]);
  });

  it('write down a change that the tables do not know', async () => {
    const id = await newCluster();
    expect(await violationsOf(() => query(`UPDATE operations SET state = 'succeeded' WHERE id = $1`, [id]))).toContain(
      `operations ${id}: state queued>succeeded`,
    );
    expect(await violationsOf(() => query(`UPDATE clusters SET status = 'UPDATE_COMPLETE' WHERE id = $1`, [id]))).toEqual([
      `clusters ${id}: status CREATE_IN_PROGRESS>UPDATE_COMPLETE`,
    ]);
  });

  it('write down a cluster in progress that nothing drives', async () => {
    const id = await newCluster();
    await query(`UPDATE operations SET state = 'running' WHERE id = $1`, [id]);
    expect(await violationsOf(() => query(`UPDATE operations SET state = 'failed' WHERE id = $1`, [id]))).toEqual([
      `cluster ${id} is CREATE_IN_PROGRESS, and no operation drives it`,
    ]);
  });

  it('are not needed for a wait without a reason: the product\'s own schema refuses it', async () => {
    const id = await newCluster();
    await expect(query(`UPDATE operations SET state = 'waiting', waiting_for = NULL WHERE id = $1`, [id])).rejects.toThrow(/ck_operations_stated_wait/);
  });
});
