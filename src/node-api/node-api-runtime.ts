import type { Logger } from 'pino';
import type { DataSource } from 'typeorm';
import type { Config } from '../config/config.js';
import type { SecretStore } from '../database/secret-store.js';
import type { Metrics } from '../metrics/metrics.js';

/** What node-api needs from the process that starts it. */
export interface NodeApiRuntime {
  readonly config: Config;
  readonly dataSource: DataSource;
  readonly queue: { wake(operationId: string): Promise<unknown> };
  readonly secrets: SecretStore;
  readonly log: Logger;
  /** Counted where there is somebody to read it. */
  readonly metrics?: Metrics;
}
