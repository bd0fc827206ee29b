import { ServiceError } from '../http/service-error.js';

export type ResourceKind = 'Load Balancer' | 'Listener' | 'Pool' | 'Member' | 'Health Monitor';

export const refuse = (status: number, message: string): ServiceError => new ServiceError(status, message);
export const notFound = (kind: ResourceKind, id: string): ServiceError => refuse(404, `${kind} ${id} not found.`);
export const notAllowed = (): ServiceError => refuse(403, 'Policy does not allow this request to be performed.');
export const invalid = (message: string): ServiceError => refuse(400, `Validation failure: ${message}`);
export const immutable = (kind: ResourceKind, id: string): ServiceError => refuse(409, `${kind} ${id} is immutable and cannot be updated.`);
export const badValue = (field: string, value: unknown, wanted: string): ServiceError => refuse(400, `Invalid input for field/attribute ${field}. Value: '${shown(value)}'. ${wanted}`);
/** The answer when the driver behind the API could not do what it was told. */
export const providerFailed = (reason: string): ServiceError => refuse(500, `Provider 'amphora' reports error: ${reason}`);

/** Members are found by way of their pool, which is looked up before Octavia's own error handling. */
export function noSuchPoolInPath(id: string): ServiceError {
  return new ServiceError(404, '', { body: { code: 404, title: 'Bad Request', description: `Pool ${id} not found.` } });
}

function shown(value: unknown): string {
  if (value === undefined || value === null) return 'None';
  return typeof value === 'string' ? value : JSON.stringify(value).replaceAll('"', "'");
}
