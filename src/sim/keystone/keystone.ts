import type { FastifyInstance } from 'fastify';
import { sendError, tokenOf } from '../http/service-app.js';
import { ServiceError } from '../http/service-error.js';
import { applicationCredentialRoutes } from './application-credentials.routes.js';
import { grantRoutes } from './grants.routes.js';
import { callerOf, type Identity } from './identity.js';
import { forbidden } from './keystone-errors.js';
import { projectRoutes } from './projects.routes.js';
import { serviceRoutes } from './services.routes.js';
import { tokenRoutes } from './tokens.routes.js';
import { userRoutes } from './users.routes.js';

const notFoundPage =
  '<!doctype html>\n<html lang=en>\n<title>404 Not Found</title>\n<h1>Not Found</h1>\n<p>The requested URL was not found on the server. If you entered the URL manually please check your spelling and try again.</p>\n';

/** Keystone v3. */
export function registerKeystone(app: FastifyInstance, identity: Identity): void {
  app.get('/', (_request, reply) => {
    reply.code(300).header('location', `${identity.context.baseUrl('identity')}/v3/`);
    return { versions: { values: [version(identity)] } };
  });
  app.get('/v3', () => ({ version: version(identity) }));
  tokenRoutes(app, identity);
  userRoutes(app, identity);
  projectRoutes(app, identity);
  grantRoutes(app, identity);
  applicationCredentialRoutes(app, identity);
  serviceRoutes(app, identity);

  app.post('/v3/OS-TRUST/trusts', (request) => {
    callerOf(identity, request);
    // Nothing here acts by trusts: simulated services hold tokens of their own for later (SimContext.internalToken).
    throw forbidden('identity:create_trust');
  });

  app.setNotFoundHandler((request, reply) => {
    if (tokenOf(request) !== undefined && !identity.tokens.look(tokenOf(request))) {
      sendError('identity', identity.context, new ServiceError(401, 'The request you have made requires authentication.'), reply);
      return;
    }
    void reply.code(404).type('text/html; charset=utf-8').send(notFoundPage);
  });
}

function version({ context }: Identity): Record<string, unknown> {
  return {
    id: 'v3.14',
    status: 'stable',
    updated: '2020-04-07T00:00:00Z',
    links: [{ rel: 'self', href: `${context.baseUrl('identity')}/v3/` }],
    'media-types': [{ base: 'application/json', type: 'application/vnd.openstack.identity-v3+json' }],
  };
}
