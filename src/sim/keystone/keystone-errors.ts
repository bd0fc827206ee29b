import type { TokenInfo } from '../sim-context.js';
import { ServiceError } from '../http/service-error.js';
import { pythonRepr, pythonStr } from '../python-repr.js';

const clientInError = 'The server could not comply with the request since it is either malformed or otherwise incorrect. The client is assumed to be in error.';

export const unauthorized = (message = 'The request you have made requires authentication.'): ServiceError => new ServiceError(401, message);

export const forbidden = (action: string): ServiceError => new ServiceError(403, `You are not authorized to perform the requested action: ${action}.`);

export const missing = (kind: string, id: string): ServiceError => new ServiceError(404, `Could not find ${kind}: ${id}.`);

export const duplicate = (kind: string, detail: string): ServiceError =>
  new ServiceError(409, `Conflict occurred attempting to store ${kind} - Duplicate entry found with ${detail}.`);

/** e.g. expecting('auth', 'request body') */
export const expecting = (what: string, where: string): ServiceError => new ServiceError(400, `Expecting to find ${what} in ${where}. ${clientInError}`);

export const invalid = (field: string, value: unknown, problem: string): ServiceError =>
  new ServiceError(400, `Invalid input for field/attribute ${field}. Value: ${pythonStr(value)}. ${problem}`);

export const requiredProperty = (field: string, value: unknown, property: string): ServiceError =>
  invalid(field, value, `${pythonRepr(property)} is a required property`);

/** Throws Keystone's 403 unless the token has one of the roles that administrate identity. */
export function requireAdmin(token: TokenInfo, action: string): void {
  if (!token.roles.includes('admin')) throw forbidden(`identity:${action}`);
}
