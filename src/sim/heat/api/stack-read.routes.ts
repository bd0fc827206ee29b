import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { isAdmin } from '../../http/authentication.js';
import type { JsonObject } from '../../json.js';
import { badRequest, HeatError, notSimulated, notSupported } from '../heat-error.js';
import type { EventRecord, ResourceRecord, StackRecord } from '../stack/records.js';
import { bodyOf, booleanQuery, callerOf, integerOf, queryOf, writerOf } from './heat-request.js';
import { getStack, lookUpStack, modelOf, stackUrl, type Heat } from './heat.js';
import { listStacks } from './list-stacks.js';
import { sendPlainly } from './plain-answer.js';
import { dependentsOf, environmentView, eventView, outputView, resourceDetail, resourceView, stackDetail } from './stack-view.js';

interface StackPath {
  tenant: string;
  name: string;
  id: string;
}

/** Everything that only looks, and the look-ups of canonical addresses. */
export function stackReadRoutes(app: FastifyInstance, heat: Heat): void {
  const stackOf = (request: FastifyRequest): StackRecord => {
    const token = callerOf(heat.context, request);
    const { name, id } = request.params as StackPath;
    return getStack(heat, token.projectId, name, id);
  };
  const base = '/v1/:tenant/stacks/:name/:id';

  app.get('/v1/:tenant/stacks', (request) => {
    const token = callerOf(heat.context, request);
    return listStacks(heat, request, token.projectId, isAdmin(token));
  });
  app.get(base, async (request, reply) => {
    const path = request.params as StackPath;
    if (subresources.includes(path.id) && !heat.store.stack(path.id)) return redirect(heat, request, reply, path.name, `/${path.id}`);
    return showStack(heat, stackOf(request), booleanQuery(request, 'resolve_outputs', true));
  });
  app.get(`${base}/template`, (request) => stackOf(request).source.template);
  app.get(`${base}/environment`, (request) => environmentView(heat, stackOf(request)));
  app.get(`${base}/files`, (request) => stackOf(request).source.files);
  app.get(`${base}/outputs`, (request) => {
    const outputs = modelOf(heat, stackOf(request)).template.outputs;
    return { outputs: outputs.map(({ name, description }) => ({ output_key: name, description })) };
  });
  app.get(`${base}/outputs/:key`, (request) => showOutput(heat, stackOf(request), (request.params as { key: string }).key));

  app.get(`${base}/resources`, (request) => listResources(heat, stackOf(request), request));
  app.get(`${base}/resources/:resource`, async (request) => {
    const stack = stackOf(request);
    const record = resourceOf(heat, stack, request);
    return { resource: { ...resourceView(heat, stack, record, dependentsOf(heat, stack)), ...(await resourceDetail(heat, stack, record)) } };
  });
  app.get(`${base}/resources/:resource/metadata`, (request) => ({ metadata: resourceOf(heat, stackOf(request), request).metadata }));

  app.get(`${base}/events`, (request) => listEvents(heat, stackOf(request), request, undefined));
  app.get(`${base}/resources/:resource/events`, (request) => {
    const stack = stackOf(request);
    return listEvents(heat, stack, request, resourceOf(heat, stack, request).name);
  });
  app.get(`${base}/resources/:resource/events/:event`, (request) => showEvent(heat, stackOf(request), (request.params as { event: string }).event));

  app.post(`${base}/actions`, (request) => {
    const token = writerOf(heat.context, request, 'action');
    const { name, id } = request.params as StackPath;
    return refuseAction(getStack(heat, token.projectId, name, id), bodyOf(request));
  });

  lookUpRoutes(app, heat);
}

/** What may follow a bare stack name in a look-up. */
const subresources = ['resources', 'events', 'template', 'actions'];

/** Any method on `/stacks/{name or id}` answers with the canonical address; the client sends its request again. */
function lookUpRoutes(app: FastifyInstance, heat: Heat): void {
  app.route({
    method: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'],
    url: '/v1/:tenant/stacks/:name',
    handler: (request, reply) => redirect(heat, request, reply, (request.params as StackPath).name, ''),
  });
  app.post('/v1/:tenant/stacks/:name/:id', (request, reply) => {
    const path = request.params as StackPath;
    if (subresources.includes(path.id)) return redirect(heat, request, reply, path.name, `/${path.id}`);
    callerOf(heat.context, request);
    throw new HeatError(405, 'HTTPMethodNotAllowed', 'The server could not comply with the request since it is either malformed or otherwise incorrect.');
  });
}

function redirect(heat: Heat, request: FastifyRequest, reply: FastifyReply, nameOrId: string, rest: string): FastifyReply {
  const token = callerOf(heat.context, request);
  const query = request.url.includes('?') ? request.url.slice(request.url.indexOf('?')) : '';
  const location = `${stackUrl(heat, lookUpStack(heat, token.projectId, nameOrId))}${rest}${query}`;
  reply.header('location', location);
  return sendPlainly(request, reply, 302, 'Found', `The resource was found at ${location}; you should be redirected automatically.`);
}

async function showStack(heat: Heat, stack: StackRecord, resolvesOutputs: boolean): Promise<JsonObject> {
  const model = modelOf(heat, stack);
  const detail = stackDetail(heat, stack, model);
  if (!resolvesOutputs || stack.deletedAt !== null) return { stack: detail };
  return { stack: { ...detail, outputs: await Promise.all(model.template.outputs.map((output) => outputView(heat, stack, model, output))) } };
}

async function showOutput(heat: Heat, stack: StackRecord, key: string): Promise<JsonObject> {
  const model = modelOf(heat, stack);
  const output = model.template.outputs.find(({ name }) => name === key);
  if (!output) throw new HeatError(404, 'NotFound', `Specified output key ${key} not found.`);
  return { output: await outputView(heat, stack, model, output) };
}

const resourceFilters: Record<string, (record: ResourceRecord) => string | null> = {
  type: (record) => record.type,
  status: (record) => record.status,
  name: (record) => record.name,
  action: (record) => record.action,
  id: (record) => record.id,
  physical_resource_id: (record) => record.physicalId,
};

async function listResources(heat: Heat, stack: StackRecord, request: FastifyRequest): Promise<JsonObject> {
  const query = request.query as Record<string, string>;
  const foreign = Object.keys(query).filter((key) => !(key in resourceFilters) && key !== 'nested_depth' && key !== 'with_detail');
  if (foreign.length > 0) throw badRequest(`Invalid filter parameters [${foreign.map((key) => `'${key}'`).join(', ')}]`);
  const depth = query['nested_depth'] === undefined ? 0 : integerOf(query['nested_depth'], 'nested_depth');
  const hasDetail = booleanQuery(request, 'with_detail', false);
  const views = withNested(heat, stack, depth).map(async (own) => {
    const dependents = dependentsOf(heat, own);
    const wanted = heat.store
      .resources(own.id)
      .filter((record) => Object.entries(resourceFilters).every(([key, read]) => query[key] === undefined || read(record) === query[key]));
    return Promise.all(
      wanted.map(async (record) => ({ ...resourceView(heat, own, record, dependents), ...(hasDetail ? await resourceDetail(heat, own, record) : {}) })),
    );
  });
  return { resources: (await Promise.all(views)).flat() };
}

/** The stack and those nested in it, down to the depth. */
function withNested(heat: Heat, stack: StackRecord, depth: number): StackRecord[] {
  if (depth === 0) return [stack];
  const nested = heat.store.stacks().filter((each) => each.parent?.stackId === stack.id && each.deletedAt === null);
  return [stack, ...nested.flatMap((each) => withNested(heat, each, depth - 1))];
}

function resourceOf(heat: Heat, stack: StackRecord, request: FastifyRequest): ResourceRecord {
  const { resource } = request.params as { resource: string };
  const record = heat.store.resource(stack.id, resource);
  if (!record) throw new HeatError(404, 'ResourceNotFound', `The Resource (${resource}) could not be found in Stack ${stack.name}.`);
  return record;
}

/** `resource_status` is the second half of what an event shows as its status. */
const eventFilters: Record<string, (event: EventRecord) => string> = {
  resource_name: (event) => event.resourceName,
  resource_type: (event) => event.resourceType,
  resource_action: (event) => event.status.slice(0, event.status.indexOf('_')),
  resource_status: (event) => event.status.slice(event.status.indexOf('_') + 1),
};

/** Newest first, unless `sort_dir=asc`. */
function listEvents(heat: Heat, stack: StackRecord, request: FastifyRequest, resource: string | undefined): JsonObject {
  const limit = queryOf(request, 'limit');
  const own = heat.store
    .events(stack.id)
    .filter((event) => resource === undefined || event.resourceName === resource)
    .filter((event) => Object.entries(eventFilters).every(([key, read]) => [undefined, read(event)].includes(queryOf(request, key))));
  const sorted = queryOf(request, 'sort_dir') === 'asc' ? own : [...own].reverse();
  const start = sorted.findIndex((event) => event.id === queryOf(request, 'marker')) + 1;
  const page = sorted.slice(start, limit === undefined ? undefined : start + integerOf(limit, 'limit'));
  return { events: page.map((event) => eventView(heat, stack, event)) };
}

function showEvent(heat: Heat, stack: StackRecord, id: string): JsonObject {
  const event = heat.store.events(stack.id).find((each) => each.id === id);
  if (!event) throw new HeatError(404, 'HTTPNotFound', `No event ${id} found`);
  const properties = event.resourceId === null ? {} : heat.store.properties(event.resourceId);
  return { event: { ...eventView(heat, stack, event), resource_type: event.resourceType, resource_properties: properties } };
}

const actions = ['suspend', 'resume', 'check', 'cancel_update', 'cancel_without_rollback'];

function refuseAction(stack: StackRecord, body: JsonObject): never {
  const [action, ...more] = Object.keys(body);
  if (action === undefined) throw badRequest('No action specified');
  if (more.length > 0) throw badRequest('Multiple actions specified');
  if (!actions.includes(action)) throw badRequest(`Invalid action ${action} specified`);
  if (action.startsWith('cancel')) throw notSupported(`Cancelling update when stack is ${stack.action}_${stack.status}`);
  throw notSimulated(`the action ${action}`);
}
