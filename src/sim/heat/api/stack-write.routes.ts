import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { cloudChecks } from '../engine/cloud-checks.js';
import { mergedParameters } from '../engine/stack-engine.js';
import { beginRemoval, beginStack, beginUpdate } from '../engine/state-changes.js';
import { badRequest, HeatError, notSimulated, notSupported, stackNotFound, TemplateRefusal } from '../heat-error.js';
import { newHexId, newUuid } from '../../ids.js';
import { isAdmin, type ProjectToken } from '../../http/authentication.js';
import { heatTime, type StackRecord, type StackSource } from '../stack/records.js';
import { StackModel } from '../stack/stack-model.js';
import { everything } from '../types/registry.js';
import { validateStack, validateTemplate } from '../stack/validate-stack.js';
import { bodyOf, writerOf } from './heat-request.js';
import { getStack, stackUrl, type Heat } from './heat.js';
import { clearedParameters, hasConverge, sourceOf, stackInput, stackNameOf } from './stack-input.js';
import { sendPlainly } from './plain-answer.js';
import { validateView } from './validate-view.js';

/** Heat's max_stacks_per_tenant; administrators are exempt. */
const stacksMax = 512;

interface StackPath {
  tenant: string;
  name: string;
  id: string;
}

/** Create, update, delete and validate. */
export function stackWriteRoutes(app: FastifyInstance, heat: Heat): void {
  app.post('/v1/:tenant/validate', (request) => validate(heat, request));
  app.post('/v1/:tenant/stacks', (request, reply) => create(heat, request, reply));
  app.put('/v1/:tenant/stacks/:name/:id', (request, reply) => update(heat, request, reply, 'PUT'));
  app.patch('/v1/:tenant/stacks/:name/:id', (request, reply) => update(heat, request, reply, 'PATCH'));
  app.delete('/v1/:tenant/stacks/:name/:id', (request, reply) => {
    const token = writerOf(heat.context, request, 'delete');
    const { name, id } = request.params as StackPath;
    const stack = getStack(heat, token.projectId, name, id);
    if (stack.deletedAt !== null) throw stackNotFound(name);
    beginRemoval(heat.shop, stack);
    return reply.code(204).send();
  });
}

function validate(heat: Heat, request: FastifyRequest): unknown {
  const token = writerOf(heat.context, request, 'validate_template');
  const body = bodyOf(request);
  const input = stackInput(body);
  try {
    const model = new StackModel(sourceOf(input), { id: 'None', name: 'dummy', projectId: token.projectId }, heat.context.settings);
    validateTemplate(model);
    return validateView(model, input);
  } catch (error) {
    throw error instanceof TemplateRefusal ? error.asValidateAnswer() : error;
  }
}

async function create(heat: Heat, request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
  const token = writerOf(heat.context, request, 'create');
  const body = bodyOf(request);
  if (hasConverge(body)) throw badRequest('converge flag only supported in stack update (or update preview) request.');
  if (body['stack_name'] === undefined) throw badRequest('No stack name specified');
  const input = stackInput(body);
  const source = sourceOf(input);
  const name = stackNameOf(body);
  const stack = newStack(heat, token, name, source);
  refuseExisting(heat, stack, token);
  const model = new StackModel(source, stack, heat.context.settings);
  await validateStack(model, cloudChecks(heat.shop, stack));
  // Keystone refuses the trust that Heat would act with: not even an unrestricted application credential may make one.
  if (token.applicationCredentialId !== null) throw new HeatError(500, 'RemoteError', null);
  // Somebody may have been faster while the cloud was asked.
  refuseExisting(heat, stack, token);
  beginStack(
    heat.shop,
    { ...stack, tags: input.tags ?? [], timeoutMins: input.timeoutMins ?? null, disableRollback: input.disableRollback ?? true },
    model,
  );
  const url = stackUrl(heat, stack);
  return reply.code(201).header('location', url).send({ stack: { id: stack.id, links: [{ href: url, rel: 'self' }] } });
}

function newStack(heat: Heat, token: ProjectToken, name: string, source: StackSource): StackRecord {
  const now = new Date();
  return {
    id: newUuid(),
    name,
    projectId: token.projectId,
    userId: token.userId,
    userName: token.userName,
    stackUserProjectId: newHexId(),
    source,
    previousSource: null,
    tags: [],
    timeoutMins: null,
    disableRollback: true,
    action: 'CREATE',
    status: 'IN_PROGRESS',
    reason: '',
    createdAt: heatTime(now),
    updatedAt: null,
    deletedAt: null,
    startedAt: now.toISOString(),
    parent: null,
    sequence: heat.store.nextSequence(),
  };
}

function refuseExisting(heat: Heat, { name, projectId }: StackRecord, token: ProjectToken): void {
  const own = heat.store.stacks().filter((stack) => stack.projectId === projectId && stack.deletedAt === null && stack.parent === null);
  if (own.some((stack) => stack.name === name)) throw new HeatError(409, 'StackExists', `The Stack (${name}) already exists.`);
  if (own.length >= stacksMax && !isAdmin(token)) {
    throw new HeatError(400, 'RequestLimitExceeded', 'Request limit exceeded: You have reached the maximum stacks per tenant, 512. Please delete some stacks.');
  }
}

async function update(heat: Heat, request: FastifyRequest, reply: FastifyReply, method: 'PUT' | 'PATCH'): Promise<unknown> {
  const token = writerOf(heat.context, request, method === 'PUT' ? 'update' : 'update_patch');
  const body = bodyOf(request);
  const { name, id } = request.params as StackPath;
  const input = stackInput(body);
  if (method === 'PUT') sourceOf(input);
  const stack = getStack(heat, token.projectId, name, id);
  if (stack.deletedAt !== null) throw stackNotFound(name);
  if (stack.action === 'DELETE') throw notSupported('Updating a stack when it is deleting');
  if (hasConverge(body)) throw notSimulated('converge');
  const { source: before } = stack;
  const source: StackSource =
    method === 'PUT'
      ? sourceOf(input)
      : {
          template: input.template ?? before.template,
          files: { ...before.files, ...input.files },
          parameters: mergedParameters(before.parameters, input.parameters, clearedParameters(body)),
          parameterDefaults: { ...before.parameterDefaults, ...input.parameterDefaults },
        };
  const model = new StackModel(source, stack, heat.context.settings);
  refuseImmutable(model, stack);
  await validateStack(model, cloudChecks(heat.shop, stack));
  const current = heat.store.stack(id);
  if (!current || current.action === 'DELETE') throw notSupported('Updating a stack when it is deleting');
  beginUpdate(heat.shop, current, source, {
    ...(input.tags === undefined ? {} : { tags: input.tags }),
    ...(input.timeoutMins === undefined ? {} : { timeoutMins: input.timeoutMins }),
    ...(input.disableRollback === undefined ? {} : { disableRollback: input.disableRollback }),
  });
  return sendPlainly(request, reply, 202, 'Accepted', 'The request is accepted for processing.');
}

function refuseImmutable(model: StackModel, stack: StackRecord): void {
  const before = new StackModel(stack.source, stack, everything).parameters.shown();
  for (const schema of model.parameters.schemas) {
    if (!schema.immutable) continue;
    const [was, is] = [before[schema.name], model.parameters.shown()[schema.name]];
    if (was !== undefined && was !== is) {
      throw new HeatError(400, 'ImmutableParameterModified', `The following parameters are immutable and may not be updated: ${schema.name}`);
    }
  }
}
