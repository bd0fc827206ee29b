import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createPostgresBackend, withBackend } from 'bullmq';
import { startLifecycleEnvironment, type LifecycleEnvironment } from '../support/lifecycle-environment.js';
import { patience } from '../support/real-cloud.js';

/** The alarm clock may fail in the worst way: it takes every wake-up and wakes nobody. */
describe('with a queue that takes jobs and hands out none', () => {
  let world: LifecycleEnvironment;
  beforeAll(async () => {
    world = await startLifecycleEnvironment({ processes: 'all' });
  }, 120_000 * patience);
  afterAll(() => world.stop(), 60_000);

  it('a cluster is made and deleted all the same', async () => {
    const { Queue } = withBackend(createPostgresBackend);
    const queue = new Queue('jeroboam-wake-up', { connection: { connectionString: world.environment.databaseUrl, max: 1 } });
    await queue.pause();
    const id = await world.createCluster('asleep', await world.createTemplate('k8s'));
    expect(await world.settledStatus(id, 120_000 * patience)).toEqual({ status: 'CREATE_COMPLETE', reason: null });
    await world.demo.call('DELETE', `/v1/clusters/${id}`);
    expect((await world.settledStatus(id)).status).toBe('DELETE_COMPLETE');
    // The test's own check: jobs were taken, and none was handed out. (Of a paused queue BullMQ counts none on PostgreSQL.)
    const jobs: { state: string }[] = await world.database.query(`SELECT DISTINCT state FROM bullmq.job WHERE queue = 'jeroboam-wake-up' AND attempts_started = 0`);
    expect(jobs.map(({ state }) => state)).toContain('waiting');
    await queue.close();
    expect(await world.leftovers()).toEqual([]);
  }, 240_000 * patience);
});
