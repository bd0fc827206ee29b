import { randomUUID } from 'node:crypto';
import type { Attempt, AttemptEnded } from '../domain/attempt.js';

/** What every call to a cloud takes last. */
export interface CallOptions {
  readonly signal?: AbortSignal;
  /** `req-<uuid>`: ties the services' logs to ours (X-Openstack-Request-Id). Drawn when absent. */
  readonly requestId?: string;
  /** What the call is for, in a few words (letters, digits, `-;` and spaces): part of the User-Agent, so that the services' access logs show it. */
  readonly purpose?: string;
  /**
   * Runs before each attempt of the call, repeated ones too; what it throws ends the call. Here a conductor makes sure that
   * its lease outlives the attempt.
   */
  readonly beforeAttempt?: () => void | Promise<void>;
  /** Told of each attempt as it begins, and of its end through what it returns: for whoever shows people what is waited for. */
  readonly onAttempt?: (attempt: Attempt) => AttemptEnded;
}

/** Services ignore ids of another form. */
export const drawRequestId = (): string => `req-${randomUUID()}`;
