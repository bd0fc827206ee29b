import { DomainError, type ErrorCode } from '../domain/domain-error.js';

export type CloudService = 'keystone' | 'glance' | 'nova' | 'neutron' | 'cinder' | 'heat' | 'octavia' | 'container-infra';

/** What is known of a call that a service did not do. */
export interface CloudFailure {
  readonly service: CloudService;
  /** HTTP status; null when there was no answer. */
  readonly status: number | null;
  /** The service's own request id: what an operator greps for in its log. */
  readonly requestId: string | null;
  /** The service's words, or why no answer came. */
  readonly detail: string;
  /** Method and path, without the query. */
  readonly call: string;
}

/** Base of all failures of calls to OpenStack; the message names the service, the call and the service's words. */
export abstract class OpenStackError extends DomainError {
  readonly service: CloudService;
  readonly status: number | null;
  readonly requestId: string | null;
  readonly detail: string;

  constructor(failure: CloudFailure, options?: ErrorOptions) {
    super(describe(failure), options);
    this.service = failure.service;
    this.status = failure.status;
    this.requestId = failure.requestId;
    this.detail = failure.detail;
  }
}

function describe({ service, status, requestId, detail, call }: CloudFailure): string {
  const answer = status === null ? 'did not answer' : `answered ${status}`;
  return `${service} ${answer} to ${call}: ${detail}${requestId === null ? '' : ` (${requestId})`}`;
}

/** The request was understood and refused for what it says (400, 413, 422 and the like). */
export class CloudBadRequestError extends OpenStackError {
  override readonly code: ErrorCode = 'cloud-refused';
}

/** The token (or the credential it is made from) is not, or no longer, good. */
export class CloudUnauthorizedError extends OpenStackError {
  override readonly code: ErrorCode = 'cloud-refused';
}

export class CloudForbiddenError extends OpenStackError {
  override readonly code: ErrorCode = 'cloud-refused';
}

/** A quota or limit of the project stands in the way, whatever HTTP status the service chose to say so. */
export class CloudQuotaError extends OpenStackError {
  override readonly code: ErrorCode = 'quota-exceeded';
}

export class CloudNotFoundError extends OpenStackError {
  override readonly code: ErrorCode = 'cloud-refused';
}

/** The name is taken, or the object is in a state that forbids the call. */
export class CloudConflictError extends OpenStackError {
  override readonly code: ErrorCode = 'cloud-refused';
}

/** No answer, or one that says "not now" (429, 5xx), or one that cannot be understood: worth another try later. */
export class CloudUnavailableError extends OpenStackError {
  override readonly code: ErrorCode = 'cloud-unavailable';
  override readonly retryable = true;
}

/** The catalogue has no endpoint of a service where we look (region, interface). */
export class CloudServiceMissingError extends OpenStackError {
  override readonly code: ErrorCode = 'cloud-refused';
}

/**
 * Services say "quota exceeded" with 400 (Heat), 403 (Nova), 409 (Neutron) and 413 (Cinder): the text tells, the status does
 * not. Both words are asked for, since a refused policy names its rule, such as get_quota.
 */
const quotaText = /quota.*exceed|exceed.*quota|maximum stacks per/is;

/** The error class for an answer that is no success. */
export function cloudErrorOf(failure: CloudFailure & { readonly status: number }): OpenStackError {
  const { status, detail } = failure;
  if (status === 429 || status >= 500) return new CloudUnavailableError(failure);
  if ([400, 403, 409, 413].includes(status) && quotaText.test(detail)) return new CloudQuotaError(failure);
  if (status === 401) return new CloudUnauthorizedError(failure);
  if (status === 403) return new CloudForbiddenError(failure);
  if (status === 404 || status === 410) return new CloudNotFoundError(failure);
  if (status === 409) return new CloudConflictError(failure);
  return new CloudBadRequestError(failure);
}
