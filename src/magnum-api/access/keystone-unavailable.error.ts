import { DomainError } from '../../domain/domain-error.js';

/** Whatever Keystone's trouble is, it says nothing about the caller's token: 503, and the caller may try again. */
export class KeystoneUnavailableError extends DomainError {
  readonly code = 'cloud-unavailable';
  override readonly retryable = true;
  constructor(cause: Error) {
    super('The identity service could not be asked about your token. Try again later.', { cause });
  }
}
