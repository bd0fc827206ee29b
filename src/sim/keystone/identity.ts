import type { FastifyRequest } from 'fastify';
import { isAllowedByRules } from '../http/access-rules.js';
import { tokenOf } from '../http/service-app.js';
import type { SimContext, TokenInfo } from '../sim-context.js';
import type { IdentityStore } from './identity-store.js';
import { unauthorized } from './keystone-errors.js';
import type { LiveToken, TokenKeeper } from './tokens.js';

/** What the routes of Keystone share. */
export interface Identity {
  context: SimContext;
  store: IdentityStore;
  tokens: TokenKeeper;
}

/** The caller; throws 401 without a token that holds. */
export function callerOf(identity: Identity, request: FastifyRequest): TokenInfo {
  const caller = identity.tokens.verify(tokenOf(request));
  if (!caller || !isAllowedByRules(caller, 'identity', request.method, request.url)) throw unauthorized();
  return caller;
}

export function callerTokenOf(identity: Identity, request: FastifyRequest): LiveToken {
  const token = identity.tokens.look(tokenOf(request));
  if (!token) throw unauthorized();
  return token;
}

export const selfUrl = (identity: Identity, path: string): string => `${identity.context.baseUrl('identity')}/v3/${path}`;

/** Keystone's collections: `{ users: […], links: { next, self, previous } }`. */
export function collectionOf(identity: Identity, request: FastifyRequest, key: string, items: unknown[]): Record<string, unknown> {
  return { [key]: items, links: { next: null, self: `${identity.context.baseUrl('identity')}${request.url}`, previous: null } };
}

/** Keeps the records whose fields equal the query's, for the named fields only. */
export function filtered<T extends object>(items: T[], query: unknown, fields: readonly string[]): T[] {
  const wanted = query as Record<string, string | undefined>;
  return items.filter((item) => fields.every((field) => wanted[field] === undefined || String((item as Record<string, unknown>)[field]) === wanted[field]));
}
