import type { FastifyRequest } from 'fastify';
import type { SimContext, TokenInfo } from '../sim-context.js';
import { isAllowedByRules } from './access-rules.js';
import { ServiceError } from './service-error.js';
import { tokenOf } from './service-app.js';

/** A token with a project, which every service but Keystone asks for. */
export type ProjectToken = TokenInfo & { projectId: string; projectName: string };

/** Throws the auth middleware's 401 for no token, one that does not hold, or one whose access rules do not cover this call. */
export function authenticate(context: SimContext, request: FastifyRequest): TokenInfo {
  const token = context.verifyToken(tokenOf(request));
  if (!token || !isAllowedByRules(token, request.server.simService, request.method, request.url)) throw unauthenticated();
  return token;
}

export function unauthenticated(): ServiceError {
  return new ServiceError(401, 'The request you have made requires authentication.');
}

export function hasProject(token: TokenInfo): token is ProjectToken {
  return token.projectId !== null;
}

export const isAdmin = (token: TokenInfo): boolean => token.roles.includes('admin');

/** `member` is what the 2025 default policies ask of who changes something; `reader` of who looks. */
export const mayWrite = (token: TokenInfo): boolean => token.roles.includes('member') || isAdmin(token);
export const mayRead = (token: TokenInfo): boolean => token.roles.includes('reader') || mayWrite(token);
