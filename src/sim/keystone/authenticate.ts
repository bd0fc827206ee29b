import { isObject, listAt, objectAt, textAt, type JsonObject } from '../json.js';
import { ServiceError } from '../http/service-error.js';
import { secretMatches, type ApplicationCredential, type Domain, type Project, type User } from './identity-store.js';
import type { Identity } from './identity.js';
import { expecting, requiredProperty, unauthorized } from './keystone-errors.js';
import type { TokenPayload } from './tokens.js';

const supportedMethods = ['external', 'password', 'token', 'oauth1', 'mapped', 'application_credential'];

interface Subject {
  userId: string;
  methods: string[];
  parent?: TokenPayload;
  credential?: ApplicationCredential;
}

/**
 * `POST /v3/auth/tokens`: checks who it is and what the token is to be for, and returns the token's text.
 * Throws 400 for a request that is no authentication, 401 for anything wrong with it (never saying what).
 */
export function logIn(identity: Identity, body: unknown): string {
  const auth = objectAt(body, 'auth');
  if (!auth) throw expecting('auth', 'request body');
  const ways = objectAt(auth, 'identity');
  if (!ways) throw requiredProperty('auth', auth, 'identity');
  const methods = listAt(ways, 'methods');
  if (!methods) throw requiredProperty('identity', ways, 'methods');
  const subject = identify(identity, ways, methods);
  return identity.tokens.issue({
    userId: subject.userId,
    methods: subject.methods,
    ...(subject.parent && { parent: subject.parent }),
    ...scopeOf(identity, subject, auth['scope']),
  });
}

function identify(identity: Identity, ways: JsonObject, methods: unknown[]): Subject {
  const [method] = methods;
  if (methods.length !== 1 || typeof method !== 'string' || !supportedMethods.includes(method)) throw unsupported();
  const given = objectAt(ways, method);
  if (!given) throw expecting(method, 'identity');
  switch (method) {
    case 'password':
      return { userId: byPassword(identity, given).id, methods: ['password'] };
    case 'token':
      return byToken(identity, given);
    case 'application_credential':
      return byApplicationCredential(identity, given);
    default:
      throw unsupported();
  }
}

function byPassword(identity: Identity, given: JsonObject): User {
  const wanted = objectAt(given, 'user');
  if (!wanted) throw requiredProperty('password', given, 'user');
  const user = findUser(identity, wanted);
  const password = textAt(wanted, 'password');
  if (!user?.enabled || password === undefined || !secretMatches(password, user.salt, user.passwordHash)) throw unauthorized();
  return user;
}

function byToken(identity: Identity, given: JsonObject): Subject {
  const token = identity.tokens.look(textAt(given, 'id'));
  if (!token) throw unauthorized();
  const { payload } = token;
  const credential = payload.applicationCredentialId === undefined ? undefined : identity.store.applicationCredentials.get(payload.applicationCredentialId);
  const methods = ['token', ...payload.methods.filter((method) => method !== 'token')];
  return { userId: payload.userId, methods, parent: payload, ...(credential && { credential }) };
}

function byApplicationCredential(identity: Identity, given: JsonObject): Subject {
  const credential = findCredential(identity, given);
  const secret = textAt(given, 'secret');
  if (secret === undefined) throw requiredProperty('application_credential', given, 'secret');
  const user = credential && identity.store.users.get(credential.user_id);
  if (!credential || !user?.enabled || !secretMatches(secret, credential.salt, credential.secretHash)) throw unauthorized();
  return { userId: user.id, methods: ['application_credential'], credential };
}

function findCredential(identity: Identity, given: JsonObject): ApplicationCredential | undefined {
  const id = textAt(given, 'id');
  if (id) return identity.store.applicationCredentials.get(id);
  const name = textAt(given, 'name');
  const wanted = objectAt(given, 'user');
  if (!name || !wanted) throw expecting('name or ID', 'application credential');
  const user = findUser(identity, wanted);
  return user && identity.store.applicationCredentials.find((each) => each.user_id === user.id && each.name === name);
}

function findUser(identity: Identity, wanted: JsonObject): User | undefined {
  const id = textAt(wanted, 'id');
  if (id !== undefined) return identity.store.users.get(id);
  const name = textAt(wanted, 'name');
  if (name === undefined) throw expecting('id or name', 'user');
  const domain = findDomain(identity, objectAt(wanted, 'domain'));
  return domain && identity.store.users.find((user) => user.name === name && user.domain_id === domain.id);
}

function findDomain(identity: Identity, wanted: JsonObject | undefined): Domain | undefined {
  if (!wanted) throw expecting('domain', 'user');
  const id = textAt(wanted, 'id');
  if (id !== undefined) return identity.store.domains.get(id);
  const name = textAt(wanted, 'name');
  return identity.store.domains.find((domain) => domain.name === name);
}

function scopeOf(identity: Identity, subject: Subject, scope: unknown): Pick<TokenPayload, 'projectId' | 'domainId' | 'applicationCredentialId'> {
  const { credential } = subject;
  if (credential) {
    // Such a token is for the credential's project and nothing else.
    if (scope !== undefined && (!subject.parent || projectOf(identity, scope)?.id !== credential.project_id)) throw scopedCredential();
    return { projectId: credential.project_id, applicationCredentialId: credential.id };
  }
  if (scope === undefined) return defaultScope(identity, subject);
  if (scope === 'unscoped' || (isObject(scope) && 'unscoped' in scope)) return {};
  if (objectAt(scope, 'project')) {
    const project = projectOf(identity, scope);
    if (!project?.enabled || identity.store.rolesOf(subject.userId, 'projects', project.id).length === 0) throw unauthorized();
    return { projectId: project.id };
  }
  if (objectAt(scope, 'domain')) {
    const domain = findDomain(identity, objectAt(scope, 'domain'));
    if (!domain?.enabled || identity.store.rolesOf(subject.userId, 'domains', domain.id).length === 0) throw unauthorized();
    return { domainId: domain.id };
  }
  throw unauthorized();
}

/** Without a scope the token is for the user's default project, if it has one and a role there. */
function defaultScope(identity: Identity, { userId, parent }: Subject): { projectId?: string } {
  const projectId = identity.store.users.get(userId)?.extra['default_project_id'];
  if (parent || typeof projectId !== 'string') return {};
  return identity.store.rolesOf(userId, 'projects', projectId).length === 0 ? {} : { projectId };
}

function projectOf(identity: Identity, scope: unknown): Project | undefined {
  const wanted = objectAt(scope, 'project');
  const id = textAt(wanted, 'id');
  if (id !== undefined) return identity.store.projects.get(id);
  const name = textAt(wanted, 'name');
  if (name === undefined) throw expecting('id or name', 'project');
  const domain = findDomain(identity, objectAt(wanted, 'domain'));
  return domain && identity.store.projects.find((project) => project.name === name && project.domain_id === domain.id);
}

function unsupported(): ServiceError {
  const message = 'Attempted to authenticate with an unsupported method.';
  return new ServiceError(401, message, { body: { error: { code: 401, identity: { methods: supportedMethods }, message, title: 'Unauthorized' } } });
}

function scopedCredential(): ServiceError {
  const message = 'Error authenticating with application credential: Application credentials cannot request a scope.';
  return new ServiceError(401, message, { body: { error: { code: 401, identity: {}, message, title: 'Unauthorized' } } });
}
