import type { Logger } from 'pino';
import type { ClusterCallRecord } from '../kubernetes/cluster-client-options.js';
import type { Metrics } from '../metrics/metrics.js';
import type { AttemptRecord } from '../openstack/http-transport.js';

/** Each attempt of a call to OpenStack: a line at debug, and a place in the histogram. */
export const observeCloudCalls =
  (log: Logger, metrics: Metrics) =>
  ({ service, method, path, status, milliseconds, attempt, requestId, serviceRequestId }: AttemptRecord): void => {
    metrics.callEnded({ service, method, status, ms: milliseconds });
    log.debug({ message: 'Called OpenStack', service, method, path, status, ms: Math.round(milliseconds), attempt, globalRequestId: requestId, serviceRequestId });
  };

/** The same for calls to the APIs of clusters. */
export const observeClusterCalls =
  (log: Logger, metrics: Metrics) =>
  ({ clusterId, method, path, status, ms }: ClusterCallRecord): void => {
    metrics.callEnded({ service: 'kubernetes', method, status, ms });
    log.debug({ message: 'Called a cluster', service: 'kubernetes', clusterId, method, path, status, ms: Math.round(ms) });
  };
