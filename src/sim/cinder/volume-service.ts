import type { FastifyRequest } from 'fastify';
import { authenticate, hasProject, isAdmin, mayRead, mayWrite, type ProjectToken } from '../http/authentication.js';
import { ServiceError } from '../http/service-error.js';
import type { SimContext } from '../sim-context.js';
import type { BlockStorage } from './block-storage.js';

/** What Cinder's routes share. */
export interface VolumeService {
  context: SimContext;
  storage: BlockStorage;
}

/** The caller; throws 401 without a token, 400 when the path names another project than the token's. */
export function volumeCaller({ context }: VolumeService, request: FastifyRequest): ProjectToken {
  const token = authenticate(context, request);
  const { projectId } = request.params as { projectId?: string };
  if (!hasProject(token) || (projectId !== token.projectId && !isAdmin(token))) throw new ServiceError(400, 'Malformed request url');
  if (!mayRead(token)) throw notAllowed('volume:get_all');
  return token;
}

export function volumeWriter(service: VolumeService, request: FastifyRequest, rule: string): ProjectToken {
  const token = volumeCaller(service, request);
  if (!mayWrite(token)) throw notAllowed(rule);
  return token;
}

export const notAllowed = (rule: string): ServiceError => new ServiceError(403, `Policy doesn't allow ${rule} to be performed.`);
