import { readFileSync } from 'node:fs';
import { pino, type Logger } from 'pino';
import type { DataSource } from 'typeorm';
import type { Config } from '../config/config.js';
import { createDataSource } from '../database/data-source.js';
import { SecretStore } from '../database/secret-store.js';
import type { ClusterDriver } from '../driver-contract/index.js';
import { createCloud, type Cloud } from '../openstack/cloud.js';
import { cloudOptions } from '../openstack/cloud-options.js';
import { openWakeUpQueue, type WakeUpQueue } from '../queue/wake-up-queue.js';
import { sealingKeyRing } from '../secrets/sealing-key-ring.js';

/** What every server process works with. */
export interface ProcessRuntime {
  readonly config: Config;
  readonly dataSource: DataSource;
  readonly cloud: Cloud;
  readonly drivers: readonly ClusterDriver[];
  readonly queue: WakeUpQueue;
  readonly secrets: SecretStore;
  readonly log: Logger;
  readonly close: () => Promise<void>;
}

/** Connects to what a server process needs. `name` goes into each line of the log. */
export async function openRuntime(name: string, config: Config, drivers: readonly ClusterDriver[]): Promise<ProcessRuntime> {
  const log = pino({ name, level: config.LOG_LEVEL });
  const secrets = new SecretStore(sealingKeyRing(config));
  const dataSource = createDataSource(config.DATABASE_URL, config.DATABASE_POOL_SIZE);
  await dataSource.initialize();
  const cloud = createCloud(cloudOptions(config));
  const queue = openWakeUpQueue(
    { databaseUrl: config.DATABASE_URL, redisUrl: config.REDIS_URL, prefix: config.QUEUE_PREFIX },
    (err) => log.warn({ message: 'Trouble with the wake-up queue; the sweep does without it', err }),
  );
  const close = async (): Promise<void> => {
    await queue.close();
    await cloud.close();
    await dataSource.destroy();
  };
  return { config, dataSource, cloud, drivers, queue, secrets, log, close };
}

/** The CA that nodes trust for node-api; without it no node could be told whom to call. */
export function readNodeApiCa(config: Config): string {
  if (config.NODE_CA_FILE === undefined) throw new Error('JEROBOAM_NODE_CA_FILE is not set: nodes would not know whom to trust.');
  return readFileSync(config.NODE_CA_FILE, 'utf8');
}
