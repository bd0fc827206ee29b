import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import { withLogFields } from '../../logging/log-context.js';
import type { Metrics } from '../../metrics/metrics.js';
import type { Authenticator } from '../access/authenticator.js';
import { baseUrl } from './base-url.js';
import { accepts } from './body-parsers.js';
import { announceMicroversion, minorMin, parseMicroversion, versionHeaders } from './microversion.js';
import { MicroversionUnsupportedError, ProtocolError } from './protocol-errors.js';
import { beginContext, contextOf, findContext, type RequestContext } from './request-context.js';
import { globalRequestId, newRequestId, requestIdHeader } from './request-id.js';
import { pathOf } from './request-path.js';
import { RouteTable } from './route-table.js';

/** Answered without a token, and our description of the API. */
const publicPaths = new Set(['/', '/v1', '/v1/openapi.json']);
const healthPath = '/healthcheck';

export interface HookDependencies {
  readonly authenticator: Authenticator;
  readonly publicUrl: string | undefined;
  readonly log: Logger;
  readonly metrics: Metrics | undefined;
}

/** Everything between the socket and a handler, in Magnum's order: id, token, version, `Accept`, route. */
export function useRequestHooks(fastify: FastifyInstance, { authenticator, publicUrl, log, metrics }: HookDependencies): void {
  const routes = new RouteTable();
  fastify.addHook('onRoute', ({ url, method }) => routes.add(url, Array.isArray(method) ? method : [method]));

  fastify.addHook('onRequest', (request, reply, done) => {
    const context: RequestContext = { requestId: newRequestId(), minor: minorMin, caller: undefined, base: baseUrl(request, publicUrl) };
    beginContext(request, context);
    reply.header(requestIdHeader, context.requestId);
    withLogFields({ requestId: context.requestId }, done);
  });
  // Reading a body goes through the socket's events, which know nothing of the request any more.
  fastify.addHook('preValidation', (request, _reply, done) => {
    withLogFields({ requestId: contextOf(request).requestId }, done);
  });

  fastify.addHook('onRequest', async (request, reply) => {
    const path = pathOf(request.url);
    const context = contextOf(request);
    if (path === healthPath) return;
    if (request.method === 'OPTIONS') {
      await reply.header('Allow', routes.methodsOf(path).join(', ')).status(200).send();
      return;
    }
    if (!publicPaths.has(path)) context.caller = await authenticator.authenticate(request.headers['x-auth-token']);
    if (path !== '/') {
      try {
        context.minor = parseMicroversion(oneHeader(request.headers[versionHeaders.effective.toLowerCase()]));
      } catch (error) {
        if (error instanceof MicroversionUnsupportedError) announceMicroversion(reply, error.version);
        throw error;
      }
      announceMicroversion(reply, `1.${context.minor}`);
    }
    const types = path.endsWith('/events') ? ['text/event-stream', 'application/json'] : ['application/json'];
    if (!accepts(request.headers.accept, types)) throw new ProtocolError('not-acceptable', `This is answered as ${types.join(' or ')} only; the Accept header excludes it.`);
    if (request.is404) throw noRoute(request.method, path, routes.methodsOf(path));
  });

  fastify.addHook('onResponse', (request, reply, done) => {
    const context = findContext(request);
    const { method, originalUrl, routeOptions } = request;
    const route = request.is404 ? undefined : routeOptions.url;
    metrics?.httpAnswered({ listener: 'magnum-api', method, route, status: reply.statusCode, ms: reply.elapsedTime });
    const fields = {
      requestId: context?.requestId,
      globalRequestId: globalRequestId(request.headers[requestIdHeader]),
      method,
      route,
      path: pathOf(originalUrl),
      status: reply.statusCode,
      ms: Math.round(reply.elapsedTime),
      projectId: context?.caller?.projectId,
      userId: context?.caller?.userId,
    };
    log[reply.statusCode >= 500 ? 'warn' : pathOf(request.url) === healthPath ? 'debug' : 'info']({ message: 'Answered', ...fields });
    done();
  });
}

function noRoute(method: string, path: string, methods: string[]): ProtocolError {
  return methods.length > 0
    ? new ProtocolError('method-not-allowed', `Method ${method} is not allowed for ${path}; use ${methods.join(', ')}.`, methods)
    : new ProtocolError('route-not-found', `There is no resource ${path}.`);
}

const oneHeader = (header: string | string[] | undefined): string | undefined => (Array.isArray(header) ? header.join(',') : header);

