import type { Logger } from 'pino';
import type { DataSource } from 'typeorm';
import type { Config } from '../config/config.js';
import type { SecretStore } from '../database/secret-store.js';
import type { ClusterDriver } from '../driver-contract/index.js';
import type { ClusterClientFactory } from '../kubernetes/cluster-client-factory.js';
import type { Metrics } from '../metrics/metrics.js';
import type { Cloud } from '../openstack/cloud.js';
import type { WakeUpQueue } from '../queue/wake-up-queue.js';

/** What a conductor works with; put together by main. */
export interface ConductorRuntime {
  readonly config: Config;
  readonly dataSource: DataSource;
  readonly cloud: Cloud;
  readonly clusters: ClusterClientFactory;
  readonly drivers: readonly ClusterDriver[];
  readonly queue: WakeUpQueue;
  readonly secrets: SecretStore;
  readonly log: Logger;
  /** Counted where there is somebody to read it. */
  readonly metrics?: Metrics;
  /** CA that nodes trust for node-api (PEM). */
  readonly nodeApiCaPem: string;
}
