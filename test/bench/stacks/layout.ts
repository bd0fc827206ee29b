import type { CloudSession } from '../../support/cloud-session.js';

/** Where the bench's servers stand: made once, the same for both layouts. */
export interface Ground {
  readonly session: CloudSession;
  readonly network: string;
  readonly subnet: string;
  readonly securityGroup: string;
  readonly image: string;
  readonly flavor: string;
}

/** One way of keeping workers in Heat. Every call returns when Heat says that all of it is done. */
export interface Layout {
  readonly name: string;
  create(count: number): Promise<void>;
  /** Makes as many new members as it takes old ones away; which, is the layout's choice. */
  replace(count: number): Promise<void>;
  delete(): Promise<void>;
}

/** Pause between two looks, as the conductor's at first (JEROBOAM_POLL_MIN_SECONDS). */
export const lookEveryMs = 1000;

/** Longest that anything here may take. */
export const giveUpAfterMs = 15 * 60_000;
