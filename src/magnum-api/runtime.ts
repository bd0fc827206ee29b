import type { Logger } from 'pino';
import type { DataSource } from 'typeorm';
import type { Config } from '../config/config.js';
import type { SecretStore } from '../database/secret-store.js';
import type { ClusterDriver } from '../driver-contract/index.js';
import type { Metrics } from '../metrics/metrics.js';
import type { Cloud } from '../openstack/cloud.js';

/** What magnum-api needs from the process that starts it (main.ts here, or src/all/main.ts). */
export interface Runtime {
  readonly config: Config;
  readonly dataSource: DataSource;
  readonly cloud: Cloud;
  readonly drivers: readonly ClusterDriver[];
  /** Best effort, after COMMIT; the outbox and the sweep do what it misses. */
  readonly queue: { wake(operationId: string): Promise<unknown> };
  readonly secrets: SecretStore;
  readonly log: Logger;
  /** Counted where there is somebody to read it. */
  readonly metrics?: Metrics;
}

/** Injection token of the Runtime. */
export const RUNTIME = Symbol('Runtime');
