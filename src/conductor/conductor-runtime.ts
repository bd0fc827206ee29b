import type { Logger } from 'pino';
import type { DataSource } from 'typeorm';
import type { Config } from '../config/config.js';
import type { SecretStore } from '../database/secret-store.js';
import type { ClusterDriver } from '../driver-contract/index.js';
import type { ClusterClientFactory } from '../kubernetes/cluster-client-factory.js';
import type { EvictionPauses } from '../kubernetes/drain/eviction-pauses.js';
import type { Metrics } from '../metrics/metrics.js';
import type { Cloud } from '../openstack/cloud.js';
import type { WakeUpQueue } from '../queue/wake-up-queue.js';
import type { WatchHub } from './watches/watch-hub.js';

/** What main puts together for a conductor. */
export interface ConductorParts {
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

/** What a conductor works with. */
export interface ConductorRuntime extends ConductorParts {
  readonly watches: WatchHub;
  /** When pods whose eviction was refused may be asked again. */
  readonly evictionPauses: EvictionPauses;
}
