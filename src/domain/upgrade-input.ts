import type { NodeShare } from './node-share.js';

/** What operations.input holds of a rolling change of node groups: written by the API, read by the conductor. */
export interface RollInput {
  readonly max_surge: NodeShare;
  readonly max_unavailable: NodeShare;
  readonly canary: boolean;
  readonly soak_seconds: number;
  /** Seconds; null: as configured. */
  readonly drain_timeout: number | null;
  readonly drain_timeout_policy: 'fail' | 'force' | 'skip-node' | null;
}

/** Input of `cluster-upgrade`. */
export interface UpgradeInput extends RollInput {
  /** The cluster's revision that its groups are to have. */
  readonly revision: number;
  /** The newest one before. */
  readonly previous_revision: number;
  readonly on_failure: 'pause' | 'rollback';
  /** Ids of the groups that are upgraded; the workers among them in this order. */
  readonly groups: readonly string[];
  /** What the cluster shows of its template when all is done; null when only a group of the user's own follows. */
  readonly shown: UpgradedSettings | null;
  /** Image as the template names it. */
  readonly image_id: string;
  /** By group: the revision it had before; noted when its turn comes. */
  readonly previous_revisions?: Readonly<Record<string, number>>;
  /** Why the worker groups go back; set when on_failure said so. */
  readonly rolling_back_because?: string;
}

export interface UpgradedSettings {
  readonly flavor_id: string | null;
  readonly master_flavor_id: string | null;
  readonly docker_volume_size: number | null;
}

/** Input of `cluster-rollback`: each worker group goes back to a revision that it had. */
export interface RollbackInput extends RollInput {
  readonly revisions: Readonly<Record<string, number>>;
}
