/** Every code a refused request or a failed step can carry; magnum-api/domain-error.filter.ts gives each its HTTP status. */
export type ErrorCode =
  | 'already-exists'
  | 'ambiguous-name'
  | 'bad-request'
  | 'body-too-large'
  | 'certificate-request-invalid'
  | 'certificate-not-ready'
  | 'cloud-refused'
  | 'cloud-unavailable'
  | 'cluster-busy'
  | 'cluster-not-found'
  | 'cluster-refused'
  | 'cluster-template-in-use'
  | 'cluster-template-not-found'
  | 'cluster-type-not-supported'
  | 'cluster-unreachable'
  | 'conflicting-value'
  | 'database-unavailable'
  | 'forbidden'
  | 'insufficient-quota'
  | 'internal'
  | 'invalid-parameter'
  | 'keypair-not-found'
  | 'lease-lost'
  | 'method-not-allowed'
  | 'microversion-unsupported'
  | 'not-acceptable'
  | 'node-count-conflict'
  | 'etcd-volume-needed'
  | 'node-not-found'
  | 'not-found'
  | 'operation-conflict'
  | 'operation-not-found'
  | 'operation-not-retryable'
  | 'quota-exceeded'
  | 'request-timeout'
  | 'route-not-found'
  | 'secret-unreadable'
  | 'unauthenticated'
  | 'unsupported-media-type'
  | 'upgrade-conflict'
  | 'uri-too-long';

/** Base of everything that goes wrong in a way somebody can act on. The message says what to do. */
export abstract class DomainError extends Error {
  abstract readonly code: ErrorCode;
  /** A step that throws it is tried again; otherwise the operation stops, and the message becomes status_reason. */
  readonly retryable: boolean = false;

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** A value that a person sent is wrong; the message names the field and the remedy. */
export class InvalidParameterError extends DomainError {
  readonly code = 'invalid-parameter';
}

export class NotFoundError extends DomainError {
  constructor(
    readonly code: 'cluster-not-found' | 'cluster-template-not-found' | 'operation-not-found' | 'keypair-not-found' | 'not-found',
    message: string,
  ) {
    super(message);
  }
}

export class AmbiguousNameError extends DomainError {
  readonly code = 'ambiguous-name';
  constructor(kind: string, name: string) {
    super(`There are several objects of kind ${kind} named ${name}; use the id of the one you mean.`);
  }
}

/** An id or a name that must be unique is taken. */
export class AlreadyExistsError extends DomainError {
  readonly code = 'already-exists';
}

/** Values that are well formed but do not go together; Magnum answers 409 for those of node groups. */
export class ConflictingValueError extends DomainError {
  readonly code = 'conflicting-value';
}

export class ForbiddenError extends DomainError {
  readonly code = 'forbidden';
}

export class QuotaExceededError extends DomainError {
  readonly code = 'quota-exceeded';
}

export class ClusterTemplateInUseError extends DomainError {
  readonly code = 'cluster-template-in-use';
}

export class ClusterTypeNotSupportedError extends DomainError {
  readonly code = 'cluster-type-not-supported';
}

/** What was wanted of an operation does not go with the state it is in, or with another one; the message says what can be done. */
export class OperationConflictError extends DomainError {
  readonly code = 'operation-conflict';
}

/** References that name no node, or more than one. Nothing was changed: another node would have been hit instead. */
export class NodeReferenceError extends DomainError {
  readonly code = 'node-not-found';
  constructor(readonly problems: readonly string[]) {
    super(`These references do not name the nodes they should: ${problems.join('; ')}. Nothing was changed.`);
  }
}

/** The count that is wanted and the nodes that are to go do not go together. */
export class NodeCountConflictError extends DomainError {
  readonly code = 'node-count-conflict';
}

/** A control-plane node cannot be replaced: the only data of the cluster are on its own disk. */
export class EtcdVolumeNeededError extends DomainError {
  readonly code = 'etcd-volume-needed';
}

export class OperationNotRetryableError extends DomainError {
  readonly code = 'operation-not-retryable';
}

/** What is asked for has to wait for something that goes on with the cluster. */
export class ClusterBusyError extends DomainError {
  readonly code = 'cluster-busy';
}

/** The template is not the one that this node group can follow. */
export class UpgradeConflictError extends DomainError {
  readonly code = 'upgrade-conflict';
}

/** Another conductor holds the operation now: this one stops at once and writes nothing more. */
export class LeaseLostError extends DomainError {
  readonly code = 'lease-lost';
  constructor(operationId: string) {
    super(`The lease of operation ${operationId} was taken over by another conductor.`);
  }
}
