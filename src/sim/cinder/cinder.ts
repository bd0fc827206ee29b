import type { FastifyInstance, FastifyRequest } from 'fastify';
import { authenticate, hasProject, isAdmin, mayRead, mayWrite, type ProjectToken } from '../http/authentication.js';
import { ServiceError } from '../http/service-error.js';
import { negotiateMicroversions } from '../microversion.js';
import type { SimContext } from '../sim-context.js';
import type { BlockStorage } from './block-storage.js';
import { volumeQuotaRoutes } from './quotas.routes.js';
import { volumeRoutes } from './volumes.routes.js';

export interface VolumeService {
  context: SimContext;
  storage: BlockStorage;
}

/** Cinder v3. */
export function registerCinder(app: FastifyInstance, service: VolumeService): void {
  negotiateMicroversions(app, { service: 'volume', major: 3, minimum: 0, maximum: 71 });
  const { context } = service;
  const version = {
    id: 'v3.0',
    status: 'CURRENT',
    version: '3.71',
    min_version: '3.0',
    updated: '2023-08-31T00:00:00Z',
    links: [{ rel: 'self', href: `${context.baseUrl('volumev3')}/v3/` }],
    'media-types': [{ base: 'application/json', type: 'application/vnd.openstack.volume+json;version=3' }],
  };
  app.get('/', (_request, reply) => {
    reply.code(300);
    return { versions: [version] };
  });
  app.get('/v3', (request) => {
    authenticate(context, request);
    return { versions: [version] };
  });
  volumeRoutes(app, service);
  volumeQuotaRoutes(app, service);
  app.get('/v3/:projectId/os-availability-zone', (request) => {
    volumeCaller(service, request);
    return { availabilityZoneInfo: [{ zoneName: 'nova', zoneState: { available: true } }] };
  });
  app.get('/v3/:projectId/extensions', (request) => {
    volumeCaller(service, request);
    return { extensions: [] };
  });
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
