import { randomBytes } from 'node:crypto';
import { DomainError } from '../../domain/domain-error.js';
import { clusterUserName } from '../../domain/resource-names.js';
import { secretNames } from '../../domain/secret-names.js';
import { CloudConflictError } from '../../openstack/cloud-error.js';
import type { KeystoneClient, User } from '../../openstack/keystone/keystone.client.js';
import type { ClusterContext } from '../cluster-context.js';
import { intend, markGone, markPresent, renewIntent } from '../ledger/ledger.js';

class IdentityError extends DomainError {
  readonly code = 'cloud-refused';
}

/** Name of the grant in the ledger: who may act where. */
const grantName = (userName: string, projectId: string): string => `${userName} on ${projectId}`;

/**
 * The Keystone user that everything of this cluster is done as, and its roles on the tenant's project. Repeatable: the
 * password is stored before the user is made, and a user that was made without our hearing of it is found by name.
 */
export async function ensureClusterUser(context: ClusterContext): Promise<void> {
  const { cluster, runtime } = context;
  const { keystone } = runtime.cloud.asService();
  const name = clusterUserName(cluster.id);
  const password = await ensurePassword(context);
  const call = context.call;

  const domain = await keystone.findDomain(runtime.config.CLUSTER_DOMAIN_NAME, call);
  if (!domain) {
    throw new IdentityError(
      `Keystone has no domain ${runtime.config.CLUSTER_DOMAIN_NAME} for the users of clusters. Create it (openstack domain create) or set JEROBOAM_CLUSTER_DOMAIN_NAME`,
    );
  }
  let user = await keystone.findUser(name, domain.id, call);
  if (!user || user.id !== cluster.keystoneUserId) {
    await context.write((manager) => intend(context, manager, [{ type: 'keystone-user', name }]));
    if (user) {
      context.assertHeld();
      await keystone.setUserPassword(user.id, password, call);
    } else {
      user = await createUser(context, keystone, { name, domainId: domain.id, password });
    }
    const userId = user.id;
    await context.write(async (manager) => {
      await markPresent(manager, cluster.id, 'keystone-user', name, userId);
      await manager.query(`UPDATE clusters SET keystone_user_id = $2 WHERE id = $1`, [cluster.id, userId]);
    });
    cluster.keystoneUserId = userId;
  }
  await ensureGrants(context, keystone, user.id);
}

async function ensurePassword(context: ClusterContext): Promise<string> {
  const { secrets } = context.runtime;
  const { id } = context.cluster;
  return context.write(async (manager) => {
    const existing = await secrets.find(manager, id, secretNames.clusterUserPassword);
    if (existing !== undefined) return existing;
    // 24 random bytes; the suffix satisfies Keystone password rules that want every class of character.
    const password = `${randomBytes(24).toString('base64url')}-aA1`;
    await secrets.put(manager, id, secretNames.clusterUserPassword, password);
    return password;
  });
}

async function createUser(
  context: ClusterContext,
  keystone: KeystoneClient,
  wanted: { name: string; domainId: string; password: string },
): Promise<User> {
  const { cluster } = context;
  let attempts = 0;
  // The ledger tells delete how long it must look for what is still on its way: since the last attempt, not the first.
  const beforeAttempt = async (): Promise<void> => {
    attempts += 1;
    if (attempts > 1) await context.write((manager) => renewIntent(manager, cluster.id, 'keystone-user', wanted.name));
    context.assertHeld();
  };
  try {
    return await keystone.createUser({ ...wanted, description: `Jeroboam cluster ${cluster.id}` }, { ...context.call, beforeAttempt });
  } catch (error) {
    if (!(error instanceof CloudConflictError)) throw error;
    const user = await keystone.findUser(wanted.name, wanted.domainId, context.call);
    if (!user) throw error;
    await keystone.setUserPassword(user.id, wanted.password, context.call);
    return user;
  }
}

async function ensureGrants(context: ClusterContext, keystone: KeystoneClient, userId: string): Promise<void> {
  const { cluster } = context;
  const call = context.call;
  const name = grantName(clusterUserName(cluster.id), cluster.projectId);
  if (cluster.requesterRoles.length === 0) {
    throw new IdentityError(
      `Whoever created the cluster has no role on project ${cluster.projectId} that may be handed on to it (admin never is). Create it as somebody with role member.`,
    );
  }
  const roles = await keystone.listRoles(call);
  const wanted = cluster.requesterRoles.map((roleName) => {
    const role = roles.find((candidate) => candidate.name === roleName);
    if (!role) throw new IdentityError(`Keystone no longer has the role ${roleName}, which the cluster needs.`);
    return role.id;
  });
  const granted = new Set((await keystone.listGrants({ userId, projectId: cluster.projectId }, call)).map((grant) => grant.roleId));
  const missing = wanted.filter((roleId) => !granted.has(roleId));
  if (missing.length > 0) await context.write((manager) => intend(context, manager, [{ type: 'keystone-grant', name }]));
  for (const roleId of missing) {
    context.assertHeld();
    await keystone.grantRole({ userId, projectId: cluster.projectId, roleId }, call);
  }
  // Also when nothing was missing: whoever granted the last role may have died before the answer.
  await context.write((manager) => markPresent(manager, cluster.id, 'keystone-grant', name, `${userId}/${cluster.projectId}`));
}

/** Takes the grants and the user away; what is gone already counts as done. */
export async function removeClusterUser(context: ClusterContext): Promise<void> {
  const { cluster, runtime } = context;
  const { keystone } = runtime.cloud.asService();
  const call = context.call;
  const name = clusterUserName(cluster.id);
  const domain = await keystone.findDomain(runtime.config.CLUSTER_DOMAIN_NAME, call);
  const user = domain && (await keystone.findUser(name, domain.id, call));
  if (user) {
    for (const grant of await keystone.listGrants({ userId: user.id }, call)) {
      context.assertHeld();
      await keystone.revokeRole({ userId: user.id, projectId: grant.projectId, roleId: grant.roleId }, call);
    }
    context.assertHeld();
    await keystone.deleteUser(user.id, call);
    runtime.cloud.forgetUser(user.id);
  }
  await context.write(async (manager) => {
    await markGone(manager, cluster.id, 'keystone-grant', [grantName(name, cluster.projectId)]);
    await markGone(manager, cluster.id, 'keystone-user', [name]);
  });
}
