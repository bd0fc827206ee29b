import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Caller } from '../access/caller.js';

/** What the hooks found out about a request before its handler runs. */
export interface RequestContext {
  readonly requestId: string;
  /** Minor part of the microversion it asked for. */
  minor: number;
  /** Undefined on public paths only. */
  caller: Caller | undefined;
  /** Base of links, without `/v1`. */
  base: string;
}

const contexts = new WeakMap<FastifyRequest, RequestContext>();

export function beginContext(request: FastifyRequest, context: RequestContext): void {
  contexts.set(request, context);
}

/** Undefined for what the router refused before any hook ran. */
export const findContext = (request: FastifyRequest): RequestContext | undefined => contexts.get(request);

export function contextOf(request: FastifyRequest): RequestContext {
  const context = contexts.get(request);
  if (!context) throw new Error('The request has no context: its onRequest hook did not run.');
  return context;
}

export function callerOfRequest(request: FastifyRequest): Caller {
  const { caller } = contextOf(request);
  if (!caller) throw new Error('This path is public, so nobody was authenticated.');
  return caller;
}

/** A request as services see it. */
export interface Asking {
  readonly caller: Caller;
  readonly minor: number;
  readonly base: string;
  readonly requestId: string;
}

/** Parameter of controllers: who asks, in which version, and where links point to. */
export const Ask = createParamDecorator((_: unknown, execution: ExecutionContext): Asking => {
  const request = execution.switchToHttp().getRequest<FastifyRequest>();
  const { minor, base, requestId } = contextOf(request);
  return { caller: callerOfRequest(request), minor, base, requestId };
});

/** The base of links on public paths. */
export const Base = createParamDecorator((_: unknown, execution: ExecutionContext): string => contextOf(execution.switchToHttp().getRequest<FastifyRequest>()).base);
