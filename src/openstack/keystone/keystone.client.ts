import { z } from 'zod';
import type { CallOptions } from '../call-options.js';
import { looksLikeId, theOnlyOne } from '../find-by-name.js';
import { segment, ServiceApi, undefinedWhenNotFound } from '../service-api.js';
import type { OpenStackSession } from '../session.js';
import { keystoneToken, tokenBodySchema, type KeystoneToken, type Role } from './token.js';

export interface Domain {
  readonly id: string;
  readonly name: string;
  readonly enabled: boolean;
}

export interface Project {
  readonly id: string;
  readonly name: string;
  readonly domainId: string;
  readonly enabled: boolean;
}

export interface User {
  readonly id: string;
  readonly name: string;
  readonly domainId: string;
  readonly enabled: boolean;
}

/** A role that a user has on a project. */
export interface Grant {
  readonly userId: string;
  readonly projectId: string;
  readonly roleId: string;
}

export interface NewUser {
  readonly name: string;
  readonly domainId: string;
  readonly password: string;
  readonly description?: string;
}

const domainSchema = z.object({ id: z.string(), name: z.string(), enabled: z.boolean() });
const domainOwned = z
  .object({ id: z.string(), name: z.string(), domain_id: z.string(), enabled: z.boolean() })
  .transform(({ domain_id: domainId, ...rest }) => ({ ...rest, domainId }));
const roleSchema = z.object({ id: z.string(), name: z.string() });
const assignmentSchema = z.object({
  user: z.object({ id: z.string() }).optional(),
  role: z.object({ id: z.string() }),
  scope: z.object({ project: z.object({ id: z.string() }).optional() }),
});

/** Identity v3, as far as clusters' users and people's tokens need it. Most calls want the service credential. */
export class KeystoneClient {
  private readonly api: ServiceApi;

  constructor(session: OpenStackSession) {
    this.api = new ServiceApi(session, { service: 'keystone', type: 'identity' });
  }

  /** Who a token speaks for; null when Keystone does not know it, or it has expired or was revoked. */
  async validateToken(token: string, options?: CallOptions): Promise<KeystoneToken | null> {
    // Anything else cannot travel in a header, so it is no token.
    if (!/^[\x21-\x7e]+$/.test(token)) return null;
    const headers = { 'x-subject-token': token };
    const answer = await undefinedWhenNotFound(this.api.send('GET', '/auth/tokens', { headers }, options));
    return answer ? keystoneToken(token, answer.json(tokenBodySchema)) : null;
  }

  /** By exact name; domain names are unique. */
  async findDomain(name: string, options?: CallOptions): Promise<Domain | undefined> {
    const { domains } = await this.api.get('/domains', z.object({ domains: z.array(domainSchema) }), { name }, options);
    return domains[0];
  }

  async createDomain(domain: { readonly name: string; readonly description?: string }, options?: CallOptions): Promise<Domain> {
    return (await this.api.post('/domains', { domain }, z.object({ domain: domainSchema }), options)).domain;
  }

  async findProject(nameOrId: string, domainId: string, options?: CallOptions): Promise<Project | undefined> {
    if (looksLikeId(nameOrId)) {
      const found = await this.api.find(`/projects/${segment(nameOrId)}`, z.object({ project: domainOwned }), {}, options);
      if (found) return found.project;
    }
    const { projects } = await this.api.get('/projects', z.object({ projects: z.array(domainOwned) }), { name: nameOrId, domain_id: domainId }, options);
    return projects[0];
  }

  async getProject(id: string, options?: CallOptions): Promise<Project> {
    return (await this.api.get(`/projects/${segment(id)}`, z.object({ project: domainOwned }), {}, options)).project;
  }

  async listRoles(options?: CallOptions): Promise<Role[]> {
    return (await this.api.get('/roles', z.object({ roles: z.array(roleSchema) }), {}, options)).roles;
  }

  async findRole(name: string, options?: CallOptions): Promise<Role | undefined> {
    const { roles } = await this.api.get('/roles', z.object({ roles: z.array(roleSchema) }), { name }, options);
    return theOnlyOne(roles, 'role', name);
  }

  /** CloudConflictError when the domain has a user of that name. */
  async createUser({ domainId, ...user }: NewUser, options?: CallOptions): Promise<User> {
    // Machines cannot answer "change your password": these users must not fall under rules made for people.
    const rules = { ignore_change_password_upon_first_use: true, ignore_password_expiry: true, ignore_lockout_failure_attempts: true };
    const body = { user: { ...user, domain_id: domainId, enabled: true, options: rules } };
    return (await this.api.post('/users', body, z.object({ user: domainOwned }), options)).user;
  }

  async findUser(name: string, domainId: string, options?: CallOptions): Promise<User | undefined> {
    const { users } = await this.api.get('/users', z.object({ users: z.array(domainOwned) }), { name, domain_id: domainId }, options);
    return users[0];
  }

  async getUser(id: string, options?: CallOptions): Promise<User> {
    return (await this.api.get(`/users/${segment(id)}`, z.object({ user: domainOwned }), {}, options)).user;
  }

  /** For a user whose creation was not recorded: makes our password the true one. Ends the user's tokens. */
  async setUserPassword(id: string, password: string, options?: CallOptions): Promise<void> {
    await this.api.send('PATCH', `/users/${segment(id)}`, { body: { user: { password } }, repeatable: true }, options);
  }

  /** Also ends the user's tokens, grants and application credentials. */
  async deleteUser(id: string, options?: CallOptions): Promise<void> {
    await this.api.delete(`/users/${segment(id)}`, options);
  }

  /** May be repeated. */
  async grantRole(grant: Grant, options?: CallOptions): Promise<void> {
    await this.api.send('PUT', grantPath(grant), {}, options);
  }

  async revokeRole(grant: Grant, options?: CallOptions): Promise<void> {
    await this.api.delete(grantPath(grant), options);
  }

  /** Roles on projects that were given to the user itself (not through groups, not implied). */
  async listGrants(filter: { readonly userId: string; readonly projectId?: string }, options?: CallOptions): Promise<Grant[]> {
    const query = { 'user.id': filter.userId, 'scope.project.id': filter.projectId };
    const answer = await this.api.get('/role_assignments', z.object({ role_assignments: z.array(assignmentSchema) }), query, options);
    return answer.role_assignments.flatMap(({ user, role, scope }) =>
      user && scope.project ? [{ userId: user.id, projectId: scope.project.id, roleId: role.id }] : [],
    );
  }
}

const grantPath = ({ userId, projectId, roleId }: Grant): string =>
  `/projects/${segment(projectId)}/users/${segment(userId)}/roles/${segment(roleId)}`;
