import { readFileSync } from 'node:fs';
import 'reflect-metadata';
import { NestApplicationContextOptions } from '@nestjs/common/interfaces/nest-application-context-options.interface.js';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyServerOptions } from 'fastify';
import type { Socket } from 'node:net';
import { STATUS_CODES } from 'node:http';
import { closeConnectionsAtTheEnd } from '../process/close-connections.js';
import { Authenticator } from './access/authenticator.js';
import { answerTo, DomainErrorFilter, magnumErrors } from './domain-error.filter.js';
import { asDomainError } from './http/as-domain-error.js';
import { useJsonBodies } from './http/body-parsers.js';
import { useRequestHooks } from './http/request-hooks.js';
import { newRequestId, requestIdHeader } from './http/request-id.js';
import { normaliseUrl } from './http/request-path.js';
import { SchemaPipe } from './http/schema.pipe.js';
import { MagnumApiModule } from './magnum-api.module.js';
import { nestLogger } from './nest-logger.js';
import { OPENAPI_DOCUMENT, type OpenApiHolder } from './openapi/openapi-holder.js';
import { describeApi } from './openapi/describe-api.js';
import type { Runtime } from './runtime.js';

/** Longest name in a path: cluster names may have 242 characters, template names 255, three escaped bytes each. */
const pathParameterLengthMax = 4_096;

/** The whole API, ready to listen; nothing is bound yet. */
export async function createMagnumApi(runtime: Runtime): Promise<NestFastifyApplication> {
  const { config, log, metrics } = runtime;
  const adapter = new FastifyAdapter({
    ...tlsOptions(config.API_TLS_CERT_FILE, config.API_TLS_KEY_FILE),
    logger: false,
    bodyLimit: config.API_BODY_LIMIT_BYTES,
    rewriteUrl: (request) => normaliseUrl(request.url ?? '/'),
    routerOptions: { maxParamLength: pathParameterLengthMax },
    exposeHeadRoutes: false,
    clientErrorHandler: answerBrokenHttp,
    frameworkErrors: answerBrokenUrl,
    forceCloseConnections: 'idle',
  } satisfies FastifyServerOptions & { https?: object });
  const options = Object.assign(new NestApplicationContextOptions(), { logger: nestLogger(log), bodyParser: false, abortOnError: false });
  const app = await NestFactory.create<NestFastifyApplication>(MagnumApiModule.of(runtime), adapter, options);
  const fastify = adapter.getInstance();
  closeConnectionsAtTheEnd(fastify);
  useJsonBodies(fastify);
  useRequestHooks(fastify, { authenticator: app.get(Authenticator), publicUrl: config.API_PUBLIC_URL, log, metrics });
  app.useGlobalPipes(new SchemaPipe());
  app.useGlobalFilters(new DomainErrorFilter(log));
  await app.init();
  app.get<OpenApiHolder>(OPENAPI_DOCUMENT).madeBy(() => describeApi(app));
  await fastify.ready();
  return app;
}

function tlsOptions(certificateFile: string | undefined, keyFile: string | undefined): { https?: { cert: Buffer; key: Buffer } } {
  if (certificateFile === undefined && keyFile === undefined) return {};
  if (certificateFile === undefined || keyFile === undefined) throw new Error('API_TLS_CERT_FILE and API_TLS_KEY_FILE come together.');
  return { https: { cert: readFileSync(certificateFile), key: readFileSync(keyFile) } };
}

/** A URL that cannot be decoded, or a name that is too long: refused by the router before any hook runs. */
function answerBrokenUrl(error: Error, _request: unknown, reply: Pick<FastifyReply, 'header' | 'type' | 'status' | 'send'>): void {
  const { status, body } = answerTo(asDomainError(error));
  reply.header(requestIdHeader, newRequestId());
  reply.type('application/json');
  reply.status(status).send(body);
}

/** Bytes that are no HTTP never reach a route; they get the same error body as everything else. */
function answerBrokenHttp(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed || !socket.writable) {
    socket.destroy();
    return;
  }
  const status = error.code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 408 : error.code === 'HPE_HEADER_OVERFLOW' ? 431 : 400;
  const reason = STATUS_CODES[status] ?? 'Bad Request';
  const body = JSON.stringify(magnumErrors({ status, code: '', detail: `${reason}.` }));
  socket.end(`HTTP/1.1 ${status} ${reason}\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`);
}
