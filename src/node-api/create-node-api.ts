import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fastify, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { withLogFields } from '../logging/log-context.js';
import { drawRequestId } from '../openstack/call-options.js';
import { closeConnectionsAtTheEnd } from '../process/close-connections.js';
import { claimNode, claimSchema } from './claim.js';
import { NodeApiError } from './node-api-error.js';
import type { NodeApiRuntime } from './node-api-runtime.js';
import { readPayload } from './payload.js';
import { progressSchema, recordProgress } from './progress.js';
import { RateLimit } from './rate-limit.js';
import { refuseBrokenHttp } from './refuse-broken-http.js';
import { authenticateNode, nodeHeader } from './signed-call.js';
import type { BootingNode } from './booting-node.js';

const bodyLimitBytes = 64 * 1024;
/** A machine that boots is slow, but not slower than this with one small request. */
const requestTimeoutMs = 30_000;

/** The listener of machines that boot: always TLS, no Keystone, nothing but /v1/bootstrap. */
export async function createNodeApi(runtime: NodeApiRuntime): Promise<FastifyInstance> {
  const { config, log, metrics } = runtime;
  if (config.NODE_CERT_FILE === undefined || config.NODE_KEY_FILE === undefined) {
    throw new Error('JEROBOAM_NODE_CERT_FILE and JEROBOAM_NODE_KEY_FILE are not set: node-api always speaks TLS.');
  }
  const https = { cert: readFileSync(config.NODE_CERT_FILE), key: readFileSync(config.NODE_KEY_FILE), minVersion: 'TLSv1.2' as const };
  const app = fastify({ https, logger: false, bodyLimit: bodyLimitBytes, requestTimeout: requestTimeoutMs, exposeHeadRoutes: false, frameworkErrors: refuseUrl, clientErrorHandler: refuseBrokenHttp });
  closeConnectionsAtTheEnd(app);
  const limit = new RateLimit(config.NODE_RATE_PER_MINUTE);

  /** Who a call is from, once that is proven. */
  const nodes = new WeakMap<FastifyRequest, { nodeId: string; clusterId: string }>();
  const requestIds = new WeakMap<FastifyRequest, string>();
  app.addHook('onRequest', (request, reply, done) => {
    const requestId = drawRequestId();
    requestIds.set(request, requestId);
    reply.header('x-openstack-request-id', requestId);
    withLogFields({ requestId }, done);
  });
  // Reading a body goes through the socket's events, which know nothing of the request any more.
  app.addHook('preValidation', (request, _reply, done) => {
    withLogFields({ requestId: requestIds.get(request) }, done);
  });

  // Bodies stay bytes until the signature over them was checked.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body: Buffer, done) => done(null, body));

  const signed = async (request: FastifyRequest): Promise<BootingNode> => {
    const path = request.url.split('?', 1)[0] ?? request.url;
    // The address takes part so that a stranger who knows a node's id cannot use up its calls.
    spend(limit, `${String(request.headers[nodeHeader])} ${request.ip}`);
    const call = { method: request.method, path, body: bytesOf(request), headers: request.headers };
    const node = await authenticateNode(runtime.dataSource, call, config.NODE_CLOCK_SKEW_SECONDS, new Date());
    nodes.set(request, { nodeId: node.id, clusterId: node.cluster_id });
    return node;
  };

  app.post('/v1/bootstrap/claim', async (request) => {
    const claim = parse(claimSchema, bytesOf(request));
    spend(limit, `${claim.node_id} ${createHash('sha256').update(claim.token).digest('base64')}`);
    return claimNode(runtime, claim);
  });
  app.get('/v1/bootstrap/payload', async (request, reply) => {
    const node = await signed(request);
    return reply.type('text/plain; charset=utf-8').header('Cache-Control', 'no-store').send(await readPayload(runtime, node));
  });
  app.post('/v1/bootstrap/progress', async (request, reply) => {
    const node = await signed(request);
    await recordProgress(runtime, node, parse(progressSchema, bytesOf(request)));
    return reply.status(204).send();
  });

  app.setNotFoundHandler((_request, reply) => reply.status(404).send({ error: { code: 'not-found', message: 'There is nothing here.' } }));
  app.setErrorHandler((thrown, request, reply) => {
    const error = asNodeApiError(thrown);
    if (error.code === 'internal') log.error({ message: 'A call of a node failed', requestId: requestIds.get(request), err: thrown });
    if (error.retryAfterSeconds !== undefined) reply.header('Retry-After', String(error.retryAfterSeconds));
    return reply.status(error.status).send({ error: { code: error.code, message: error.message } });
  });
  app.addHook('onResponse', (request, reply, done) => {
    const { method } = request;
    const route = request.is404 ? undefined : request.routeOptions.url;
    metrics?.httpAnswered({ listener: 'node-api', method, route, status: reply.statusCode, ms: reply.elapsedTime });
    // Not the path: whoever calls may write anything there, and the routes are fixed.
    log.info({ message: 'Answered a node', requestId: requestIds.get(request), method, route, status: reply.statusCode, ms: Math.round(reply.elapsedTime), ...nodes.get(request) });
    done();
  });
  await app.ready();
  return app;
}

/** A URL that cannot be decoded, or is too long for the router: refused before any handler of ours. */
function refuseUrl(thrown: unknown, _request: unknown, reply: Pick<FastifyReply, 'status' | 'send'>): void {
  const error = asNodeApiError(thrown);
  reply.status(error.status).send({ error: { code: error.code, message: error.message } });
}

const bytesOf = (request: FastifyRequest): Buffer => (Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0));

function spend(limit: RateLimit, key: string): void {
  const seconds = limit.secondsToWait(key);
  if (seconds > 0) throw new NodeApiError('too-many-calls', `Too many calls; wait ${seconds} s.`, seconds);
}

function parse<Schema extends z.ZodType>(schema: Schema, body: Buffer): z.infer<Schema> {
  const parsed = schema.safeParse(parseJson(body));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new NodeApiError('bad-request', `The body does not fit: ${issue?.path.join('/') ?? ''} ${issue?.message ?? ''}`.trim());
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    throw new NodeApiError('bad-request', 'The body is no JSON.');
  }
}

function asNodeApiError(thrown: unknown): NodeApiError {
  if (thrown instanceof NodeApiError) return thrown;
  const status = typeof thrown === 'object' && thrown !== null && 'statusCode' in thrown ? thrown.statusCode : undefined;
  if (status === 413) return new NodeApiError('body-too-large', `The body is larger than ${bodyLimitBytes} bytes.`);
  if (typeof status === 'number' && status >= 400 && status < 500) return new NodeApiError('bad-request', 'The request cannot be read.');
  return new NodeApiError('internal', 'Something went wrong on our side; try again.');
}
