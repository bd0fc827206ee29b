import { DomainError } from '../domain/domain-error.js';

/** A call to a cluster's API that was not done. */
export interface ClusterFailure {
  readonly clusterId: string;
  /** Method and path. */
  readonly call: string;
  /** Null when there was no answer. */
  readonly status: number | null;
  /** Kubernetes' one-word reason, for example NotFound; null when it gave none. */
  readonly reason: string | null;
  readonly detail: string;
}

/** Base of what goes wrong with a cluster's API; the message names the cluster, the call and the cluster's words. */
export abstract class ClusterError extends DomainError {
  readonly clusterId: string;
  readonly status: number | null;
  readonly reason: string | null;
  readonly detail: string;

  constructor(failure: ClusterFailure, options?: ErrorOptions) {
    const answer = failure.status === null ? 'did not answer' : `answered ${failure.status}`;
    super(`The Kubernetes API of cluster ${failure.clusterId} ${answer} to ${failure.call}: ${failure.detail}`, options);
    this.clusterId = failure.clusterId;
    this.status = failure.status;
    this.reason = failure.reason;
    this.detail = failure.detail;
  }
}

/** No answer, or one that says "not now": says nothing about what runs in the cluster. */
export class ClusterUnreachableError extends ClusterError {
  override readonly code = 'cluster-unreachable';
  override readonly retryable = true;
}

/** The cluster understood the call and will not do it. */
export class ClusterRefusedError extends ClusterError {
  override readonly code = 'cluster-refused';
}

/** The cluster does not serve objects of this kind, perhaps only not yet (their definition was applied a moment ago). */
export class ClusterKindMissingError extends ClusterError {
  override readonly code = 'cluster-refused';
  override readonly retryable = true;
}

/** 408 and 504: too slow · 410: a list that was read in pages has expired · 429: busy. */
const laterStatuses: ReadonlySet<number> = new Set([408, 410, 429]);

export const clusterErrorOf = (failure: ClusterFailure & { readonly status: number }): ClusterError =>
  failure.status >= 500 || laterStatuses.has(failure.status) ? new ClusterUnreachableError(failure) : new ClusterRefusedError(failure);
