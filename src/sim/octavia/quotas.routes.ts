import type { FastifyInstance } from 'fastify';
import { isAdmin, type ProjectToken } from '../http/authentication.js';
import { isObject } from '../json.js';
import { number, readBody, type Attributes } from './attributes.js';
import { limitOf, readerOf, type Lbaas, type WithId } from './lbaas.js';
import { quotaNames, type LbaasQuota } from './lbaas-store.js';
import { notAllowed, refuse } from './octavia-errors.js';

/** Two of the names have an older spelling beside them in lists, and are taken under it too. */
const olderNames: Readonly<Record<string, string>> = { loadbalancer: 'load_balancer', healthmonitor: 'health_monitor' };
const known: Attributes = Object.fromEntries([...quotaNames, ...Object.keys(olderNames)].map((name) => [name, number(-1)]));

export function quotaRoutes(app: FastifyInstance, prefix: string, lbaas: Lbaas): void {
  const { store } = lbaas;
  const path = `${prefix}/lbaas/quotas`;
  const limits = (id: string): Record<string, number> => Object.fromEntries(quotaNames.map((name) => [name, limitOf(store, name, id)]));

  app.get(path, (request) => {
    const caller = readerOf(lbaas, request);
    const own = store.quotas.filter(({ id }) => isAdmin(caller) || id === caller.projectId);
    return { quotas: own.map(listedQuota), quotas_links: [] };
  });

  app.get(`${path}/defaults`, (request) => {
    requireAdmin(readerOf(lbaas, request));
    return { quota: limits('') };
  });

  app.get<WithId>(`${path}/:id`, (request) => {
    const caller = readerOf(lbaas, request);
    if (caller.projectId !== request.params.id && !isAdmin(caller)) throw notAllowed();
    return { quota: limits(request.params.id) };
  });

  app.put<WithId>(`${path}/:id`, (request, reply) => {
    requireAdmin(readerOf(lbaas, request));
    if (!isObject(request.body) || !isObject(request.body['quota'])) throw refuse(500, "'quota'");
    const wanted = readBody(request.body, 'quota', { known });
    const { id } = request.params;
    const numbers = Object.fromEntries(Object.entries(wanted).map(([name, value]) => [olderNames[name] ?? name, Number(value)]));
    store.quotas.put({ id, limits: { ...store.quotas.get(id)?.limits, ...numbers } });
    reply.code(202);
    return { quota: limits(id) };
  });

  app.delete<WithId>(`${path}/:id`, (request, reply) => {
    requireAdmin(readerOf(lbaas, request));
    store.quotas.delete(request.params.id);
    return reply.code(202).send();
  });
}

function requireAdmin(caller: ProjectToken): void {
  if (!isAdmin(caller)) throw notAllowed();
}

/** In lists a limit of the cloud's own is null. */
function listedQuota({ id, limits }: LbaasQuota): Record<string, unknown> {
  const own = Object.fromEntries(quotaNames.map((name) => [name, limits[name] ?? null]));
  const older = Object.fromEntries(Object.entries(olderNames).map(([old, name]) => [old, own[name] ?? null]));
  return { project_id: id, ...own, ...older, tenant_id: id };
}
