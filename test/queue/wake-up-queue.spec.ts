import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { defaultConnectionLimits } from '../../src/database/connection-limits.js';
import { openWakeUpQueue, type WakeUpCause, type WakeUpQueue } from '../../src/queue/wake-up-queue.js';
import { startTestDatabase, type TestDatabase } from '../support/postgres.js';
import { startRedis, type TestRedis } from '../support/redis.js';
import { describeWith } from '../support/required-program.js';
import { until } from '../support/until.js';

const settings = { prefix: 'test', databaseLimits: defaultConnectionLimits, patienceMs: 2_000, retryMs: 1_000 };
const troubles: Error[] = [];

/** The same behaviour is wanted of both backends. */
function behavesLikeAnAlarmClock(open: () => WakeUpQueue): void {
  const operationId = '6b0a3d5e-0000-4000-8000-000000000001';

  it('hands each wake-up to one consumer, also the same one twice', async () => {
    const queue = open();
    const heard: string[] = [];
    const consumer = queue.consume((wakeUp, cause) => Promise.resolve(void heard.push(`${cause} ${wakeUp.operationId}`)), { concurrency: 2 });
    expect(await queue.wake(operationId)).toBe(true);
    await until(() => heard.length === 1, { what: 'the first wake-up' });
    expect(await queue.wake(operationId)).toBe(true);
    await until(() => heard.length === 2, { what: 'the second wake-up' });
    expect(heard).toEqual([`event ${operationId}`, `event ${operationId}`]);
    await consumer.close();
    await queue.close();
  });

  it('hands over a delayed wake-up, after one that came later without a delay', async () => {
    const queue = open();
    const causes: WakeUpCause[] = [];
    await queue.wake(operationId, { cause: 'timer', delayMs: 300 });
    await queue.wake(operationId);
    const consumer = queue.consume((_, cause) => Promise.resolve(void causes.push(cause)), { concurrency: 1 });
    await until(() => causes.length === 2, { what: 'both wake-ups' });
    expect(causes).toEqual(['event', 'timer']);
    await consumer.close();
    await queue.close();
  });
}

describe('the wake-up queue on PostgreSQL', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await startTestDatabase();
  }, 60_000);
  afterAll(() => database.stop());

  const open = (): WakeUpQueue =>
    openWakeUpQueue({ databaseUrl: database.url, redisUrl: undefined, ...settings }, (error) => void troubles.push(error));

  it('says where it lives', async () => {
    const queue = open();
    expect(queue.backend).toBe('postgres');
    await queue.close();
  });
  behavesLikeAnAlarmClock(open);
});

describeWith(['redis-server'], 'the wake-up queue on Redis', () => {
  let redis: TestRedis;
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(() => redis.stop());

  const open = (): WakeUpQueue =>
    openWakeUpQueue({ databaseUrl: 'postgres://unused', redisUrl: redis.url, ...settings }, (error) => void troubles.push(error));

  it('says where it lives', async () => {
    const queue = open();
    expect(queue.backend).toBe('redis');
    await queue.close();
  });
  behavesLikeAnAlarmClock(open);
});

describeWith(['redis-server'], 'a queue whose Redis is away', () => {
  it('says so within seconds instead of hanging, and reports the trouble', async () => {
    const redis = await startRedis();
    const heard: Error[] = [];
    const queue = openWakeUpQueue({ databaseUrl: 'postgres://unused', redisUrl: redis.url, ...settings }, (error) => void heard.push(error));
    expect(await queue.wake('6b0a3d5e-0000-4000-8000-000000000002')).toBe(true);
    await redis.stop();
    expect(await queue.wake('6b0a3d5e-0000-4000-8000-000000000003')).toBe(false);
    expect(heard.length).toBeGreaterThan(0);
    await queue.close();
  });
});
