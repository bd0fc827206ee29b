import { setTimeout as pause } from 'node:timers/promises';
import { clearProject } from './clear-project.js';
import type { CloudSession } from '../support/cloud-session.js';
import { leftInProject, type Leftover } from './leftovers.js';
import { clusterDomain, idOf } from './prepare-cloud.js';
import { overseerOf, removeProject, tenantPrefix } from './tenant.js';

/** How long stacks get to delete themselves (ms). */
const emptyWithinMs = 180_000;

/**
 * Takes away what a run left in its project: the stacks, again and again until all are gone (one whose port another still
 * uses fails the first time), then what belongs to none, then the users of its clusters. Throws, naming what stays.
 */
export async function emptyProject(admin: CloudSession, overseer: CloudSession): Promise<void> {
  const giveUpAt = Date.now() + emptyWithinMs;
  for (;;) {
    const left = await leftInProject(overseer);
    if (left.length === 0) break;
    if (Date.now() > giveUpAt) throw new Error(`${overseer.projectId} still has ${describe(left)} after ${emptyWithinMs / 1000} s.`);
    const stacks = left.filter(({ kind }) => kind === 'stack');
    for (const { name, id } of stacks) await overseer.call('orchestration', 'DELETE', `/stacks/${name}/${id}`);
    if (stacks.length === 0) await clearProject(overseer);
    await pause(stacks.length === 0 ? 500 : 3000);
  }
  await removeClusterUsers(admin, overseer.projectId);
}

/** A run that was killed could not clean up: the next one does, before it starts. Answers the names of the projects. */
export async function sweepEarlierRuns(admin: CloudSession, adminPassword: string): Promise<string[]> {
  const { projects } = await admin.get<{ projects: { id: string; name: string }[] }>('identity', '/projects?domain_id=default');
  const { users } = await admin.get<{ users: { id: string; name: string }[] }>('identity', '/users?domain_id=default');
  const earlier = projects.filter(({ name }) => name.startsWith(tenantPrefix));
  for (const { id, name } of earlier) {
    await emptyProject(admin, await overseerOf(admin, adminPassword, id, name));
    await removeProject(admin, id);
  }
  for (const user of users) if (user.name.startsWith(tenantPrefix)) await admin.must('identity', 'DELETE', `/users/${user.id}`);
  return earlier.map(({ name }) => name);
}

export const describe = (left: readonly Leftover[]): string => left.map(({ kind, name }) => `${kind} ${name}`).join(', ');

async function removeClusterUsers(admin: CloudSession, projectId: string): Promise<void> {
  const { users } = await admin.get<{ users: { id: string }[] }>('identity', `/users?domain_id=${await idOf(admin, 'domains', clusterDomain)}`);
  const { role_assignments: grants } = await admin.get<{ role_assignments: { user?: { id: string } }[] }>('identity', `/role_assignments?scope.project.id=${projectId}`);
  for (const { id } of users) {
    if (grants.some(({ user }) => user?.id === id)) await admin.must('identity', 'DELETE', `/users/${id}`);
  }
}
