import { type CanActivate, type ExecutionContext, Injectable, SetMetadata } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import { callerOfRequest } from '../http/request-context.js';
import { requireAllowed, type Rule } from './policy.js';

const RULE = 'jeroboam:rule';

/** The rule is asked before anything else is looked at, against the caller's own project (lists, and the calls that Magnum checks that way). */
export const RequiresRule = (rule: Rule): MethodDecorator & ClassDecorator => SetMetadata(RULE, rule);

@Injectable()
export class RuleGuard implements CanActivate {
  constructor(private readonly reflector: Reflector) {}

  canActivate(context: ExecutionContext): boolean {
    const rule = this.reflector.get<Rule | undefined>(RULE, context.getHandler());
    if (rule !== undefined) requireAllowed(rule, callerOfRequest(context.switchToHttp().getRequest<FastifyRequest>()));
    return true;
  }
}
