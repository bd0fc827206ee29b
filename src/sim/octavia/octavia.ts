import type { FastifyInstance } from 'fastify';
import { ServiceError } from '../http/service-error.js';
import { healthMonitorRoutes } from './health-monitors.routes.js';
import { readerOf, type Lbaas } from './lbaas.js';
import { listenerRoutes } from './listeners.routes.js';
import { loadBalancerRoutes } from './load-balancers.routes.js';
import { memberRoutes } from './members.routes.js';
import { notAllowed } from './octavia-errors.js';
import { poolRoutes } from './pools.routes.js';
import { picked } from './listing.js';
import { providers } from './providers.js';
import { quotaRoutes } from './quotas.routes.js';
import { versions } from './versions.js';
import { isAdmin } from '../http/authentication.js';

/** Octavia v2, under its own path and under the one of its first release. */
export function registerOctavia(app: FastifyInstance, lbaas: Lbaas): void {
  app.get('/', () => ({ versions: versions(lbaas.context.baseUrl('load-balancer')) }));
  for (const prefix of ['/v2', '/v2.0']) {
    for (const path of [prefix, `${prefix}/lbaas`]) {
      app.get(path, (request, reply) => {
        readerOf(lbaas, request);
        return reply.type('application/json').send('"v2"');
      });
    }
    loadBalancerRoutes(app, prefix, lbaas);
    listenerRoutes(app, prefix, lbaas);
    poolRoutes(app, prefix, lbaas);
    memberRoutes(app, prefix, lbaas);
    healthMonitorRoutes(app, prefix, lbaas);
    quotaRoutes(app, prefix, lbaas);
    choiceRoutes(app, prefix, lbaas);
  }
  app.setNotFoundHandler((request) => {
    readerOf(lbaas, request);
    throw new ServiceError(404, '', { body: { code: 404, title: 'Not Found', description: '' } });
  });
}

/** What a load balancer may be made with: two names of the one provider, no flavors, no zones. */
function choiceRoutes(app: FastifyInstance, prefix: string, lbaas: Lbaas): void {
  app.get(`${prefix}/lbaas/providers`, (request) => {
    readerOf(lbaas, request);
    return { providers: providers.map((provider) => picked(request, provider)) };
  });
  for (const [path, key] of [['flavors', 'flavors'], ['availabilityzones', 'availability_zones']] as const) {
    app.get(`${prefix}/lbaas/${path}`, (request) => {
      readerOf(lbaas, request);
      return { [key]: [], [`${key}_links`]: [] };
    });
    app.get<{ Params: { id: string } }>(`${prefix}/lbaas/${path}/:id`, (request) => {
      readerOf(lbaas, request);
      const kind = path === 'flavors' ? 'Flavor' : 'Availability Zone';
      throw new ServiceError(404, `${kind} ${request.params.id} not found.`);
    });
  }
  for (const path of ['flavorprofiles', 'availabilityzoneprofiles']) {
    app.get(`${prefix}/lbaas/${path}`, (request) => {
      if (!isAdmin(readerOf(lbaas, request))) throw notAllowed();
      const key = path.replace('zoneprofiles', '_zone_profiles');
      return { [key]: [], [`${key}_links`]: [] };
    });
  }
}
