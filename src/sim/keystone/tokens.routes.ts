import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { ServiceError } from '../http/service-error.js';
import { logIn } from './authenticate.js';
import { catalogFor } from './catalog.js';
import { callerOf, callerTokenOf, collectionOf, type Identity } from './identity.js';
import { forbidden } from './keystone-errors.js';
import { projectView } from './projects.routes.js';
import type { LiveToken } from './tokens.js';

/** `/v3/auth/*`: tokens, and what a token's holder may use. */
export function tokenRoutes(app: FastifyInstance, identity: Identity): void {
  app.post('/v3/auth/tokens', (request, reply) => {
    const text = logIn(identity, request.body);
    const token = identity.tokens.look(text);
    if (!token) throw new ServiceError(500, 'An unexpected error prevented the server from fulfilling your request.');
    reply.code(201).header('x-subject-token', text);
    return { token: tokenView(identity, token, wantsCatalog(request)) };
  });

  app.get('/v3/auth/tokens', (request, reply) => {
    const token = subjectOf(identity, request, 'validate_token');
    reply.header('x-subject-token', token.text);
    return { token: tokenView(identity, token, wantsCatalog(request)) };
  });

  app.delete('/v3/auth/tokens', (request, reply: FastifyReply) => {
    identity.tokens.revoke(subjectOf(identity, request, 'revoke_token'));
    return reply.code(204).send();
  });

  app.get('/v3/auth/catalog', (request) => {
    const { projectId } = callerOf(identity, request);
    if (projectId === null) throw forbidden('identity:get_auth_catalog');
    return collectionOf(identity, request, 'catalog', catalogFor(identity.store, projectId));
  });

  app.get('/v3/auth/projects', (request) => {
    const { userId } = callerOf(identity, request);
    const projects = identity.store.projects.filter((project) => project.enabled && identity.store.rolesOf(userId, 'projects', project.id).length > 0);
    return collectionOf(identity, request, 'projects', projects.map((project) => projectView(identity, project)));
  });

  app.get('/v3/auth/domains', (request) => {
    const { userId } = callerOf(identity, request);
    const domains = identity.store.domains.filter((domain) => identity.store.rolesOf(userId, 'domains', domain.id).length > 0);
    return collectionOf(identity, request, 'domains', domains);
  });
}

const wantsCatalog = (request: FastifyRequest): boolean => !('nocatalog' in (request.query as Record<string, unknown>));

/** The token in X-Subject-Token, which its own user, admins and services may look at and revoke. */
function subjectOf(identity: Identity, request: FastifyRequest, action: string): LiveToken {
  const caller = callerTokenOf(identity, request);
  const text = request.headers['x-subject-token'];
  const trusted = caller.roles.some((role) => role.name === 'admin' || role.name === 'service');
  // The policy is asked first, so that who is not trusted learns nothing of the header.
  if (typeof text !== 'string') throw trusted ? new ServiceError(404, 'No token in the request') : forbidden(`identity:${action}`);
  const subject = identity.tokens.look(text);
  if (!subject) throw new ServiceError(404, text.startsWith('gAAAAAB') ? 'Failed to validate token' : 'Could not recognize Fernet token');
  if (!trusted && subject.payload.userId !== caller.payload.userId) throw forbidden(`identity:${action}`);
  return subject;
}

/** Keystone prints microseconds, and always zero ones. */
const keystoneTime = (milliseconds: number): string => `${new Date(milliseconds).toISOString().slice(0, 19)}.000000Z`;

function tokenView(identity: Identity, { payload, roles }: LiveToken, withCatalog: boolean): Record<string, unknown> {
  const { store } = identity;
  const user = store.users.get(payload.userId);
  const domainOf = (id: string | undefined): Record<string, unknown> => ({ id, name: store.domains.get(id ?? '')?.name });
  const project = payload.projectId === undefined ? undefined : store.projects.get(payload.projectId);
  const credential = payload.applicationCredentialId === undefined ? undefined : store.applicationCredentials.get(payload.applicationCredentialId);
  return {
    methods: payload.methods,
    user: { domain: domainOf(user?.domain_id), id: user?.id, name: user?.name, password_expires_at: null },
    audit_ids: payload.auditIds,
    expires_at: keystoneTime(payload.expiresAt),
    issued_at: keystoneTime(payload.issuedAt),
    ...(project && { project: { domain: domainOf(project.domain_id), id: project.id, name: project.name }, is_domain: false }),
    ...(payload.domainId !== undefined && { domain: domainOf(payload.domainId) }),
    ...((project || payload.domainId !== undefined) && { roles: roles.map(({ id, name }) => ({ id, name })) }),
    ...((project || payload.domainId !== undefined) && withCatalog && { catalog: catalogFor(store, project?.id ?? '') }),
    ...(credential && { application_credential: credentialInToken(credential) }),
  };
}

function credentialInToken(credential: { id: string; name: string; unrestricted: boolean | null; access_rules: unknown }): Record<string, unknown> {
  const { id, name, unrestricted, access_rules } = credential;
  return { id, name, restricted: unrestricted !== true, ...(access_rules !== null && { access_rules }) };
}
