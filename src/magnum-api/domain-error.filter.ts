import { Catch, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import type { DomainError, ErrorCode } from '../domain/domain-error.js';
import { asDomainError } from './http/as-domain-error.js';
import { retractMicroversion } from './http/microversion.js';
import { MicroversionUnsupportedError, ProtocolError, UnauthenticatedError } from './http/protocol-errors.js';
import { findContext } from './http/request-context.js';
import { newRequestId, requestIdHeader } from './http/request-id.js';

/** `router`: refused before a handler took it; Magnum leaves such an error's `code` empty and sends no version headers. */
type Origin = 'handler' | 'router';

/** The one place where codes become HTTP statuses. */
const answers: Record<ErrorCode, readonly [status: number, origin: Origin]> = {
  'already-exists': [409, 'handler'],
  'ambiguous-name': [409, 'handler'],
  'bad-request': [400, 'handler'],
  'body-too-large': [413, 'handler'],
  'certificate-not-ready': [409, 'handler'],
  'certificate-request-invalid': [400, 'handler'],
  'cloud-refused': [403, 'handler'],
  'cloud-unavailable': [503, 'handler'],
  'cluster-busy': [409, 'handler'],
  'cluster-not-found': [404, 'handler'],
  'cluster-refused': [502, 'handler'],
  'cluster-template-in-use': [400, 'handler'],
  'cluster-template-not-found': [404, 'handler'],
  'cluster-type-not-supported': [400, 'handler'],
  'cluster-unreachable': [503, 'handler'],
  'conflicting-value': [409, 'handler'],
  'database-unavailable': [503, 'handler'],
  forbidden: [403, 'handler'],
  'insufficient-quota': [409, 'handler'],
  internal: [500, 'handler'],
  'invalid-parameter': [400, 'handler'],
  'keypair-not-found': [404, 'handler'],
  'lease-lost': [500, 'handler'],
  'method-not-allowed': [405, 'router'],
  'microversion-unsupported': [406, 'handler'],
  'node-count-conflict': [409, 'handler'],
  'etcd-volume-needed': [409, 'handler'],
  'node-not-found': [409, 'handler'],
  'not-acceptable': [406, 'router'],
  'not-found': [404, 'handler'],
  'operation-conflict': [409, 'handler'],
  'operation-not-found': [404, 'handler'],
  'operation-not-retryable': [409, 'handler'],
  'quota-exceeded': [403, 'handler'],
  'request-timeout': [408, 'router'],
  'route-not-found': [404, 'router'],
  'secret-unreadable': [500, 'handler'],
  unauthenticated: [401, 'router'],
  'unsupported-media-type': [415, 'handler'],
  'upgrade-conflict': [409, 'handler'],
  'uri-too-long': [414, 'router'],
};

/** Where our microversions are explained; sent as the help link of a 406. */
const versionHelp = 'https://docs.openstack.org/magnum/latest/contributor/api-microversion-history.html';

@Catch()
export class DomainErrorFilter implements ExceptionFilter {
  constructor(private readonly log: Logger) {}

  catch(thrown: unknown, host: ArgumentsHost): void {
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const error = asDomainError(thrown);
    const { status, origin, body } = answerTo(error);
    if (status >= 500) this.log.error({ message: 'A request failed', err: thrown, requestId: findContext(request)?.requestId });
    if (reply.raw.headersSent) {
      reply.raw.destroy();
      return;
    }
    if (!reply.hasHeader(requestIdHeader)) reply.header(requestIdHeader, newRequestId());
    if (origin === 'router') retractMicroversion(reply);
    if (error instanceof ProtocolError && error.allowedMethods.length > 0) reply.header('Allow', error.allowedMethods.join(', '));
    if (error instanceof UnauthenticatedError) reply.header('WWW-Authenticate', `Keystone uri="${error.authUrl}"`);
    // The status is final here: a handler that broke off half-way may have set headers for its success.
    reply.removeHeader('Location').header('X-Jeroboam-Error', error.code).type('application/json').status(status).send(body);
  }
}

/** Status and body of an error's answer. */
export function answerTo(error: DomainError): { readonly status: number; readonly origin: Origin; readonly body: object } {
  const [status, origin] = answers[error.code];
  return { status, origin, body: bodyOf(error, status, origin) };
}

function bodyOf(error: DomainError, status: number, origin: Origin): object {
  if (error instanceof UnauthenticatedError) return { error: { code: status, title: 'Unauthorized', message: error.message } };
  if (error instanceof MicroversionUnsupportedError) {
    const { minVersion, maxVersion, message, code } = error;
    const links = [{ rel: 'help', href: versionHelp }];
    return { errors: [{ code: `magnum.${code}`, title: 'This microversion is not supported', description: message, min_version: minVersion, max_version: maxVersion, links }] };
  }
  return magnumErrors({ status, code: origin === 'router' ? '' : status < 500 ? 'client' : 'server', detail: error.message });
}

/** Magnum's error body. Clients index `errors[0].title`, which is the detail up to its first full stop. */
export function magnumErrors({ status, code, detail }: { status: number; code: string; detail: string }): object {
  return { errors: [{ request_id: '', code, status, title: detail.split('.', 1)[0], detail, links: [] }] };
}
