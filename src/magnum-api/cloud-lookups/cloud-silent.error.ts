import { DomainError } from '../../domain/domain-error.js';

/** The cloud gave no answer within the time a request waits for it: 503, and the caller may try again. */
export class CloudSilentError extends DomainError {
  readonly code = 'cloud-unavailable';
  override readonly retryable = true;
  constructor(question: string, cause: unknown) {
    super(`The cloud could not be asked about ${question} in time. Try again later.`, { cause });
  }
}

/** Whether an error is the end of an `AbortSignal.timeout`. */
export const isTimeout = (error: unknown): boolean => typeof error === 'object' && error !== null && 'name' in error && error.name === 'TimeoutError';
