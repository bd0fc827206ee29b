import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import Fastify, { type FastifyError, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { ServiceName, SimContext } from '../sim-context.js';
import { errorBody, malformedJson } from './error-bodies.js';
import { callerOf, type FaultBoard, type Strike } from './fault-board.js';
import type { RequestLog } from './request-log.js';
import { noSuchPath, ServiceError } from './service-error.js';

declare module 'fastify' {
  interface FastifyInstance {
    simService: ServiceName;
  }
  interface FastifyRequest {
    /** True for calls of one simulated service to another. */
    simInternal: boolean;
    rawBody: string;
    strike: Strike | null;
  }
}

export interface Plumbing {
  faults: FaultBoard;
  requests: RequestLog;
}

/** oslo.middleware's `max_request_body_size` is 114688 bytes; Neutron has none, and Heat looks at the size itself. */
const bodyLimits: Record<ServiceName, number> = {
  identity: 114_688,
  image: 114_688,
  compute: 114_688,
  network: 1_048_576,
  volumev3: 114_688,
  orchestration: 4_194_304,
  'load-balancer': 114_688,
};

/** A Fastify application with everything the simulated services have in common: body parsing, request ids, log, latency, faults, errors. */
export function createServiceApp(service: ServiceName, context: SimContext, plumbing: Plumbing): FastifyInstance {
  const app = Fastify({
    bodyLimit: bodyLimits[service],
    forceCloseConnections: true,
    genReqId: () => `req-${randomUUID()}`,
    logger: false,
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 1000 },
  });
  app.decorate('simService', service);
  app.decorateRequest('simInternal', false);
  app.decorateRequest('rawBody', '');
  app.decorateRequest('strike', null);
  acceptAnyBody(app, service);
  app.addHook('onRoute', (route) => {
    const { handler } = route;
    // A request is applied as a whole or not at all, whenever the simulator is killed. The answer leaves after the write.
    route.handler = function (request, reply) {
      return context.journal.atomically(() => handler.call(this, request, reply));
    };
  });

  app.addHook('onRequest', async (request, reply) => {
    request.simInternal = request.headers['x-sim-internal'] === context.internalSecret;
    reply.header('x-openstack-request-id', request.id);
    if (service === 'compute' || service === 'volumev3') reply.header('x-compute-request-id', request.id);
    if (service === 'identity') reply.header('vary', 'X-Auth-Token');
  });
  app.addHook('preHandler', async (request, reply) => {
    if (!request.simInternal && context.settings.callMs > 0) await delay(context.settings.callMs);
    return suffer(service, plumbing.faults, request, reply);
  });
  app.addHook('onSend', async (request, _reply, payload) => {
    const { strike } = request;
    if (strike && 'cut' in strike.action) request.raw.socket.destroy();
    if (strike && 'hold' in strike.action && strike.action.hold === 'after') await strike.untilRemoved();
    return payload;
  });
  app.addHook('onResponse', async (request, reply) => {
    if (request.simInternal) return;
    plumbing.requests.add({
      at: new Date().toISOString(),
      service,
      method: request.method,
      path: request.url,
      status: reply.statusCode,
      ms: Math.round(reply.elapsedTime),
      user_id: context.verifyToken(tokenOf(request))?.userId ?? null,
      request_id: callerOf(request.headers).requestId ?? null,
      user_agent: request.headers['user-agent'] ?? null,
    });
  });
  // Keystone and Octavia have a page of their own for unknown paths, Heat for every refusal.
  if (!['identity', 'orchestration', 'load-balancer'].includes(service)) {
    app.setNotFoundHandler((_request, reply) => {
      sendError(service, context, noSuchPath(), reply);
    });
  }
  if (service !== 'orchestration') {
    app.setErrorHandler((error: FastifyError | ServiceError, request, reply) => {
      sendError(service, context, asServiceError(error, context, request), reply);
    });
  }
  return app;
}

/** Sends a refusal in the service's own form. */
export function sendError(service: ServiceName, context: SimContext, error: ServiceError, reply: FastifyReply): void {
  const body = errorBody(service, error, reply.request.headers.accept?.includes('json') === true);
  reply.code(error.status).headers(error.more.headers ?? {});
  // Keystone and the auth middleware name where to log in.
  if (error.status === 401) reply.header('www-authenticate', `Keystone uri="${context.baseUrl('identity')}/v3"`);
  if (error.status === 401) reply.removeHeader('openstack-api-version').removeHeader('x-openstack-nova-api-version');
  // Glance's and Octavia's middleware refuses before the request gets its id.
  if (error.status === 401 && (service === 'image' || service === 'load-balancer')) reply.removeHeader('x-openstack-request-id');
  if (typeof body === 'string') reply.type('text/html; charset=UTF-8').send(body);
  else reply.type('application/json').send(JSON.stringify(body));
}

export function tokenOf(request: FastifyRequest): string | undefined {
  const header = request.headers['x-auth-token'];
  return Array.isArray(header) ? header[0] : header;
}

/** Clients send JSON under several content types, and `Content-Type: application/json` with an empty body on DELETE. */
function acceptAnyBody(app: FastifyInstance, service: ServiceName): void {
  const { message, ...more } = malformedJson[service];
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'string' }, (request, text, done) => {
    request.rawBody = text.toString();
    try {
      done(null, request.rawBody === '' ? undefined : JSON.parse(request.rawBody));
    } catch {
      done(new ServiceError(400, message, more), undefined);
    }
  });
}

/** Applies the fault that this request meets, if any. Resolves when the request may go on, or after it was answered or cut off. */
async function suffer(service: ServiceName, faults: FaultBoard, request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
  const strike = faults.strike({ service, method: request.method, url: request.url, body: request.rawBody, internal: request.simInternal, ...callerOf(request.headers) });
  if (!strike) return undefined;
  request.strike = strike;
  const { action } = strike;
  if ('delay_ms' in action) return delay(action.delay_ms);
  if ('cut' in action) return undefined;
  if ('hold' in action) return action.hold === 'before' ? strike.untilRemoved() : undefined;
  if ('status' in action) {
    return reply.code(action.status).headers(action.headers ?? {}).send(action.body ?? { error: { code: action.status, message: 'injected fault' } });
  }
  // A hanging service never applies the request: when the fault is removed the connection just ends.
  if ('hang' in action) await strike.untilRemoved();
  reply.hijack();
  request.raw.socket.destroy();
  return reply;
}

function asServiceError(error: FastifyError | ServiceError, context: SimContext, request: FastifyRequest): ServiceError {
  if (error instanceof ServiceError) return error;
  if (error.statusCode === 413) return new ServiceError(413, 'Request is too large.', { webob: true });
  if (error.statusCode !== undefined && error.statusCode < 500) return new ServiceError(error.statusCode, error.message);
  context.log('unexpected failure', { url: request.url, method: request.method, error: error.stack ?? error.message });
  return new ServiceError(500, 'An unexpected error prevented the server from fulfilling your request.');
}
