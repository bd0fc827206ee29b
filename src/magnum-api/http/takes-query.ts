import { type CanActivate, type ExecutionContext, Injectable, SetMetadata } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import { InvalidParameterError } from '../../domain/domain-error.js';

const TAKES_QUERY = 'jeroboam:takes-query';

/** This call has query parameters, and a schema for them. */
export const TakesQuery = (): MethodDecorator & ClassDecorator => SetMetadata(TAKES_QUERY, true);

/** On every other call any query parameter is 400. */
@Injectable()
export class QueryGuard implements CanActivate {
  constructor(private readonly reflector: Reflector) {}

  canActivate(context: ExecutionContext): boolean {
    if (this.reflector.get<boolean | undefined>(TAKES_QUERY, context.getHandler())) return true;
    const names = Object.keys(context.switchToHttp().getRequest<FastifyRequest<{ Querystring: Record<string, unknown> }>>().query);
    if (names.length > 0) throw new InvalidParameterError(`Unknown query parameter ${names.join(', ')}: this call takes none.`);
    return true;
  }
}
