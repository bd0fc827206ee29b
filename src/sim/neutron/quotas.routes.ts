import type { FastifyInstance } from 'fastify';
import { isAdmin, type ProjectToken } from '../http/authentication.js';
import { readAttributes, type AttributeType } from './attributes.js';
import { callerOf, limitOf, quotaNames, usedOf, type Networking, type WithId } from './networking.js';
import { notAllowed, refuse } from './neutron-errors.js';

export function quotaRoutes(app: FastifyInstance, networking: Networking): void {
  const { store } = networking;
  const limits = (id: string): Record<string, number> => Object.fromEntries(quotaNames.map((name) => [name, limitOf(store, name, id)]));

  app.get<WithId>('/v2.0/quotas/:id', (request) => {
    refuseForeign(callerOf(networking, request), request.params.id);
    return { quota: limits(request.params.id) };
  });

  app.get<WithId>('/v2.0/quotas/:id/default', (request) => {
    refuseForeign(callerOf(networking, request), request.params.id);
    return { quota: limits('') };
  });

  for (const path of ['/v2.0/quotas/:id/details', '/v2.0/quotas/:id/details.json']) {
    app.get<WithId>(path, (request) => {
      const { id } = request.params;
      refuseForeign(callerOf(networking, request), id);
      const details = quotaNames.map((name) => [name, { limit: limitOf(store, name, id), used: usedOf(store, name, id), reserved: 0 }]);
      return { quota: Object.fromEntries(details) as Record<string, unknown> };
    });
  }

  app.put<WithId>('/v2.0/quotas/:id', (request) => {
    requireAdmin(callerOf(networking, request), 'update_quota');
    const known = Object.fromEntries(quotaNames.map((name): [string, AttributeType] => [name, 'any']));
    const wanted = readAttributes(request.body, 'quota', known);
    const current = store.quotas.get(request.params.id)?.limits ?? {};
    const numbers = Object.fromEntries(Object.entries(wanted).map(([name, value]) => [name, Number(value)]));
    store.quotas.put({ id: request.params.id, limits: { ...current, ...numbers } });
    return { quota: limits(request.params.id) };
  });

  app.delete<WithId>('/v2.0/quotas/:id', (request, reply) => {
    requireAdmin(callerOf(networking, request), 'delete_quota');
    store.quotas.delete(request.params.id);
    return reply.code(204).send();
  });
}

/** Policy, and not the extension itself as for reads, refuses changes. */
function requireAdmin(caller: ProjectToken, rule: string): void {
  if (!isAdmin(caller)) throw notAllowed(rule);
}

function refuseForeign(caller: ProjectToken, projectId: string): void {
  if (isAdmin(caller) || caller.projectId === projectId) return;
  throw refuse(403, 'AdminRequired', 'User does not have admin privileges: Only admin is authorized to access quotas for another project.');
}
