import type { FastifyError, FastifyInstance } from 'fastify';
import { Agent } from 'undici';
import { authenticate } from '../http/authentication.js';
import { sendError } from '../http/service-app.js';
import { ServiceError } from '../http/service-error.js';
import type { SimContext } from '../sim-context.js';
import type { Heat } from './api/heat.js';
import { sendPlainly } from './api/plain-answer.js';
import { stackReadRoutes } from './api/stack-read.routes.js';
import { stackWriteRoutes } from './api/stack-write.routes.js';
import { Cloud } from './cloud/cloud.js';
import { HeatFaults } from './engine/heat-faults.js';
import { nestedStackDesk } from './engine/nested-stacks.js';
import { StackEngine } from './engine/stack-engine.js';
import type { Workshop } from './engine/workshop.js';
import { HeatError } from './heat-error.js';
import { StackStore } from './stack/stack-store.js';

/** Heat v1 with its engine: stacks in flight go on once every service listens, and rest when the simulator closes. */
export function registerHeat(app: FastifyInstance, context: SimContext): HeatFaults {
  const agent = context.internalDispatcher ?? new Agent({ connections: 64, keepAliveTimeout: 10_000, headersTimeout: 0, bodyTimeout: 0 });
  const store = new StackStore(context.journal);
  const faults = new HeatFaults(context.journal);
  const shop: Workshop = {
    context,
    store,
    faults,
    cloudOf: (stack) => new Cloud(context, agent, stack.projectId, stack.userId),
    nestedOf: (stack, record) => nestedStackDesk(shop, stack, record),
    start: (stackId) => engine.start(stackId),
  };
  const engine = new StackEngine(shop);
  const heat: Heat = { context, store, shop };

  takeTextBodies(app);
  answerErrors(app, context);
  app.get('/', (_request, reply) =>
    reply.code(300).send({
      versions: [{ id: 'v1.0', status: 'CURRENT', links: [{ rel: 'self', href: `${context.baseUrl('orchestration')}/v1/` }] }],
    }),
  );
  app.get('/v1/:tenant/build_info', (request) => {
    authenticate(context, request);
    return { api: { revision: 'unknown' }, engine: { revision: 'unknown' } };
  });
  stackWriteRoutes(app, heat);
  stackReadRoutes(app, heat);

  context.onReady(() => engine.resume());
  context.onClose(async () => {
    await engine.stop();
    await agent.destroy();
  });
  return faults;
}

/** Bodies are parsed by the handlers, because Heat has its own words for what is wrong with them. */
function takeTextBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'string' }, (request, text, done) => {
    request.rawBody = text.toString();
    done(null, undefined);
  });
}

function answerErrors(app: FastifyInstance, context: SimContext): void {
  app.setErrorHandler((error: FastifyError | HeatError | ServiceError, request, reply) => {
    if (error instanceof ServiceError) {
      sendError('orchestration', context, error, reply);
      return reply;
    }
    if (error instanceof HeatError) return reply.code(error.status).send(error.body());
    context.log('unexpected failure', { url: request.url, method: request.method, error: error.stack ?? error.message });
    return reply.code(500).send(new HeatError(500, 'RemoteError', null).body());
  });
  app.setNotFoundHandler((request, reply) => {
    authenticate(context, request);
    return sendPlainly(request, reply, 404, 'Not Found', 'The resource could not be found.');
  });
}
