import { randomUUID } from 'node:crypto';

export const requestIdHeader = 'x-openstack-request-id';

export const newRequestId = (): string => `req-${randomUUID()}`;

const requestIdPattern = /^req-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** The caller's own id for the whole of a wider request, if it has the form of one; it is only logged. */
export function globalRequestId(header: string | string[] | undefined): string | undefined {
  return typeof header === 'string' && requestIdPattern.test(header) ? header : undefined;
}
