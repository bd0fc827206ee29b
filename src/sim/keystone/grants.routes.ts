import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { TokenInfo } from '../sim-context.js';
import { ServiceError } from '../http/service-error.js';
import { callerOf, collectionOf, filtered, selfUrl, type Identity } from './identity.js';
import { grantId, type Grant, type Role } from './identity-store.js';
import { forbidden, missing, requireAdmin } from './keystone-errors.js';

interface WithGrant {
  Params: { scope: Grant['scope']; scopeId: string; userId: string; roleId: string };
}

export function grantRoutes(app: FastifyInstance, identity: Identity): void {
  const { store } = identity;
  const path = '/v3/:scope(projects|domains)/:scopeId/users/:userId/roles';

  app.get('/v3/roles', (request) => {
    requireAdmin(callerOf(identity, request), 'list_roles');
    const roles = filtered(store.roles.values(), request.query, ['name']);
    return collectionOf(identity, request, 'roles', roles.map((role) => roleView(identity, role)));
  });

  app.get<{ Params: { id: string } }>('/v3/roles/:id', (request) => {
    requireAdmin(callerOf(identity, request), 'get_role');
    const role = store.roles.get(request.params.id);
    if (!role) throw missing('role', request.params.id);
    return { role: roleView(identity, role) };
  });

  app.get<WithGrant>(path, (request) => {
    requireAdmin(callerOf(identity, request), 'list_grants');
    const { scope, scopeId, userId } = request.params;
    refuseUnknown(identity, request.params);
    const grants = store.grants.filter((grant) => grant.scope === scope && grant.scopeId === scopeId && grant.userId === userId);
    const roles = grants.flatMap((grant) => store.roles.get(grant.roleId) ?? []);
    return collectionOf(identity, request, 'roles', roles.map((role) => roleView(identity, role)));
  });

  app.put<WithGrant>(`${path}/:roleId`, (request, reply) => {
    requireAdmin(callerOf(identity, request), 'create_grant');
    const { scope, scopeId, userId, roleId } = request.params;
    refuseUnknown(identity, request.params, roleId);
    store.grants.put({ id: grantId(scope, scopeId, userId, roleId), scope, scopeId, userId, roleId });
    return reply.code(204).send();
  });

  app.get<WithGrant>(`${path}/:roleId`, (request, reply) => {
    requireAdmin(callerOf(identity, request), 'check_grant');
    getGrant(identity, request.params);
    return reply.code(204).send();
  });

  app.delete<WithGrant>(`${path}/:roleId`, (request, reply) => {
    requireAdmin(callerOf(identity, request), 'revoke_grant');
    store.deleteGrant(getGrant(identity, request.params));
    return reply.code(204).send();
  });

  app.get('/v3/role_assignments', (request) => {
    const caller = callerOf(identity, request);
    const query = request.query as Record<string, string | undefined>;
    requireMaySeeAssignments(caller, query);
    return collectionOf(identity, request, 'role_assignments', assignments(identity, request, query));
  });
}

function requireMaySeeAssignments(caller: TokenInfo, query: Record<string, string | undefined>): void {
  const ownProject = query['scope.project.id'] !== undefined && query['scope.project.id'] === caller.projectId;
  if (!caller.roles.includes('admin') && !(ownProject && query['user.id'] === caller.userId)) throw forbidden('identity:list_role_assignments');
}

function refuseUnknown({ store }: Identity, { scope, scopeId, userId }: WithGrant['Params'], roleId?: string): void {
  if (!store.users.get(userId)) throw missing('user', userId);
  if (!store[scope].get(scopeId)) throw missing(scope === 'projects' ? 'project' : 'domain', scopeId);
  if (roleId !== undefined && !store.roles.get(roleId)) throw missing('role', roleId);
}

function getGrant(identity: Identity, params: WithGrant['Params']): Grant {
  const { scope, scopeId, userId, roleId } = params;
  refuseUnknown(identity, params, roleId);
  const grant = identity.store.grants.get(grantId(scope, scopeId, userId, roleId));
  if (grant) return grant;
  throw new ServiceError(404, `Could not find role assignment with role: ${roleId}, user or group: ${userId}, project, domain, or system: ${scopeId}.`);
}

const immutable = ['admin', 'member', 'reader', 'service'];

export function roleView(identity: Identity, { id, name }: Role): Record<string, unknown> {
  return { ...roleFields({ id, name }), links: { self: selfUrl(identity, `roles/${id}`) } };
}

export function roleFields({ id, name }: Role): Record<string, unknown> {
  return { id, name, domain_id: null, description: null, options: immutable.includes(name) ? { immutable: true } : {} };
}

/** A flag counts when it is named at all, unless it says 0 or false. */
const flag = (value: string | undefined): boolean => value !== undefined && !['0', 'false', 'False'].includes(value);

function assignments(identity: Identity, request: FastifyRequest, query: Record<string, string | undefined>): unknown[] {
  const { store } = identity;
  const withNames = flag(query['include_names']);
  const wanted = store.grants.filter(
    (grant) =>
      (query['user.id'] === undefined || grant.userId === query['user.id']) &&
      (query['scope.project.id'] === undefined || (grant.scope === 'projects' && grant.scopeId === query['scope.project.id'])) &&
      (query['scope.domain.id'] === undefined || (grant.scope === 'domains' && grant.scopeId === query['scope.domain.id'])),
  );
  const all = wanted.flatMap((grant) => {
    const roles = flag(query['effective']) ? store.withImplied([grant.roleId]) : [store.roles.get(grant.roleId)].flatMap((role) => role ?? []);
    return roles.map((role) => ({ grant, role }));
  });
  return all.filter(({ role }) => query['role.id'] === undefined || role.id === query['role.id']).map(({ grant, role }) => assignmentView(identity, grant, role, withNames));
}

function assignmentView(identity: Identity, grant: Grant, role: Role, withNames: boolean): Record<string, unknown> {
  const { store } = identity;
  const domainOf = (id: string | undefined): Record<string, unknown> => ({ id, name: store.domains.get(id ?? '')?.name });
  const user = store.users.get(grant.userId);
  const project = store.projects.get(grant.scopeId);
  const projectScope = { id: grant.scopeId, ...(withNames && { name: project?.name, domain: domainOf(project?.domain_id) }) };
  const domainScope = { id: grant.scopeId, ...(withNames && { name: store.domains.get(grant.scopeId)?.name }) };
  return {
    links: { assignment: selfUrl(identity, grant.id) },
    scope: grant.scope === 'projects' ? { project: projectScope } : { domain: domainScope },
    user: { id: grant.userId, ...(withNames && { name: user?.name, domain: domainOf(user?.domain_id) }) },
    role: { id: role.id, ...(withNames && { name: role.name }) },
  };
}
