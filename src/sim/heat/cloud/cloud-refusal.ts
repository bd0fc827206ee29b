import { isObject, textAt } from '../../json.js';
import type { ServiceName } from '../../sim-context.js';

/** A service said no to Heat. */
export class CloudRefusal extends Error {
  constructor(
    readonly service: ServiceName,
    readonly status: number,
    /** Neutron's exception name; empty for other services. */
    readonly type: string,
    readonly detail: string,
    readonly requestId: string,
  ) {
    super(detail);
  }

  /** The exception class that the service's Python client makes of it. */
  get exception(): string {
    if (this.service === 'load-balancer') return 'OctaviaClientException';
    if (this.service === 'network' && clientExceptions.has(this.type)) return `${this.type}Client`;
    return exceptionByStatus[this.status] ?? (this.service === 'network' ? 'NeutronClientException' : 'ClientException');
  }

  /** The exception's text, which becomes part of `resource_status_reason`. */
  get wording(): string {
    if (this.service === 'network') return `${this.detail}\nNeutron server returns request_ids: ['${this.requestId}']`;
    return `${this.detail} (HTTP ${this.status}) (Request-ID: ${this.requestId})`;
  }
}

/** Neutron errors for which python-neutronclient has a class of its own. */
const clientExceptions = new Set([
  'NetworkNotFound',
  'PortNotFound',
  'StateInvalid',
  'NetworkInUse',
  'PortInUse',
  'IpAddressInUse',
  'IpAddressAlreadyAllocated',
  'InvalidIpForNetwork',
  'InvalidIpForSubnet',
  'OverQuota',
  'IpAddressGenerationFailure',
  'MacAddressInUse',
  'HostNotCompatibleWithFixedIps',
  'ExternalIpAddressExhausted',
]);

const exceptionByStatus: Record<number, string> = {
  400: 'BadRequest',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'NotFound',
  405: 'MethodNotAllowed',
  406: 'NotAcceptable',
  409: 'Conflict',
  413: 'OverLimit',
  429: 'OverLimit',
  500: 'InternalServerError',
  501: 'HTTPNotImplemented',
  503: 'ServiceUnavailable',
};

export const isNotFound = (error: unknown): boolean => error instanceof CloudRefusal && error.status === 404;
export const isConflict = (error: unknown): boolean => error instanceof CloudRefusal && error.status === 409;

export function readRefusal(service: ServiceName, status: number, text: string, requestId: string): CloudRefusal {
  const body = parsed(text);
  const inner = isObject(body) ? Object.values(body).find(isObject) : undefined;
  const detail = textAt(inner, 'message') ?? textAt(body, 'faultstring') ?? textAt(body, 'description') ?? text.replace(/<[^>]*>/g, ' ').trim();
  return new CloudRefusal(service, status, textAt(inner, 'type') ?? '', detail, requestId);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    // Glance and proxies answer with HTML.
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
