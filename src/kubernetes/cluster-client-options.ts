import type { Dispatcher } from 'undici';
import type { Config } from '../config/config.js';
import type { ClusterAccess } from './cluster-access.js';

export interface ClusterClientOptions {
  readonly connectTimeoutMs: number;
  /** A call from its first byte to the answer's last, unless the call says otherwise. */
  readonly timeoutMs: number;
  /** The other side is a tenant's machine: it must not fill our memory. */
  readonly answerLimitBytes: number;
  /** Told of each call, for logs and metrics. */
  readonly onCall?: (call: ClusterCallRecord) => void;
  /** Makes what carries the calls to a cluster, instead of a pool of TLS connections of our own. */
  readonly dispatcherOf?: (access: ClusterAccess) => Dispatcher;
}

export interface ClusterCallRecord {
  readonly clusterId: string;
  readonly method: string;
  readonly path: string;
  /** Null when there was no whole answer. */
  readonly status: number | null;
  readonly ms: number;
}

export const clusterClientOptions = (
  config: Pick<Config, 'HTTP_CONNECT_TIMEOUT_SECONDS' | 'HTTP_TIMEOUT_SECONDS' | 'HTTP_ANSWER_LIMIT_BYTES'>,
): ClusterClientOptions => ({
  connectTimeoutMs: config.HTTP_CONNECT_TIMEOUT_SECONDS * 1000,
  timeoutMs: config.HTTP_TIMEOUT_SECONDS * 1000,
  answerLimitBytes: config.HTTP_ANSWER_LIMIT_BYTES,
});
