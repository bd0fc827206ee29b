import { logIn } from './api-client.js';

type SetLimits = (limits: Readonly<Record<string, number>>) => Promise<void>;

/** Quotas of a project on the simulated cloud, set and read as an operator does: through each service's own API. */
export interface CloudQuotas {
  readonly projectId: string;
  /** Nova: instances, cores, ram, server_groups, server_group_members. */
  readonly setCompute: SetLimits;
  /** Neutron: network, subnet, router, port, floatingip, security_group, security_group_rule. */
  readonly setNetwork: SetLimits;
  /** Cinder: volumes, gigabytes, per_volume_gigabytes, volumes_<type>, gigabytes_<type>. */
  readonly setVolume: SetLimits;
  /** Octavia: load_balancer, listener, pool, member, health_monitor. */
  readonly setBalancing: SetLimits;
  /** What is in use, by the names above but Octavia's. */
  used(): Promise<Readonly<Record<string, number>>>;
}

type Usage = Record<string, { in_use?: number; used?: number }>;

export async function cloudQuotas(authUrl: string, password: string, project = 'demo'): Promise<CloudQuotas> {
  const [token, own] = await Promise.all([logIn(authUrl, 'admin', password, 'admin'), logIn(authUrl, project, password, project)]);
  const host = new URL(authUrl).hostname;
  const projectOf = async (subject: string): Promise<string> => {
    const answer = await fetch(`${authUrl}/auth/tokens`, { headers: { 'X-Auth-Token': token, 'X-Subject-Token': subject } });
    return ((await answer.json()) as { token: { project: { id: string } } }).token.project.id;
  };
  const [projectId, adminId] = await Promise.all([projectOf(own), projectOf(token)]);
  // Neutron makes a project's group `default` when it is first asked for groups: not in the middle of a test's counting.
  await fetch(`http://${host}:9696/v2.0/security-groups`, { headers: { 'X-Auth-Token': own } });
  const compute = `http://${host}:8774/v2.1/os-quota-sets/${projectId}`;
  const network = `http://${host}:9696/v2.0/quotas/${projectId}`;
  const volume = `http://${host}:8776/v3/${adminId}/os-quota-sets/${projectId}`;
  const call = async (method: string, url: string, body?: unknown): Promise<unknown> => {
    const answer = await fetch(url, {
      method,
      headers: { 'X-Auth-Token': token, 'Content-Type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${url} answered ${answer.status}: ${text}`);
    return JSON.parse(text);
  };
  const put = async (url: string, body: unknown): Promise<void> => {
    await call('PUT', url, body);
  };
  const usage = async (url: string, key: string): Promise<[string, number][]> => {
    const set = ((await call('GET', url)) as Record<string, Usage>)[key] ?? {};
    return Object.entries(set).map(([name, value]) => [name, value.in_use ?? value.used ?? 0]);
  };
  return {
    projectId,
    setCompute: (limits) => put(compute, { quota_set: limits }),
    setNetwork: (limits) => put(network, { quota: limits }),
    setVolume: (limits) => put(volume, { quota_set: limits }),
    setBalancing: (limits) => put(`http://${host}:9876/v2/lbaas/quotas/${projectId}`, { quota: limits }),
    // Nova counts floating addresses and groups of security as well, under names of its own, and always 0: Neutron's come last.
    used: async () =>
      Object.fromEntries([
        ...(await usage(`${compute}/detail`, 'quota_set')),
        ...(await usage(`${volume}?usage=true`, 'quota_set')),
        ...(await usage(`${network}/details.json`, 'quota')),
      ]),
  };
}
