import { HttpException } from '@nestjs/common';
import { isDatabaseAway } from '../../database/database-away.js';
import { DomainError } from '../../domain/domain-error.js';
import { ProtocolError } from './protocol-errors.js';

/** What we did not foresee; its own words stay in our log. */
class InternalError extends DomainError {
  readonly code = 'internal';
  constructor(cause: unknown) {
    super('Something went wrong on our side. The header x-openstack-request-id names this request in our log.', { cause });
  }
}

/** Nothing is known of what was asked last: it may have been done although nobody could say so. */
class DatabaseUnavailableError extends DomainError {
  readonly code = 'database-unavailable';
  constructor(cause: unknown) {
    super('The database did not answer. Try again in a moment; if you were changing something, look first whether it was done.', { cause });
  }
}

const codeByStatus: Readonly<Record<number, ProtocolError['code']>> = {
  400: 'bad-request',
  404: 'route-not-found',
  405: 'method-not-allowed',
  406: 'not-acceptable',
  408: 'request-timeout',
  413: 'body-too-large',
  414: 'uri-too-long',
  415: 'unsupported-media-type',
};

/** Gives what Fastify and Nest throw themselves one of our codes; anything else is an error of ours. */
export function asDomainError(thrown: unknown): DomainError {
  if (thrown instanceof DomainError) return thrown;
  if (isDatabaseAway(thrown)) return new DatabaseUnavailableError(thrown);
  const status = statusOf(thrown);
  const code = status === undefined ? undefined : codeByStatus[status];
  if (code === undefined || !(thrown instanceof Error)) return new InternalError(thrown);
  return new ProtocolError(code, code === 'body-too-large' ? 'The request body is too large; send less.' : sentence(thrown.message));
}

function statusOf(thrown: unknown): number | undefined {
  if (thrown instanceof HttpException) return thrown.getStatus();
  if (!(thrown instanceof Error) || !('statusCode' in thrown)) return undefined;
  return typeof thrown.statusCode === 'number' ? thrown.statusCode : undefined;
}

const sentence = (message: string): string => (message.endsWith('.') ? message : `${message}.`);
