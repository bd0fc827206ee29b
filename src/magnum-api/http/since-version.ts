import { type CanActivate, type ExecutionContext, Injectable, SetMetadata } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import { ProtocolError } from './protocol-errors.js';
import { contextOf } from './request-context.js';

const SINCE = 'jeroboam:since-minor';

/** The call exists from microversion 1.`minor` on; below it is 406. */
export const SinceVersion = (minor: number): MethodDecorator & ClassDecorator => SetMetadata(SINCE, minor);

@Injectable()
export class VersionGuard implements CanActivate {
  constructor(private readonly reflector: Reflector) {}

  canActivate(context: ExecutionContext): boolean {
    const since = this.reflector.getAllAndOverride<number | undefined>(SINCE, [context.getHandler(), context.getClass()]);
    const { minor } = contextOf(context.switchToHttp().getRequest<FastifyRequest>());
    if (since !== undefined && minor < since) {
      throw new ProtocolError('not-acceptable', `Version 1.${minor} was requested, but ${context.getHandler().name} exists from version 1.${since} on.`);
    }
    return true;
  }
}
