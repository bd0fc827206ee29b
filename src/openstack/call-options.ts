import { randomUUID } from 'node:crypto';

/** What every call to a cloud takes last. */
export interface CallOptions {
  readonly signal?: AbortSignal;
  /** `req-<uuid>`: ties the services' logs to ours (X-Openstack-Request-Id). Drawn when absent. */
  readonly requestId?: string;
  /**
   * Runs before each attempt of the call, repeated ones too; what it throws ends the call. Here a conductor makes sure that
   * its lease outlives the attempt.
   */
  readonly beforeAttempt?: () => void | Promise<void>;
}

/** Services ignore ids of another form. */
export const drawRequestId = (): string => `req-${randomUUID()}`;
