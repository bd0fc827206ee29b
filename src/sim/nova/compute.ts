import type { FastifyRequest } from 'fastify';
import { authenticate, hasProject, isAdmin, mayRead, mayWrite, type ProjectToken } from '../http/authentication.js';
import { ServiceError } from '../http/service-error.js';
import type { ComputeParts } from './compute-parts.js';
import type { Server } from './compute-store.js';
import type { ServerLife } from './server-life.js';

/** What Nova's routes share. */
export interface Compute extends ComputeParts {
  life: ServerLife;
}

export interface WithId {
  Params: { id: string };
}

export const notAllowed = (rule: string): ServiceError => new ServiceError(403, `Policy doesn't allow os_compute_api:${rule} to be performed.`);
export const badRequest = (message: string): ServiceError => new ServiceError(400, message);

/** The caller; throws 401 without a token and 403 for one that may not look. */
export function callerOf({ context }: Compute, request: FastifyRequest, rule = 'servers:index'): ProjectToken {
  const token = authenticate(context, request);
  if (!hasProject(token) || !mayRead(token)) throw notAllowed(rule);
  return token;
}

export function writerOf(compute: Compute, request: FastifyRequest, rule: string): ProjectToken {
  const token = callerOf(compute, request, rule);
  if (!mayWrite(token)) throw notAllowed(rule);
  return token;
}

export function adminOf(compute: Compute, request: FastifyRequest, rule: string): ProjectToken {
  const token = callerOf(compute, request, rule);
  if (!isAdmin(token)) throw notAllowed(rule);
  return token;
}

/** Throws 404 for what is not there or another project's. */
export function getServer({ store }: Compute, caller: ProjectToken, id: string): Server {
  const server = store.servers.get(id);
  if (!server || (server.project_id !== caller.projectId && !isAdmin(caller))) throw new ServiceError(404, `Instance ${id} could not be found.`);
  return server;
}

export const apiUrl = ({ context }: Compute, path: string): string => `${context.baseUrl('compute')}/v2.1${path}`;

/** Nova's two links of a resource, e.g. of `servers/<id>`. */
export const linksOf = (compute: Compute, path: string): Record<string, string>[] => [
  { rel: 'self', href: apiUrl(compute, `/${path}`) },
  { rel: 'bookmark', href: `${compute.context.baseUrl('compute')}/${path}` },
];
