import { randomBytes } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { newHexId } from '../ids.js';
import { isObject, listAt, objectAt, textAt, type JsonObject } from '../json.js';
import { ServiceError } from '../http/service-error.js';
import type { TokenInfo } from '../sim-context.js';
import { callerOf, collectionOf, filtered, selfUrl, type Identity } from './identity.js';
import { hashSecret, type AccessRule, type ApplicationCredential } from './identity-store.js';
import { duplicate, forbidden, invalid, missing, requiredProperty } from './keystone-errors.js';
import { roleFields } from './grants.routes.js';

interface WithUser {
  Params: { userId: string; id: string };
}

export function applicationCredentialRoutes(app: FastifyInstance, identity: Identity): void {
  const { store } = identity;
  const path = '/v3/users/:userId/application_credentials';

  app.post<WithUser>(path, (request, reply) => {
    const caller = callerOf(identity, request);
    // Only for oneself: not even an admin may make credentials for others.
    if (caller.userId !== request.params.userId) throw forbidden('identity:create_application_credential');
    refuseRestricted(identity, caller, 'create_application_credential');
    const wanted = objectAt(request.body, 'application_credential');
    if (!wanted) throw new ServiceError(400, "'application_credential' is a required property");
    const secret = textAt(wanted, 'secret') ?? randomBytes(64).toString('base64url');
    const credential = newCredential(identity, caller, wanted, secret);
    store.applicationCredentials.put(credential);
    reply.code(201);
    return { application_credential: { ...credentialView(identity, credential), secret, links: linksOf(identity, credential) } };
  });

  app.get<WithUser>(path, (request) => {
    requireOwner(identity, request, 'list_application_credentials');
    const own = store.applicationCredentials.filter((each) => each.user_id === request.params.userId);
    const shown = filtered(own, request.query, ['name']).map((each) => ({ ...credentialView(identity, each), links: linksOf(identity, each) }));
    return collectionOf(identity, request, 'application_credentials', shown);
  });

  app.get<WithUser>(`${path}/:id`, (request) => {
    requireOwner(identity, request, 'get_application_credential');
    const credential = getCredential(identity, request.params);
    return { application_credential: { ...credentialView(identity, credential), links: linksOf(identity, credential) } };
  });

  app.delete<WithUser>(`${path}/:id`, (request, reply) => {
    const caller = requireOwner(identity, request, 'delete_application_credential');
    refuseRestricted(identity, caller, 'delete_application_credential');
    store.applicationCredentials.delete(getCredential(identity, request.params).id);
    return reply.code(204).send();
  });
}

function requireOwner(identity: Identity, request: FastifyRequest<WithUser>, action: string): TokenInfo {
  const caller = callerOf(identity, request);
  if (caller.userId !== request.params.userId && !caller.roles.includes('admin')) throw forbidden(`identity:${action}`);
  return caller;
}

/** A token from an application credential makes and deletes others only when that one is unrestricted. */
export function refuseRestricted({ store }: Identity, caller: TokenInfo, action: string): void {
  if (caller.applicationCredentialId === null) return;
  if (store.applicationCredentials.get(caller.applicationCredentialId)?.unrestricted !== true) throw forbidden(`identity:${action}`);
}

function getCredential({ store }: Identity, { userId, id }: WithUser['Params']): ApplicationCredential {
  const credential = store.applicationCredentials.get(id);
  if (credential?.user_id !== userId) throw missing('application credential', id);
  return credential;
}

function newCredential(identity: Identity, caller: TokenInfo, wanted: JsonObject, secret: string): ApplicationCredential {
  const name = textAt(wanted, 'name');
  if (name === undefined) throw requiredProperty('application_credential', wanted, 'name');
  if (caller.projectId === null) throw new ServiceError(400, 'Invalid application credential: Could not find project.');
  const { store } = identity;
  if (store.applicationCredentials.find((each) => each.user_id === caller.userId && each.name === name)) {
    throw duplicate('application_credential', `name ${name}`);
  }
  const { salt, hash } = hashSecret(secret);
  return {
    id: newHexId(),
    name,
    description: textAt(wanted, 'description') ?? null,
    user_id: caller.userId,
    project_id: caller.projectId,
    expires_at: textAt(wanted, 'expires_at')?.replace(/Z$/, '') ?? null,
    unrestricted: typeof wanted['unrestricted'] === 'boolean' ? wanted['unrestricted'] : null,
    roleIds: wantedRoles(identity, caller, wanted),
    access_rules: wantedRules(wanted),
    salt,
    secretHash: hash,
  };
}

function wantedRoles({ store }: Identity, caller: TokenInfo, wanted: JsonObject): string[] {
  const held = store.roles.filter((role) => caller.roles.includes(role.name));
  const named = listAt(wanted, 'roles');
  if (!named || named.length === 0) return held.map((role) => role.id);
  const ids = named.map((each) => {
    const role = store.roles.find((candidate) => candidate.id === textAt(each, 'id') || candidate.name === textAt(each, 'name'));
    if (!role) throw missing('role', textAt(each, 'id') ?? textAt(each, 'name') ?? '');
    if (!held.includes(role)) throw new ServiceError(400, 'Invalid application credential: Cannot create an application credential with unassigned role');
    return role.id;
  });
  return store.withImplied(ids).map((role) => role.id);
}

function wantedRules(wanted: JsonObject): AccessRule[] | null {
  const rules = listAt(wanted, 'access_rules');
  if (!rules || rules.length === 0) return null;
  return rules.map((rule) => {
    if (!isObject(rule)) throw invalid('access_rules', rule, 'it is not an object');
    const { path, method, service } = rule;
    if (typeof path !== 'string' || typeof method !== 'string' || typeof service !== 'string') {
      throw new ServiceError(400, `Invalid input for field/attribute access_rules. Value: ${JSON.stringify(rule)}. path, method and service are required`);
    }
    return { id: newHexId(), service, path, method };
  });
}

const linksOf = (identity: Identity, { id }: ApplicationCredential): Record<string, unknown> => ({ self: selfUrl(identity, `application_credentials/${id}`) });

function credentialView({ store }: Identity, credential: ApplicationCredential): Record<string, unknown> {
  const { id, name, description, user_id, project_id, expires_at, unrestricted, access_rules } = credential;
  const roles = credential.roleIds.flatMap((roleId) => store.roles.get(roleId) ?? []).map(roleFields);
  return { id, name, description, user_id, project_id, system: null, expires_at, unrestricted, roles, ...(access_rules && { access_rules }) };
}
