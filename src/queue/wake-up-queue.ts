import { createPostgresBackend, createRedisBackend, runMigrations, withBackend, type Job, type PostgresConnectionOptions } from 'bullmq';
import { Redis } from 'ioredis';
import pg from 'pg';
import type { Config } from '../config/config.js';
import { connectionLimits, type ConnectionLimits } from '../database/connection-limits.js';
import { patiently } from '../domain/deadline.js';

/** What a job says: an operation may have something to do. Nothing else travels through the queue; the database is the truth. */
export interface WakeUp {
  readonly operationId: string;
}

/** `timer`: a pause that was asked for is over. `event`: something happened that the operation may be waiting for. */
export type WakeUpCause = 'timer' | 'event';

export interface QueueOptions {
  readonly databaseUrl: string;
  /** Without it the jobs live in PostgreSQL. */
  readonly redisUrl: string | undefined;
  readonly prefix: string;
  readonly databaseLimits: ConnectionLimits;
  /** How long `wake` and `close` wait for a queue that does not answer: the sweep does the rest, and so does whoever comes next. */
  readonly patienceMs: number;
  /** How soon a consumer asks again after the queue broke off (BullMQ's own 15 s are longer than a sweep). */
  readonly retryMs: number;
}

export const queueOptions = (config: Config): QueueOptions => ({
  databaseUrl: config.DATABASE_URL,
  redisUrl: config.REDIS_URL,
  prefix: config.QUEUE_PREFIX,
  databaseLimits: connectionLimits(config),
  patienceMs: config.QUEUE_PATIENCE_SECONDS * 1000,
  retryMs: config.QUEUE_RETRY_SECONDS * 1000,
});

export interface WakeUpConsumer {
  /** Takes no more jobs and waits for the running ones. */
  close(): Promise<void>;
}

type Report = (error: Error) => void;
type Handler = (wakeUp: WakeUp, cause: WakeUpCause) => Promise<void>;

/** The alarm clock: BullMQ on Redis or on PostgreSQL. Losing it delays work by one sweep at most. */
export interface WakeUpQueue {
  readonly backend: 'postgres' | 'redis';
  /**
   * Best effort: resolves to false when the queue cannot take the job now (the sweep will find the operation).
   * Jobs carry no fixed id, because BullMQ drops an add whose id is already known.
   */
  wake(operationId: string, options?: { cause?: WakeUpCause; delayMs?: number }): Promise<boolean>;
  consume(handler: Handler, options: { concurrency: number }): WakeUpConsumer;
  close(): Promise<void>;
}

const jobOptions = { removeOnComplete: true, removeOnFail: true, attempts: 1 } as const;

/** The producer's side; consumers connect when `consume` is called. `report` hears every trouble with the queue. */
export function openWakeUpQueue(options: QueueOptions, report: Report): WakeUpQueue {
  return options.redisUrl === undefined ? openPostgresQueue(options, report) : openRedisQueue(options.redisUrl, options, report);
}

/** Creates the queue's tables (schema bullmq); repeatable, and guarded by BullMQ's own advisory lock. */
export async function migrateQueue(databaseUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await runMigrations(client);
  } finally {
    await client.end();
  }
}

function openPostgresQueue(options: QueueOptions, report: Report): WakeUpQueue {
  const { Queue, Worker } = withBackend(createPostgresBackend);
  const { patienceMs, retryMs } = options;
  const name = `${options.prefix}-wake-up`;
  // A pool of our own: BullMQ's connections would end the process when they break before it listens to them.
  const pool = new pg.Pool({ ...options.databaseLimits, connectionString: options.databaseUrl, max: 5, application_name: 'jeroboam-queue', options: '-c search_path=bullmq' });
  pool.on('error', report);
  // The same at run time; only its overloads are written down in another way.
  const connection = pool as unknown as PostgresConnectionOptions;
  const queue = new Queue<WakeUp, void, WakeUpCause>(name, { connection });
  queue.on('error', report);
  return {
    backend: 'postgres',
    wake: wakeBy(patienceMs, (job) => queue.add(job.cause, job.data, job.options), report),
    consume: (handler, { concurrency }) => {
      const running = new RunningHandlers(handler);
      const worker = new Worker<WakeUp, void, WakeUpCause>(name, running.process, { connection, concurrency, runRetryDelay: retryMs });
      worker.on('error', report);
      return { close: () => closeConsumer(patienceMs, worker, running, report) };
    },
    close: async () => {
      await tolerantly(patienceMs, queue.close(), report);
      await tolerantly(patienceMs, pool.end(), report);
    },
  };
}

function openRedisQueue(redisUrl: string, { prefix, patienceMs, retryMs }: QueueOptions, report: Report): WakeUpQueue {
  const { Queue, Worker } = withBackend(createRedisBackend);
  const name = 'wake-up';
  // A producer fails fast when Redis is away; BullMQ wants its workers to wait for it without end.
  const producer = new Redis(redisUrl, { maxRetriesPerRequest: 1, enableOfflineQueue: true });
  const consumers: Redis[] = [];
  producer.on('error', report);
  const queue = new Queue<WakeUp, void, WakeUpCause>(name, { connection: producer, prefix });
  queue.on('error', report);
  return {
    backend: 'redis',
    wake: wakeBy(patienceMs, (job) => queue.add(job.cause, job.data, job.options), report),
    consume: (handler, { concurrency }) => {
      const connection = new Redis(redisUrl, { maxRetriesPerRequest: null });
      connection.on('error', report);
      consumers.push(connection);
      const running = new RunningHandlers(handler);
      const worker = new Worker<WakeUp, void, WakeUpCause>(name, running.process, { connection, prefix, concurrency, runRetryDelay: retryMs });
      worker.on('error', report);
      return { close: () => closeConsumer(patienceMs, worker, running, report) };
    },
    close: async () => {
      await tolerantly(patienceMs, queue.close(), report);
      for (const connection of [producer, ...consumers]) connection.disconnect();
    },
  };
}

/** What consumers are at: BullMQ itself would wait for them and for a queue that may be away. */
class RunningHandlers {
  private readonly running = new Set<Promise<void>>();

  constructor(private readonly handler: Handler) {}

  readonly process = (job: Job<WakeUp, void, WakeUpCause>): Promise<void> => {
    const run = this.handler(job.data, job.name).finally(() => this.running.delete(run));
    this.running.add(run);
    return run;
  };

  async ended(): Promise<void> {
    while (this.running.size > 0) await Promise.allSettled(this.running);
  }
}

/** Waits for the handlers as long as they need, but not for a queue that cannot be told that they have ended. */
async function closeConsumer(patienceMs: number, worker: { close(): Promise<void> }, running: RunningHandlers, report: Report): Promise<void> {
  const closing = worker.close();
  await Promise.race([closing, running.ended()]);
  await tolerantly(patienceMs, closing, report);
}

/** Trouble with the queue stops nobody. */
async function tolerantly(patienceMs: number, work: Promise<unknown>, report: Report): Promise<boolean> {
  try {
    await patiently<unknown>(patienceMs, work, () => {
      throw new Error(`The wake-up queue did not answer within ${patienceMs} ms.`);
    });
    return true;
  } catch (error) {
    report(error instanceof Error ? error : new Error(String(error)));
    return false;
  }
}

interface NewJob {
  readonly cause: WakeUpCause;
  readonly data: WakeUp;
  readonly options: { readonly delay: number };
}

function wakeBy(patienceMs: number, add: (job: NewJob) => Promise<unknown>, report: Report): WakeUpQueue['wake'] {
  return (operationId, { cause = 'event', delayMs = 0 } = {}) =>
    tolerantly(patienceMs, add({ cause, data: { operationId }, options: { ...jobOptions, delay: delayMs } }), report);
}
