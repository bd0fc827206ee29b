import type { FastifyInstance } from 'fastify';
import { newHexId } from '../ids.js';
import { objectAt, textAt, without, type JsonObject } from '../json.js';
import { pythonRepr, pythonStr } from '../python-repr.js';
import { ServiceError } from '../http/service-error.js';
import { callerOf, collectionOf, filtered, selfUrl, type Identity } from './identity.js';
import { hashSecret, secretMatches, type User } from './identity-store.js';
import { duplicate, forbidden, invalid, missing, requireAdmin, requiredProperty, unauthorized } from './keystone-errors.js';
import { projectView } from './projects.routes.js';

interface WithId {
  Params: { id: string };
}

export function userRoutes(app: FastifyInstance, identity: Identity): void {
  const { store } = identity;

  app.get('/v3/users', (request) => {
    requireAdmin(callerOf(identity, request), 'list_users');
    const users = filtered(store.users.values(), request.query, ['name', 'domain_id', 'enabled']);
    return collectionOf(identity, request, 'users', users.map((user) => userView(identity, user)));
  });

  app.post('/v3/users', (request, reply) => {
    const caller = callerOf(identity, request);
    requireAdmin(caller, 'create_user');
    const wanted = wantedUser(request.body);
    const name = textAt(wanted, 'name');
    if (name === undefined) throw requiredProperty('user', wanted, 'name');
    const { domain_id = caller.domainId, enabled = true, password } = wanted;
    const extra = without(wanted, 'name', 'domain_id', 'enabled', 'password');
    if (typeof domain_id !== 'string' || !store.domains.get(domain_id)) throw missing('domain', pythonStr(domain_id));
    refuseDuplicate(identity, name, domain_id);
    const { salt, hash } = hashSecret(typeof password === 'string' ? password : newHexId());
    const user = { id: newHexId(), name, domain_id, enabled: enabled === true, salt, passwordHash: hash, tokensValidFrom: 0, extra };
    store.users.put(user);
    reply.code(201);
    return { user: userView(identity, user) };
  });

  app.get<WithId>('/v3/users/:id', (request) => {
    const caller = callerOf(identity, request);
    const user = store.users.get(request.params.id);
    if (caller.userId !== request.params.id && !caller.roles.includes('admin')) throw forbidden('identity:get_user');
    if (!user) throw missing('user', request.params.id);
    return { user: userView(identity, user) };
  });

  app.patch<WithId>('/v3/users/:id', (request) => {
    requireAdmin(callerOf(identity, request), 'update_user');
    const user = store.users.get(request.params.id);
    if (!user) throw missing('user', request.params.id);
    const wanted = wantedUser(request.body);
    const { enabled = user.enabled, password } = wanted;
    const name = textAt(wanted, 'name') ?? user.name;
    const extra = without(wanted, 'name', 'domain_id', 'enabled', 'password');
    if (name !== user.name) refuseDuplicate(identity, name, user.domain_id);
    const updated: User = { ...user, name, enabled: enabled === true, extra: { ...user.extra, ...extra } };
    const changed = typeof password === 'string' ? withPassword(updated, password) : updated;
    if (!changed.enabled && user.enabled) changed.tokensValidFrom = Date.now() + 1;
    store.users.put(changed);
    return { user: { ...userView(identity, changed), extra: changed.extra } };
  });

  app.delete<WithId>('/v3/users/:id', (request, reply) => {
    requireAdmin(callerOf(identity, request), 'delete_user');
    if (!store.users.get(request.params.id)) throw missing('user', request.params.id);
    store.deleteUser(request.params.id);
    return reply.code(204).send();
  });

  app.post<WithId>('/v3/users/:id/password', (request, reply) => {
    const wanted = wantedUser(request.body);
    const user = store.users.get(request.params.id);
    const { original_password: original, password } = wanted;
    if (typeof password !== 'string') throw requiredProperty('user', wanted, 'password');
    if (!user || typeof original !== 'string' || !secretMatches(original, user.salt, user.passwordHash)) throw unauthorized();
    store.users.put(withPassword(user, password));
    return reply.code(204).send();
  });

  app.get<WithId>('/v3/users/:id/projects', (request) => {
    const caller = callerOf(identity, request);
    const { id } = request.params;
    if (caller.userId !== id && !caller.roles.includes('admin')) throw forbidden('identity:list_user_projects');
    const projects = store.projects.filter((project) => store.rolesOf(id, 'projects', project.id).length > 0);
    return collectionOf(identity, request, 'projects', projects.map((project) => projectView(identity, project)));
  });

  function refuseDuplicate({ store: { users } }: Identity, name: string, domainId: string): void {
    if (users.find((user) => user.name === name && user.domain_id === domainId)) throw duplicate('user', `name ${name} at domain ID ${domainId}`);
  }
}

/** A changed password voids every token that the user holds. */
function withPassword(user: User, password: string): User {
  const { salt, hash } = hashSecret(password);
  return { ...user, salt, passwordHash: hash, tokensValidFrom: Date.now() + 1 };
}

function wantedUser(body: unknown): JsonObject {
  const wanted = objectAt(body, 'user');
  if (!wanted) throw new ServiceError(400, `${pythonRepr('user')} is a required property`);
  const { name, enabled } = wanted;
  if (name !== undefined && typeof name !== 'string') throw invalid('name', name, `${pythonRepr(name)} is not of type 'string'`);
  if (name === '') throw invalid('name', name, "'' is too short");
  if (typeof name === 'string' && name.length > 255) throw invalid('name', name, `${pythonRepr(name)} is too long`);
  if (enabled !== undefined && typeof enabled !== 'boolean') {
    throw invalid('enabled', enabled, `${pythonRepr(enabled)} is not one of [True, 'True', 'TRUE', 'true', False, 'False', 'FALSE', 'false']`);
  }
  return wanted;
}

export function userView(identity: Identity, user: User): Record<string, unknown> {
  const { id, name, domain_id, enabled, extra } = user;
  const links = { self: selfUrl(identity, `users/${id}`) };
  return { ...extra, id, name, domain_id, enabled, password_expires_at: null, options: {}, links };
}
