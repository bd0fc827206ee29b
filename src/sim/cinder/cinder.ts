import type { FastifyInstance } from 'fastify';
import { authenticate } from '../http/authentication.js';
import { negotiateMicroversions } from '../microversion.js';
import { volumeQuotaRoutes } from './quotas.routes.js';
import { volumeCaller, type VolumeService } from './volume-service.js';
import { volumeRoutes } from './volumes.routes.js';

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
