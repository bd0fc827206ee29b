import { readFileSync } from 'node:fs';
import type { Logger } from 'pino';
import type { DataSource } from 'typeorm';
import type { Config } from '../config/config.js';
import { assertSchema } from '../database/assert-schema.js';
import { connectionLimits } from '../database/connection-limits.js';
import { createDataSource } from '../database/data-source.js';
import { SecretStore } from '../database/secret-store.js';
import type { ClusterDriver } from '../driver-contract/index.js';
import { ClusterClientFactory } from '../kubernetes/cluster-client-factory.js';
import { clusterClientOptions } from '../kubernetes/cluster-client-options.js';
import { openLog } from '../logging/open-log.js';
import { addDatabaseMetrics } from '../metrics/database-metrics.js';
import { startMetricsListener, type HealthCheck } from '../metrics/metrics-listener.js';
import { Metrics } from '../metrics/metrics.js';
import { createCloud, type Cloud } from '../openstack/cloud.js';
import { cloudOptions } from '../openstack/cloud-options.js';
import { openWakeUpQueue, queueOptions, type WakeUpQueue } from '../queue/wake-up-queue.js';
import { sealingKeyRing } from '../secrets/sealing-key-ring.js';
import { databaseAnswers } from './database-answers.js';
import { observeCloudCalls, observeClusterCalls } from './observe-calls.js';
import { productVersion } from './product-version.js';

/** What every server process works with. */
export interface ProcessRuntime {
  readonly config: Config;
  readonly dataSource: DataSource;
  readonly cloud: Cloud;
  readonly clusters: ClusterClientFactory;
  readonly drivers: readonly ClusterDriver[];
  readonly queue: WakeUpQueue;
  readonly secrets: SecretStore;
  readonly log: Logger;
  readonly metrics: Metrics;
  /** Where /metrics and /healthz are; undefined without METRICS_LISTEN. */
  readonly metricsUrl: string | undefined;
  /** One more thing that /healthz asks. */
  addHealthCheck(check: HealthCheck): void;
  readonly close: () => Promise<void>;
}

/**
 * Connects to what a server process needs. `name` goes into each line of the log. Throws SchemaMismatchError when the
 * database belongs to another release.
 */
export async function openRuntime(name: string, config: Config, drivers: readonly ClusterDriver[]): Promise<ProcessRuntime> {
  const log = openLog(name, config.LOG_LEVEL);
  const metrics = new Metrics({ version: productVersion(), process: name });
  const secrets = new SecretStore(sealingKeyRing(config));
  const dataSource = createDataSource(config.DATABASE_URL, config.DATABASE_POOL_SIZE, connectionLimits(config));
  await dataSource.initialize();
  await assertSchema(dataSource);
  addDatabaseMetrics(metrics, dataSource, config.DATABASE_PATIENCE_SECONDS * 1000);
  const { transport, ...cloudDetails } = cloudOptions(config);
  const cloud = createCloud({ ...cloudDetails, transport: { ...transport, onAttempt: observeCloudCalls(log, metrics) } });
  const clusters = new ClusterClientFactory({ ...clusterClientOptions(config), onCall: observeClusterCalls(log, metrics) });
  const queue = countWakeUps(
    openWakeUpQueue(queueOptions(config), (err) =>
      log.warn({ message: 'Trouble with the wake-up queue; the sweep does without it', err }),
    ),
    metrics,
  );
  const checks: HealthCheck[] = [databaseAnswers(dataSource, config.DATABASE_PATIENCE_SECONDS * 1000)];
  const listener = config.METRICS_LISTEN === undefined ? undefined : await startMetricsListener(config.METRICS_LISTEN, metrics, checks);
  const close = async (): Promise<void> => {
    await clusters.close();
    await queue.close();
    await cloud.close();
    await listener?.close();
    await dataSource.destroy();
  };
  const addHealthCheck = (check: HealthCheck): void => void checks.push(check);
  return { config, dataSource, cloud, clusters, drivers, queue, secrets, log, metrics, metricsUrl: listener?.url, addHealthCheck, close };
}

/** The CA that nodes trust for node-api; without it no node could be told whom to call. */
export function readNodeApiCa(config: Config): string {
  if (config.NODE_CA_FILE === undefined) throw new Error('JEROBOAM_NODE_CA_FILE is not set: nodes would not know whom to trust.');
  return readFileSync(config.NODE_CA_FILE, 'utf8');
}

const countWakeUps = (queue: WakeUpQueue, metrics: Metrics): WakeUpQueue => ({
  ...queue,
  wake: async (operationId, options) => {
    const isTaken = await queue.wake(operationId, options);
    metrics.wokeUp(isTaken ? 'taken' : 'refused');
    return isTaken;
  },
});
