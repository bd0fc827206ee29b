import { ServiceError } from '../http/service-error.js';

export const refuse = (status: number, type: string, message: string): ServiceError => new ServiceError(status, message, { type });

export const badRequest = (message: string): ServiceError => refuse(400, 'HTTPBadRequest', message);
export const invalidInput = (message: string): ServiceError => refuse(400, 'InvalidInput', `Invalid input for operation: ${message}`);
export const notAllowed = (rule: string): ServiceError => refuse(403, 'PolicyNotAuthorized', `rule:${rule} is disallowed by policy`);
export const overQuota = (resource: string): ServiceError => refuse(409, 'OverQuota', `Quota exceeded for resources: ['${resource}'].`);

/** Each kind says in its own words that it is not there. */
const notFoundWords = {
  network: (id: string) => refuse(404, 'NetworkNotFound', `Network ${id} could not be found.`),
  subnet: (id: string) => refuse(404, 'SubnetNotFound', `Subnet ${id} could not be found.`),
  port: (id: string) => refuse(404, 'PortNotFound', `Port ${id} could not be found.`),
  router: (id: string) => refuse(404, 'RouterNotFound', `Router ${id} could not be found`),
  floatingip: (id: string) => refuse(404, 'FloatingIPNotFound', `Floating IP ${id} could not be found`),
  security_group: (id: string) => refuse(404, 'SecurityGroupNotFound', `Security group ${id} does not exist`),
  security_group_rule: (id: string) => refuse(404, 'SecurityGroupRuleNotFound', `Security group rule ${id} does not exist`),
} satisfies Record<string, (id: string) => ServiceError>;

export type ResourceKind = keyof typeof notFoundWords;

export const notFound = (kind: ResourceKind, id: string): ServiceError => notFoundWords[kind](id);
