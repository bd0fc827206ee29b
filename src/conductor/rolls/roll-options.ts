import type { DrainSettings } from '../drain/drain-settings.js';

/** How one operation rolls a worker group. */
export interface RollOptions {
  /** Nodes beyond the wanted count at one moment, and nodes short of it; not both 0 where nodes are replaced. */
  readonly maxSurge: number;
  readonly maxUnavailable: number;
  readonly canary: boolean;
  readonly soakSeconds: number;
  readonly drain: DrainSettings;
  /**
   * all: also nodes that are not as their group is to be go · doomed: only those that were named or chosen to go; the others stay as
   * they are, and those of them that are not ready anyway hold nothing up.
   */
  readonly scope: 'all' | 'doomed';
}

export type RollOutcome =
  | { readonly kind: 'done' }
  | { readonly kind: 'waiting'; readonly for: string; readonly recheckAfterMs: number }
  | { readonly kind: 'halted'; readonly because: string };
