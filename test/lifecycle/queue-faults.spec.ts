import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createPostgresBackend, withBackend } from 'bullmq';
import { Redis } from 'ioredis';
import { seededRandom } from '../../src/sim/http/seeded-random.js';
import { startLifecycleEnvironment, type LifecycleEnvironment } from '../support/lifecycle-environment.js';
import { expectEndedOnce, expectNothingTwice, holderPid, logOf, operationOf } from '../support/operations-in-database.js';
import { startPostgresRelay, type PostgresRelay } from '../support/postgres-relay.js';
import { startOwnRedis, type OwnRedis } from '../support/redis.js';
import { describeWith } from '../support/required-program.js';
import { until } from '../support/until.js';

const seed = 20_261_121;
const queueName = 'jeroboam-wake-up';

/** What a cluster is asked for, and that it came to it. */
function clustersOf(world: () => LifecycleEnvironment) {
  const settled = async (ids: readonly string[], status: string): Promise<void> => {
    for (const id of ids) expect(await world().settledStatus(id, 180_000)).toEqual({ status, reason: null });
  };
  return {
    settled,
    requestDelete: async (ids: readonly string[]): Promise<void> => {
      for (const id of ids) expect((await world().demo.call('DELETE', `/v1/clusters/${id}`)).status).toBe(204);
    },
    expectAllGone: async (ids: readonly string[]): Promise<void> => {
      await settled(ids, 'DELETE_COMPLETE');
      await expectEndedOnce(world(), ids);
      expect(await world().leftovers()).toEqual([]);
    },
  };
}

describe('a queue in PostgreSQL that repeats and loses jobs, with four conductors that sweep all the time', () => {
  let world: LifecycleEnvironment;
  let template: string;
  const { settled, requestDelete, expectAllGone } = clustersOf(() => world);
  beforeAll(async () => {
    world = await startLifecycleEnvironment({ settings: { JEROBOAM_SWEEP_SECONDS: '0.2', JEROBOAM_DATABASE_POOL_SIZE: '5', JEROBOAM_MAX_CLUSTERS_PER_PROJECT: '50' } });
    for (let more = 0; more < 3; more += 1) world.environment.startRole('conductor');
    template = await world.createTemplate('raced');
  }, 120_000);
  afterAll(() => world.stop(), 120_000);

  const operationIds = async (): Promise<string[]> => {
    const rows: { id: string }[] = await world.database.query(`SELECT id FROM operations`);
    return rows.map(({ id }) => id);
  };

  it('makes and deletes each cluster once, whatever is delivered several times at once and again after its end', async () => {
    const { Queue } = withBackend(createPostgresBackend);
    const queues = [1, 2, 3].map(() => new Queue(queueName, { connection: { connectionString: world.environment.databaseUrl, max: 1 } }));
    const repeat = async (): Promise<number> => {
      const jobs = (await operationIds()).flatMap((operationId) => ['event', 'timer'].map((name) => ({ name, data: { operationId }, opts: { removeOnComplete: true, removeOnFail: true } })));
      await Promise.all(queues.map((queue) => queue.addBulk(jobs)));
      return jobs.length * queues.length;
    };
    const repeatUntil = async (isOver: () => boolean): Promise<number> => {
      let added = 0;
      while (!isOver()) {
        added += await repeat();
        await pause(400);
      }
      return added;
    };
    const during = async (work: () => Promise<void>): Promise<number> => {
      let isOver = false;
      const repeating = repeatUntil(() => isOver);
      try {
        await work();
      } finally {
        isOver = true;
      }
      return repeating;
    };
    const drained = async (): Promise<boolean> => {
      const [row]: { count: number }[] = await world.database.query(`SELECT count(*)::int AS count FROM bullmq.job WHERE queue = $1 AND state IN ('waiting', 'active')`, [queueName]);
      return row?.count === 0;
    };

    const ids = await Promise.all(Array.from({ length: 5 }, (_, number) => world.createCluster(`raced-${number}`, template, { node_count: number % 3 })));
    expect(await during(() => settled(ids, 'CREATE_COMPLETE'))).toBeGreaterThan(100);
    await expectNothingTwice(world, ids);
    await requestDelete(ids);
    expect(await during(() => settled(ids, 'DELETE_COMPLETE'))).toBeGreaterThan(100);

    const ended: unknown[] = await world.database.query(`SELECT id, state, fence, finished_at FROM operations ORDER BY id`);
    await repeat();
    await until(drained, { deadlineMs: 60_000, what: 'all repeated jobs to be taken' });
    expect(await world.database.query(`SELECT id, state, fence, finished_at FROM operations ORDER BY id`)).toEqual(ended);
    for (const queue of queues) await queue.close();
    await expectAllGone(ids);
    const holders: { owners: number }[] = await world.database.query(`SELECT count(DISTINCT lease_owner)::int AS owners FROM operations`);
    expect(holders).toEqual([{ owners: 0 }]);
  }, 400_000);

  it('makes and deletes clusters although three jobs of ten are thrown away', async () => {
    await world.database.query(`CREATE TABLE lost_jobs (id text, is_lost boolean)`);
    await world.database.query(`
      CREATE FUNCTION lose_jobs() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        IF abs(hashtext(NEW.id || 'seed ${seed}')) % 10 < 3 THEN
          DELETE FROM bullmq.job WHERE queue = NEW.queue AND id = NEW.id;
          INSERT INTO public.lost_jobs VALUES (NEW.id, true);
        ELSE
          INSERT INTO public.lost_jobs VALUES (NEW.id, false);
        END IF;
        RETURN NULL;
      END $$`);
    await world.database.query(`CREATE TRIGGER lose_jobs AFTER INSERT ON bullmq.job FOR EACH ROW EXECUTE FUNCTION lose_jobs()`);
    const ids = await Promise.all(['lost-a', 'lost-b', 'lost-c'].map((name) => world.createCluster(name, template)));
    await settled(ids, 'CREATE_COMPLETE');
    await expectNothingTwice(world, ids);
    await requestDelete(ids);
    await expectAllGone(ids);
    const [jobs]: { lost: number; all: number }[] = await world.database.query(`SELECT count(*) FILTER (WHERE is_lost)::int AS lost, count(*)::int AS all FROM lost_jobs`);
    const share = (jobs?.lost ?? 0) / (jobs?.all ?? 1);
    expect(jobs?.lost).toBeGreaterThan(5);
    expect([share > 0.1, share < 0.5]).toEqual([true, true]);
    await world.database.query(`DROP TRIGGER lose_jobs ON bullmq.job`);
  }, 300_000);
});

describeWith(['redis-server'], 'a queue in Redis', () => {
  let world: LifecycleEnvironment;
  let redis: OwnRedis;
  let relay: PostgresRelay;
  let databaseUrl: string;
  let template: string;
  const { settled, requestDelete, expectAllGone } = clustersOf(() => world);
  beforeAll(async () => {
    redis = await startOwnRedis();
    world = await startLifecycleEnvironment({
      settings: { JEROBOAM_REDIS_URL: redis.url },
      databaseUrl: (url) => {
        databaseUrl = url;
        return Promise.resolve(url);
      },
    });
    relay = await startPostgresRelay(databaseUrl);
    template = await world.createTemplate('redis');
  }, 120_000);
  afterAll(async () => {
    await world.stop();
    await relay.stop();
    await redis.stop();
  }, 120_000);

  it(`that is flushed, killed and started again loses nothing (seed ${seed})`, async () => {
    const random = seededRandom(seed);
    const client = new Redis(redis.url);
    const ids = await Promise.all(['flushed-a', 'flushed-b', 'flushed-c'].map((name) => world.createCluster(name, template)));
    for (let time = 0; time < 5; time += 1) {
      await pause(50 + 400 * random());
      await client.flushall();
    }
    client.disconnect();
    await redis.kill();
    ids.push(await world.createCluster('without', template));
    await until(async () => (await operationOf(world, ids[3] ?? '', 'cluster-create')).step !== null, { deadlineMs: 60_000, what: 'a create to begin without Redis' });
    await redis.start();
    await settled(ids, 'CREATE_COMPLETE');
    await expectNothingTwice(world, ids);

    await redis.kill();
    await requestDelete(ids);
    await expectAllGone(ids);
    await redis.start();
    const after = new Redis(redis.url);
    const id = await world.createCluster('after', template);
    await settled([id], 'CREATE_COMPLETE');
    // Jobs travel through Redis again: BullMQ numbers them there.
    expect(Number(await after.get('jeroboam:wake-up:id'))).toBeGreaterThan(0);
    after.disconnect();
    await requestDelete([id]);
    await expectAllGone([id]);
  }, 400_000);

  it('wakes a conductor that cannot reach PostgreSQL: another one does its work, and it comes back', async () => {
    const reachable = world.environment.servers['conductor'];
    const cut = world.environment.startRole('conductor', { JEROBOAM_DATABASE_URL: relay.url });
    const pid = cut.process.pid ?? 0;
    await until(() => logOf(world, 'conductor').some((line) => line.pid === pid && line.message === 'Conductor is ready'), { deadlineMs: 60_000, what: 'the second conductor' });
    reachable?.process.kill('SIGSTOP');
    const ids = await Promise.all(['cut-a', 'cut-b'].map((name) => world.createCluster(name, template)));
    for (const id of ids) await until(async () => holderPid(await operationOf(world, id, 'cluster-create')) === pid, { deadlineMs: 60_000, everyMs: 5, what: 'the second conductor to hold both creates' });
    relay.refuse(true);
    reachable?.process.kill('SIGCONT');
    await settled(ids, 'CREATE_COMPLETE');
    await expectNothingTwice(world, ids);
    const givenUp = logOf(world, 'conductor').filter((line) => line.pid === pid && /^Turn given up/.test(line.message ?? ''));
    expect(givenUp.length).toBeGreaterThan(0);

    relay.refuse(false);
    reachable?.process.kill('SIGKILL');
    await reachable?.ended;
    await requestDelete(ids);
    await expectAllGone(ids);
  }, 300_000);

  it('that is away does not keep a conductor from stopping in order', async () => {
    await redis.kill();
    const conductor = world.environment.startRole('conductor');
    const pid = conductor.process.pid;
    await until(() => logOf(world, 'conductor').some((line) => line.pid === pid && line.message === 'Conductor is ready'), { deadlineMs: 60_000, what: 'a conductor without Redis' });
    conductor.process.kill('SIGTERM');
    await conductor.ended;
    expect([conductor.process.exitCode, conductor.process.signalCode]).toEqual([0, null]);
    await redis.start();
  }, 120_000);
});
