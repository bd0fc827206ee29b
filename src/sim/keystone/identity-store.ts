import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Collection, Journal } from '../journal.js';

export interface Domain {
  id: string;
  name: string;
  description: string;
  enabled: boolean;
}
export interface Project {
  id: string;
  name: string;
  domain_id: string;
  description: string;
  enabled: boolean;
}
export interface User {
  id: string;
  name: string;
  domain_id: string;
  enabled: boolean;
  salt: string;
  passwordHash: string;
  /** Tokens issued before (milliseconds) are void: the password was changed, or the user disabled. */
  tokensValidFrom: number;
  /** email, description, default_project_id and whatever else was sent. */
  extra: Record<string, unknown>;
}
export interface Role {
  id: string;
  name: string;
}
/** One role of one user on one project or domain; the id is made of the four. */
export interface Grant {
  id: string;
  scope: 'projects' | 'domains';
  scopeId: string;
  userId: string;
  roleId: string;
}
export interface AccessRule {
  id: string;
  service: string;
  path: string;
  method: string;
}
export interface ApplicationCredential {
  id: string;
  name: string;
  description: string | null;
  user_id: string;
  project_id: string;
  expires_at: string | null;
  unrestricted: boolean | null;
  roleIds: string[];
  access_rules: AccessRule[] | null;
  salt: string;
  secretHash: string;
}
export interface Service {
  id: string;
  type: string;
  name: string | null;
  description: string | null;
  enabled: boolean;
}
export interface Endpoint {
  id: string;
  service_id: string;
  interface: 'public' | 'internal' | 'admin';
  region_id: string | null;
  url: string;
  enabled: boolean;
}
export interface Region {
  id: string;
  description: string;
  parent_region_id: string | null;
}
export interface RevokedToken {
  /** The token's audit id. */
  id: string;
  expiresAt: number;
}

/** A role gives its holder these as well, transitively (Keystone's bootstrap makes the same chain). */
const implied: Record<string, string> = { admin: 'member', member: 'reader' };

/** Everything Keystone knows. */
export class IdentityStore {
  readonly domains: Collection<Domain>;
  readonly projects: Collection<Project>;
  readonly users: Collection<User>;
  readonly roles: Collection<Role>;
  readonly grants: Collection<Grant>;
  readonly applicationCredentials: Collection<ApplicationCredential>;
  readonly services: Collection<Service>;
  readonly endpoints: Collection<Endpoint>;
  readonly regions: Collection<Region>;
  readonly revoked: Collection<RevokedToken>;

  constructor(journal: Journal) {
    this.domains = journal.collection('keystone.domains');
    this.projects = journal.collection('keystone.projects');
    this.users = journal.collection('keystone.users');
    this.roles = journal.collection('keystone.roles');
    this.grants = journal.collection('keystone.grants');
    this.applicationCredentials = journal.collection('keystone.application_credentials');
    this.services = journal.collection('keystone.services');
    this.endpoints = journal.collection('keystone.endpoints');
    this.regions = journal.collection('keystone.regions');
    this.revoked = journal.collection('keystone.revoked');
  }

  /** Roles of a user on a project or domain, implied ones included. */
  rolesOf(userId: string, scope: Grant['scope'], scopeId: string): Role[] {
    const granted = this.grants.filter((grant) => grant.userId === userId && grant.scope === scope && grant.scopeId === scopeId);
    return this.withImplied(granted.map((grant) => grant.roleId));
  }

  withImplied(roleIds: string[]): Role[] {
    const all = new Map<string, Role>();
    const add = (role: Role | undefined): void => {
      if (!role || all.has(role.id)) return;
      all.set(role.id, role);
      const next = implied[role.name];
      if (next !== undefined) add(this.roles.find((each) => each.name === next));
    };
    for (const id of roleIds) add(this.roles.get(id));
    return [...all.values()];
  }

  /** The user with everything that dies with it: grants and application credentials (its tokens fail because it is gone). */
  deleteUser(userId: string): void {
    for (const grant of this.grants.filter((each) => each.userId === userId)) this.grants.delete(grant.id);
    for (const each of this.applicationCredentials.filter(({ user_id }) => user_id === userId)) this.applicationCredentials.delete(each.id);
    this.users.delete(userId);
  }

  /** Keystone drops the user's application credentials on a project when one of its roles there is taken away. */
  deleteGrant(grant: Grant): void {
    this.grants.delete(grant.id);
    if (grant.scope !== 'projects') return;
    const orphans = this.applicationCredentials.filter((each) => each.user_id === grant.userId && each.project_id === grant.scopeId);
    for (const orphan of orphans) this.applicationCredentials.delete(orphan.id);
  }
}

export const grantId = (scope: Grant['scope'], scopeId: string, userId: string, roleId: string): string => `${scope}/${scopeId}/users/${userId}/roles/${roleId}`;

/** SHA-256 and not a slow hash: these are the passwords of a simulated cloud. */
const digest = (salt: string, secret: string): Buffer => createHash('sha256').update(salt).update(secret).digest();

export function hashSecret(secret: string): { salt: string; hash: string } {
  const salt = randomBytes(12).toString('hex');
  return { salt, hash: digest(salt, secret).toString('hex') };
}

export const secretMatches = (secret: string, salt: string, hash: string): boolean => timingSafeEqual(digest(salt, secret), Buffer.from(hash, 'hex'));
