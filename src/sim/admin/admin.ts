import { randomUUID } from 'node:crypto';
import Fastify, { type FastifyInstance } from 'fastify';
import { isObject } from '../json.js';
import type { FaultAction, FaultSpec } from '../http/fault-board.js';
import type { Listeners } from '../http/listeners.js';
import type { Plumbing } from '../http/service-app.js';
import { ServiceError } from '../http/service-error.js';
import type { ClusterDisturbance, SimContext } from '../sim-context.js';
import type { HeatFaults } from '../heat/engine/heat-faults.js';
import { guestAndHeatFaultRoutes, object, removable } from './guest-and-heat-faults.routes.js';

const actionKeys = ['status', 'delay_ms', 'hang', 'reset', 'cut', 'hold'];

export interface CloudViews {
  leftovers(): Record<string, unknown>;
  world(): Record<string, unknown>;
}

/** The tests' and operators' side door: no login, JSON, never delayed, never logged. */
export function createAdminApp(context: SimContext, { faults, requests, listeners }: Plumbing & { listeners: Listeners }, heatFaults: HeatFaults, cloud: CloudViews): FastifyInstance {
  const app = Fastify({ forceCloseConnections: true, logger: false });
  const clusters = (): Record<string, unknown>[] => context.kubernetes.describe?.() ?? [];

  app.get<{ Querystring: { since?: string } }>('/requests', (request) => requests.since(Number(request.query.since ?? 0)));

  app.post('/faults', (request) => ({ id: faults.add(faultSpec(request.body)) }));
  removable(app, '/faults', faults);
  guestAndHeatFaultRoutes(app, context, heatFaults);

  app.get('/listeners', () => listeners.list());
  app.patch<{ Params: { name: string } }>('/listeners/:name', async (request, reply) => {
    const { listening } = object(request.body);
    if (typeof listening !== 'boolean') throw new ServiceError(400, 'listening is true or false');
    if (!(await listeners.set(request.params.name, listening))) throw new ServiceError(404, `there is no listener ${request.params.name}`);
    return reply.code(204).send();
  });

  app.get('/creations', () => context.journal.creations());
  app.get('/leftovers', () => cloud.leftovers());
  // Another process, another instance: the request log begins anew with it, and everything was away for a while.
  const instance = randomUUID();
  app.get('/world', () => ({ instance, ...cloud.world(), clusters: clusters() }));
  app.get('/clusters', () => clusters());
  app.get<{ Params: { id: string } }>('/clusters/:id/admin-access', async (request) => {
    const access = await context.kubernetes.adminAccess?.(request.params.id);
    if (!access) throw new ServiceError(404, `there is no cluster ${request.params.id}`);
    // With this header a request is neither logged nor struck by a fault.
    return { ...access, headers: { 'x-sim-internal': context.internalSecret } };
  });
  app.post<{ Params: { endpoint: string } }>('/clusters/:endpoint', (request, reply) => {
    context.kubernetes.disturb?.(request.params.endpoint, object(request.body) as ClusterDisturbance);
    return reply.code(204).send();
  });
  app.get('/settings', () => settingsView(context));
  app.patch('/settings', (request) => {
    changeSettings(context, object(request.body));
    return settingsView(context);
  });

  app.setErrorHandler((error: Error & { statusCode?: number }, _request, reply) => {
    const refused = error instanceof SyntaxError || error instanceof TypeError;
    const status = error instanceof ServiceError ? error.status : refused ? 400 : (error.statusCode ?? 500);
    if (status >= 500) context.log('unexpected failure of the admin listener', { error: error.stack });
    reply.code(status).send({ error: error.message });
  });
  return app;
}

function faultSpec(body: unknown): FaultSpec {
  const spec = object(body);
  const { action } = spec;
  if (!isObject(action) || !actionKeys.some((key) => key in action)) throw new ServiceError(400, `action with one of ${actionKeys.join(', ')} is required`);
  const known = ['service', 'method', 'path', 'body', 'user_agent', 'request_id', 'times', 'after', 'internal', 'share', 'seed', 'action'];
  const unknown = Object.keys(spec).filter((key) => !known.includes(key));
  if (unknown.length > 0) throw new ServiceError(400, `unknown: ${unknown.join(', ')}`);
  for (const key of ['service', 'method', 'path', 'body', 'user_agent', 'request_id']) {
    if (spec[key] !== undefined && typeof spec[key] !== 'string') throw new ServiceError(400, `${key} is a string`);
  }
  for (const key of ['times', 'after', 'share', 'seed']) {
    if (spec[key] !== undefined && typeof spec[key] !== 'number') throw new ServiceError(400, `${key} is a number`);
  }
  return { ...(spec as Omit<FaultSpec, 'action'>), action: action as FaultAction };
}

/** Names on the wire and in SimSettings. */
const settingFields = {
  boot_seconds: 'bootSeconds',
  heat_resource_ms: 'heatResourceMs',
  call_ms: 'callMs',
  token_seconds: 'tokenSeconds',
  node_grace_seconds: 'nodeGraceSeconds',
  pod_grace_ms_max: 'podGraceMillisecondsMax',
} as const;
const settingNames = Object.keys(settingFields) as (keyof typeof settingFields)[];

const settingsView = ({ settings }: SimContext): Record<string, unknown> =>
  Object.fromEntries(settingNames.map((name) => [name, settings[settingFields[name]] ?? null]));

function changeSettings({ settings }: SimContext, wanted: Record<string, unknown>): void {
  for (const [name, value] of Object.entries(wanted)) {
    const known = settingNames.find((each) => each === name);
    if (!known) throw new ServiceError(400, `no setting ${name}; there are ${settingNames.join(', ')}`);
    if (typeof value !== 'number' || value < 0) throw new ServiceError(400, `${name} is a number of at least 0`);
    settings[settingFields[known]] = value;
  }
}
