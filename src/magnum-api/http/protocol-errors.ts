import { DomainError } from '../../domain/domain-error.js';

type ProtocolErrorCode =
  | 'bad-request'
  | 'body-too-large'
  | 'method-not-allowed'
  | 'not-acceptable'
  | 'request-timeout'
  | 'route-not-found'
  | 'uri-too-long'
  | 'unsupported-media-type';

/** A request that never reached a handler, or that no handler could take as it is. */
export class ProtocolError extends DomainError {
  constructor(
    readonly code: ProtocolErrorCode,
    message: string,
    /** What a 405 puts into its `Allow` header. */
    readonly allowedMethods: readonly string[] = [],
  ) {
    super(message);
  }
}

export class MicroversionUnsupportedError extends DomainError {
  readonly code = 'microversion-unsupported';
  constructor(
    readonly version: string,
    readonly minVersion: string,
    readonly maxVersion: string,
  ) {
    super(`Version ${version} is not supported by this API; it must be between ${minVersion} and ${maxVersion}.`);
  }
}

/** No, unknown or expired token: answered in Keystone's form, not Magnum's. */
export class UnauthenticatedError extends DomainError {
  readonly code = 'unauthenticated';
  constructor(readonly authUrl: string) {
    super('This call requires authentication: send a valid Keystone token in X-Auth-Token.');
  }
}
