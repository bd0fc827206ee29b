import { DomainError } from '../../domain/domain-error.js';

/** A call to one member of a cluster's etcd that was not done. */
export interface EtcdFailure {
  /** How people know the member, for example `etcd-<node name> of cluster <id>`. */
  readonly endpoint: string;
  readonly call: string;
  /** etcd's words, or why there is no answer. */
  readonly detail: string;
}

/** Base of what goes wrong with etcd; the message names the member, the call, etcd's words, and what to do. */
export abstract class EtcdError extends DomainError {
  readonly detail: string;

  constructor({ endpoint, call, detail }: EtcdFailure, remedy: string, options?: ErrorOptions) {
    super(`${endpoint} did not do ${call}: ${detail}. ${remedy}`, options);
    this.detail = detail;
  }
}

/** No answer, or one that says "not now". A change that was asked for may have happened: look before asking again. */
export class EtcdUnreachableError extends EtcdError {
  override readonly code = 'cluster-unreachable';
  override readonly retryable = true;
  constructor(failure: EtcdFailure, options?: ErrorOptions) {
    super(failure, 'Look at the members again before the next attempt: a change may have been made all the same.', options);
  }
}

export class EtcdNoLeaderError extends EtcdError {
  override readonly code = 'cluster-unreachable';
  override readonly retryable = true;
  constructor(failure: EtcdFailure) {
    super(failure, 'Bring members back until more than half of them run, or wait for the election to end.');
  }
}

/** etcd makes no change of members while one of them is away or has only just come. */
export class EtcdUnhealthyError extends EtcdError {
  override readonly code = 'cluster-unreachable';
  override readonly retryable = true;
  constructor(failure: EtcdFailure) {
    super(failure, 'Bring all members up and wait some seconds before members are changed.');
  }
}

export class EtcdLearnerNotReadyError extends EtcdError {
  override readonly code = 'cluster-unreachable';
  override readonly retryable = true;
  constructor(failure: EtcdFailure) {
    super(failure, 'Wait until the learner runs and has caught up with the leader.');
  }
}

export class EtcdMemberNotFoundError extends EtcdError {
  override readonly code = 'not-found';
  constructor(failure: EtcdFailure) {
    super(failure, 'The member was removed, or its id is of another cluster: list the members.');
  }
}

/** Only the leader hands over its lead. */
export class EtcdNotLeaderError extends EtcdError {
  override readonly code = 'cluster-refused';
  override readonly retryable = true;
  constructor(failure: EtcdFailure) {
    super(failure, 'Ask the status for the leader, and the leader for this.');
  }
}

/** etcd understood the call and will not do it. */
export class EtcdRefusedError extends EtcdError {
  override readonly code = 'cluster-refused';
  constructor(failure: EtcdFailure, remedy = 'Look at the members and their statuses.') {
    super(failure, remedy);
  }
}

/** The snapshot that came is not whole; what was written of it is good for nothing. */
export class EtcdSnapshotError extends EtcdError {
  override readonly code = 'cluster-unreachable';
  override readonly retryable = true;
  constructor(failure: EtcdFailure, options?: ErrorOptions) {
    super(failure, 'Throw away what was written and take the snapshot again.', options);
  }
}

/** gRPC's codes as the JSON gateway shows them. */
const grpcUnavailable = 14;
const grpcDeadlineExceeded = 4;

/** etcd's sentences (api/v3rpc/rpctypes/error.go of 3.4 to 3.6); what is not among them is told apart by its code. */
const byText: readonly [pattern: RegExp, make: (failure: EtcdFailure) => EtcdError][] = [
  [/member not found/, (failure) => new EtcdMemberNotFoundError(failure)],
  [/no leader/, (failure) => new EtcdNoLeaderError(failure)],
  [/not leader/, (failure) => new EtcdNotLeaderError(failure)],
  [/learner member which is in sync/, (failure) => new EtcdLearnerNotReadyError(failure)],
  [/unhealthy cluster|not enough started members/, (failure) => new EtcdUnhealthyError(failure)],
  [/too many learner members/, (failure) => new EtcdRefusedError(failure, 'Promote or remove the learner that there is.')],
  // A new member's id is made of its address and the second: asked twice within one, it is the id that exists.
  [/peer urls already exists|member id already exist/i, (failure) => new EtcdRefusedError(failure, 'A member with this peer address exists: use it, or remove it first.')],
  [/bad leader transferee|leader transferee/, (failure) => new EtcdRefusedError(failure, 'The lead can only go to a voting member that runs.')],
  [/rpc not supported for learner/, (failure) => new EtcdRefusedError(failure, 'Ask a voting member: learners answer almost nothing.')],
];

/** The error for a refusal with this gRPC code. */
export function etcdErrorOf(failure: EtcdFailure, grpcCode: number | null, status: number): EtcdError {
  const known = byText.find(([pattern]) => pattern.test(failure.detail));
  if (known) return known[1](failure);
  const isLater = grpcCode === null ? status >= 500 : grpcCode === grpcUnavailable || grpcCode === grpcDeadlineExceeded;
  return isLater ? new EtcdUnreachableError(failure) : new EtcdRefusedError(failure);
}
