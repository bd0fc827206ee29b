import type { KeystoneToken } from '../../openstack/keystone/token.js';

/** Who sent a request, as Keystone knows them. */
export interface Caller {
  readonly token: KeystoneToken;
  readonly userId: string;
  /** Null for a token without project scope. */
  readonly projectId: string | null;
  /** Names of the token's roles and of those they imply. */
  readonly roles: ReadonlySet<string>;
  readonly isAdmin: boolean;
}

/** Keystone's default implications; it expands them in tokens itself, unless an operator removed the rules. */
const implied: Readonly<Record<string, readonly string[]>> = { admin: ['manager', 'member'], manager: ['member'], member: ['reader'] };

export function callerOf(token: KeystoneToken): Caller {
  const roles = new Set<string>();
  const pending = token.roles.map((role) => role.name);
  for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
    if (roles.has(name)) continue;
    roles.add(name);
    pending.push(...(implied[name] ?? []));
  }
  return { token, userId: token.userId, projectId: token.projectId, roles, isAdmin: roles.has('admin') };
}

/**
 * The roles a cluster's own user gets: those of the requester's token, never admin, and within the operator's list if
 * there is one.
 */
export function grantableRoles(token: KeystoneToken, allowed: string | undefined): string[] {
  const list = allowed?.split(',').map((name) => name.trim());
  return token.roles.map((role) => role.name).filter((name) => name !== 'admin' && (list === undefined || list.includes(name)));
}
