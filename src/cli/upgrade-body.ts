import type { Schemas } from './coe-client.js';

type Body = Schemas['ClusterUpgrade'];

export interface UpgradeOptions {
  readonly maxBatchSize?: number;
  readonly nodegroup?: string;
  readonly maxSurge?: string;
  readonly maxUnavailable?: string;
  readonly canary?: boolean;
  readonly soakSeconds?: number;
  readonly drainTimeout?: number;
  readonly drainTimeoutPolicy?: 'fail' | 'force' | 'skip-node';
  readonly onFailure?: 'pause' | 'rollback';
}

/** Body of POST actions/upgrade: what was not given is left to the service. */
export function upgradeBody(template: string, options: UpgradeOptions): Body {
  const { maxBatchSize, nodegroup, maxSurge, maxUnavailable, canary, soakSeconds, drainTimeout, drainTimeoutPolicy, onFailure } = options;
  return {
    cluster_template: template,
    ...(maxBatchSize === undefined ? {} : { max_batch_size: maxBatchSize }),
    ...(nodegroup === undefined ? {} : { nodegroup }),
    ...(maxSurge === undefined ? {} : { max_surge: shareOf(maxSurge) }),
    ...(maxUnavailable === undefined ? {} : { max_unavailable: shareOf(maxUnavailable) }),
    ...(canary === true ? { canary } : {}),
    ...(soakSeconds === undefined ? {} : { soak_seconds: soakSeconds }),
    ...(drainTimeout === undefined ? {} : { drain_timeout: drainTimeout }),
    ...(drainTimeoutPolicy === undefined ? {} : { drain_timeout_policy: drainTimeoutPolicy }),
    ...(onFailure === undefined ? {} : { on_failure: onFailure }),
  };
}

/** Numbers are sent as such; what is neither number nor percentage the service refuses by name. */
const shareOf = (text: string): number | string => (/^\d+$/.test(text) ? Number(text) : text);
