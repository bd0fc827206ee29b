import type { FastifyInstance } from 'fastify';
import { negotiateMicroversions } from '../microversion.js';
import type { Compute } from './compute.js';
import { flavorRoutes } from './flavors.routes.js';
import { keypairRoutes } from './keypairs.routes.js';
import { computeQuotaRoutes } from './quotas.routes.js';
import { serverGroupRoutes } from './server-groups.routes.js';
import { serverRoutes } from './servers.routes.js';
import { serviceRoutes } from './services.routes.js';
import { volumeAttachmentRoutes } from './volume-attachments.routes.js';

/** Nova v2.1. */
export function registerNova(app: FastifyInstance, compute: Compute): void {
  negotiateMicroversions(app, { service: 'compute', major: 2, minimum: 1, maximum: 100, legacyHeader: 'X-OpenStack-Nova-API-Version' });
  const url = compute.context.baseUrl('compute');
  const version = { id: 'v2.1', status: 'CURRENT', version: '2.100', min_version: '2.1', updated: '2013-07-23T11:33:21Z' };
  const self = { rel: 'self', href: `${url}/v2.1/` };
  app.get('/', () => ({ versions: [{ ...version, links: [self] }] }));
  app.get('/v2.1', () => ({
    version: {
      ...version,
      links: [self, { rel: 'describedby', type: 'text/html', href: 'http://docs.openstack.org/' }],
      'media-types': [{ base: 'application/json', type: 'application/vnd.openstack.compute+json;version=2.1' }],
    },
  }));
  serverRoutes(app, compute);
  volumeAttachmentRoutes(app, compute);
  flavorRoutes(app, compute);
  keypairRoutes(app, compute);
  serverGroupRoutes(app, compute);
  computeQuotaRoutes(app, compute);
  serviceRoutes(app, compute);
  app.get('/v2.1/extensions', () => ({ extensions: [] }));
}
