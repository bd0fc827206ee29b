import type { CloudSession } from '../support/cloud-session.js';
import { clusterDomain, idOf } from './prepare-cloud.js';

export interface Leftover {
  readonly kind: string;
  readonly id: string;
  readonly name: string;
}

interface Listed {
  readonly id: string | number;
  readonly name?: string | null;
}

/** `path` below the endpoint of `service`, listed as admin with a token of the project itself. */
interface Listing {
  readonly kind: string;
  readonly service: string;
  readonly path: string;
  readonly key: string;
}

const network = (kind: string, path: string, projectId: string): Listing => ({
  kind,
  service: 'network',
  path: `/v2.0/${path}?project_id=${projectId}`,
  key: path.replaceAll('-', '_'),
});

const listings = (projectId: string): Listing[] => [
  { kind: 'server', service: 'compute', path: '/servers/detail', key: 'servers' },
  { kind: 'server group', service: 'compute', path: '/os-server-groups', key: 'server_groups' },
  { kind: 'volume', service: 'volumev3', path: '/volumes/detail', key: 'volumes' },
  network('floating address', 'floatingips', projectId),
  network('router', 'routers', projectId),
  network('port', 'ports', projectId),
  network('subnet', 'subnets', projectId),
  network('network', 'networks', projectId),
  network('security group', 'security-groups', projectId),
  { kind: 'load balancer', service: 'load-balancer', path: `/v2/lbaas/loadbalancers?project_id=${projectId}`, key: 'loadbalancers' },
  { kind: 'pool', service: 'load-balancer', path: `/v2/lbaas/pools?project_id=${projectId}`, key: 'pools' },
];

export interface SeenStack {
  readonly id: string;
  readonly stack_name: string;
  readonly stack_status: string;
}

/** Heat shows an admin the stacks of every project, whatever project the token is of, and says whose each one is. */
export async function stacksOf(overseer: CloudSession): Promise<SeenStack[]> {
  const { stacks } = await overseer.get<{ stacks: (SeenStack & { project?: string })[] }>('orchestration', '/stacks?show_nested=true');
  const nameless = stacks.find(({ project }) => project === undefined);
  if (nameless) throw new Error(`Heat does not say whose stack ${nameless.stack_name} is.`);
  return stacks.filter(({ project }) => project === overseer.projectId);
}

/** Everything that a project still has in every service, the default security group aside. */
export async function leftInProject(overseer: CloudSession): Promise<Leftover[]> {
  const { projectId } = overseer;
  const found: Leftover[] = (await stacksOf(overseer)).map((stack) => ({ kind: 'stack', id: stack.id, name: stack.stack_name }));
  for (const { kind, service, path, key } of listings(projectId)) {
    const listed = (await overseer.get<Record<string, Listed[]>>(service, path))[key] ?? [];
    found.push(...listed.filter(({ name }) => !(kind === 'security group' && name === 'default')).map((thing) => ({ kind, id: String(thing.id), name: thing.name ?? String(thing.id) })));
  }
  return found;
}

/**
 * What Keystone still holds on behalf of clusters: users of the clusters' domain that are named after one (application
 * credentials go with their user), credentials made in the name of people, grants on the project to anybody but its
 * people, trusts that Heat made for its stacks.
 */
export async function leftInKeystone(admin: CloudSession, projectId: string, people: readonly string[], clusterIds: readonly string[]): Promise<Leftover[]> {
  const { users } = await admin.get<{ users: { id: string; name: string }[] }>('identity', `/users?domain_id=${await idOf(admin, 'domains', clusterDomain)}`);
  const { role_assignments: grants } = await admin.get<{ role_assignments: { user?: { id: string }; role: { id: string } }[] }>('identity', `/role_assignments?scope.project.id=${projectId}`);
  const { trusts } = await admin.get<{ trusts: { id: string; project_id: string }[] }>('identity', '/OS-TRUST/trusts');
  const credentials = (await Promise.all(people.map((id) => credentialsOf(admin, id)))).flat();
  return [
    ...credentials.map(({ id, name }) => ({ kind: 'application credential', id: String(id), name: name ?? String(id) })),
    ...users.filter(({ name }) => clusterIds.some((id) => name.includes(id))).map(({ id, name }) => ({ kind: 'user', id, name })),
    ...grants.flatMap(({ user, role }) => (user && !people.includes(user.id) && user.id !== admin.userId ? [{ kind: 'grant', id: role.id, name: `of user ${user.id}` }] : [])),
    ...trusts.filter((trust) => trust.project_id === projectId).map(({ id }) => ({ kind: 'trust', id, name: id })),
  ];
}

async function credentialsOf(admin: CloudSession, userId: string): Promise<Listed[]> {
  const answer = await admin.call('identity', 'GET', `/users/${userId}/application_credentials`);
  if (answer.status === 404) return []; // the person has left
  return (answer.body as { application_credentials: Listed[] }).application_credentials;
}

/** Names and tags reach across projects: nothing anywhere may carry a deleted cluster's id. */
export async function namedAfter(admin: CloudSession, clusterId: string): Promise<Leftover[]> {
  const found: Leftover[] = [];
  const take = (kind: string, things: readonly Listed[]): void => {
    for (const thing of things) if (JSON.stringify(thing).includes(clusterId)) found.push({ kind, id: String(thing.id), name: thing.name ?? String(thing.id) });
  };
  const { stacks } = await admin.get<{ stacks: (SeenStack & Listed)[] }>('orchestration', '/stacks?show_nested=true');
  take('stack', stacks.map((stack) => ({ ...stack, name: stack.stack_name })));
  take('server group', (await admin.get<{ server_groups: Listed[] }>('compute', '/os-server-groups?all_projects=True')).server_groups);
  take('load balancer', (await admin.get<{ loadbalancers: Listed[] }>('load-balancer', '/v2/lbaas/loadbalancers')).loadbalancers);
  take('server', (await admin.get<{ servers: Listed[] }>('compute', '/servers/detail?all_tenants=1')).servers);
  take('volume', (await admin.get<{ volumes: Listed[] }>('volumev3', '/volumes/detail?all_tenants=1')).volumes);
  for (const key of ['ports', 'networks', 'subnets', 'routers', 'floatingips', 'security-groups']) {
    take(key, (await admin.get<Record<string, Listed[]>>('network', `/v2.0/${key}`))[key.replaceAll('-', '_')] ?? []);
  }
  return found;
}
