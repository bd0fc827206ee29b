import type { Config } from '../../config/config.js';
import type { DrainPolicy } from '../../kubernetes/drain/classify-pods.js';

/** How nodes of one operation are emptied. */
export interface DrainSettings {
  /** From the node's closing to the deadline (seconds). */
  readonly timeoutSeconds: number;
  /**
   * At the deadline. fail: the operation is told that the node cannot be emptied · force: pods are deleted within their own grace,
   * whatever budgets say, except those on hold · skip-node: the node is left as it is.
   */
  readonly policy: 'fail' | 'force' | 'skip-node';
  readonly pods: DrainPolicy;
}

/** How far a node's drain is; drained: nothing runs on it any more that anybody waits for. */
export type DrainOutcome =
  | { readonly kind: 'drained' }
  | { readonly kind: 'waiting'; readonly for: string; readonly recheckAfterMs: number }
  | { readonly kind: 'failed'; readonly because: string }
  | { readonly kind: 'skip'; readonly because: string };

/** What holds where the request says nothing else. */
export const configuredDrain = (
  config: Pick<Config, 'DRAIN_TIMEOUT_MINUTES' | 'DRAIN_TIMEOUT_POLICY' | 'DRAIN_UNMANAGED_PODS' | 'DRAIN_LOCAL_STORAGE'>,
): DrainSettings => ({
  timeoutSeconds: config.DRAIN_TIMEOUT_MINUTES * 60,
  policy: config.DRAIN_TIMEOUT_POLICY,
  pods: { unmanagedPods: config.DRAIN_UNMANAGED_PODS, localStorage: config.DRAIN_LOCAL_STORAGE },
});
