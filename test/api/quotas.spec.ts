import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { cloudQuotas, type CloudQuotas } from '../support/cloud-quotas.js';
import { startMs } from '../support/start-ms.js';
import { startApi, type Answer, type ApiUnderTest } from './api-under-test.js';
import { makeCluster, makeTemplate } from './objects.js';

let api: ApiUnderTest;
let quotas: CloudQuotas;
let used: Readonly<Record<string, number>>;
beforeAll(async () => {
  api = await startApi({ settings: { JEROBOAM_MAX_CLUSTERS_PER_PROJECT: '1000', JEROBOAM_HEAT_STACKS_PER_PROJECT: '200' } });
  quotas = await cloudQuotas(api.cloud.authUrl, api.cloud.password);
  used = await quotas.used();
  await makeTemplate(api);
}, startMs);
afterAll(() => api.stop());

const unlimited = {
  compute: { instances: -1, cores: -1, ram: -1, server_groups: -1, server_group_members: -1 },
  network: { network: -1, subnet: -1, router: -1, port: -1, floatingip: -1, security_group: -1, security_group_rule: -1 },
  volume: { volumes: -1, gigabytes: -1, per_volume_gigabytes: -1, volumes___DEFAULT__: -1, gigabytes___DEFAULT__: -1, volumes_ssd: -1, gigabytes_ssd: -1 },
  balancing: { load_balancer: -1, listener: -1, pool: -1, member: -1, health_monitor: -1 },
};
afterEach(async () => {
  await quotas.setCompute(unlimited.compute);
  await quotas.setNetwork(unlimited.network);
  await quotas.setVolume(unlimited.volume);
  await quotas.setBalancing(unlimited.balancing);
  await endOperations();
});

/** As if every accepted operation had ended long ago. */
const endOperations = () => api.database.dataSource.query(`UPDATE operations SET state = 'superseded', finished_at = now() - interval '1 second'`);
const create = (body: Record<string, unknown> = {}, as = 'demo'): Promise<Answer> => api.call('POST', '/v1/clusters', { as, body: { cluster_template_id: 'gold', ...body } });
const detail = (answer: Answer): string => String(answer.at('errors.0.detail'));

async function expectRefused(body: Record<string, unknown>): Promise<string> {
  const before = await api.dump();
  const answer = await create(body);
  expect(answer).toMatchObject({ status: 409 });
  expect(answer.headers.get('x-jeroboam-error')).toBe('insufficient-quota');
  expect(await api.dump()).toEqual(before);
  return detail(answer);
}

describe("a project's quotas in OpenStack", () => {
  type Service = 'compute' | 'network' | 'volume';
  // One control-plane node and one worker of flavor m1.small (2 cores, 2048 MiB), floating addresses, an etcd volume of 10 GiB.
  it.each<{ resource: string; service: Service; name: string; needed: number; body?: Record<string, unknown>; remedy: string }>([
    { resource: 'instances', service: 'compute', name: 'instances', needed: 2, remedy: '--instances' },
    { resource: 'cores', service: 'compute', name: 'cores', needed: 4, remedy: '--cores' },
    { resource: 'ram_mib', service: 'compute', name: 'ram', needed: 4096, remedy: '--ram' },
    { resource: 'server_groups', service: 'compute', name: 'server_groups', needed: 2, remedy: '--server-groups' },
    { resource: 'networks', service: 'network', name: 'network', needed: 1, remedy: '--networks' },
    { resource: 'subnets', service: 'network', name: 'subnet', needed: 1, remedy: '--subnets' },
    { resource: 'routers', service: 'network', name: 'router', needed: 1, remedy: '--routers' },
    { resource: 'ports', service: 'network', name: 'port', needed: 4, remedy: '--ports' },
    { resource: 'floating_ips', service: 'network', name: 'floatingip', needed: 2, remedy: '--floating-ips' },
    { resource: 'floating_ips', service: 'network', name: 'floatingip', needed: 1, body: { labels: { worker_floating_ip_enabled: 'false' } }, remedy: '--floating-ips' },
    { resource: 'security_groups', service: 'network', name: 'security_group', needed: 2, remedy: '--secgroups' },
    { resource: 'security_group_rules', service: 'network', name: 'security_group_rule', needed: 8, remedy: '--secgroup-rules' },
    { resource: 'volumes', service: 'volume', name: 'volumes', needed: 3, body: { docker_volume_size: 4 }, remedy: '--volumes' },
    { resource: 'gigabytes', service: 'volume', name: 'gigabytes', needed: 18, body: { docker_volume_size: 4 }, remedy: '--gigabytes' },
    { resource: 'volumes___DEFAULT__', service: 'volume', name: 'volumes___DEFAULT__', needed: 1, remedy: '--volume-type __DEFAULT__ --volumes' },
    { resource: 'gigabytes_ssd', service: 'volume', name: 'gigabytes_ssd', needed: 12, body: { labels: { etcd_volume_type: 'ssd', etcd_volume_size: '12' } }, remedy: '--volume-type ssd --gigabytes' },
  ])('refuse what $name does not leave room for, and accept what just fits', async ({ resource, service, name, needed, body = {}, remedy }) => {
    const set = { compute: quotas.setCompute, network: quotas.setNetwork, volume: quotas.setVolume }[service];
    const inUse = used[name] ?? 0;
    await set({ [name]: inUse + needed - 1 });
    const message = await expectRefused(body);
    expect(message).toContain(`${resource}: ${needed} needed, ${needed - 1} available (limit ${inUse + needed - 1}, ${inUse} in use; raise it with: openstack quota set ${remedy} ${inUse + needed} ${quotas.projectId})`);
    await set({ [name]: inUse + needed });
    expect(await create(body)).toMatchObject({ status: 202 });
  });

  it('are all named at once, and so is what operations under way hold', async () => {
    await quotas.setCompute({ instances: 3, ram: 5000 });
    const first = await makeCluster(api, { cluster_template_id: 'gold' });
    const message = await expectRefused({});
    expect(message).toMatch(/instances: 2 needed, 1 available \(limit 3, 0 in use, 2 held by operations under way/);
    expect(message).toMatch(/ram_mib: 4096 needed, 904 available \(limit 5000, 0 in use, 4096 held/);
    expect(message).not.toContain('cores');
    await api.database.dataSource.query(`UPDATE operations SET state = 'failed', finished_at = now() - interval '1 second' WHERE cluster_id = $1`, [first]);
    expect(await create()).toMatchObject({ status: 202 });
  });

  it('count stacks of Heat against the configured limit', async () => {
    // 200 stacks; 6 of a cluster without workers: infra, two groups, one slot, one node. Each worker is one more.
    expect(await expectRefused({ node_count: 196 })).toMatch(/stacks: 201 needed, 200 available .*max_stacks_per_tenant.*HEAT_STACKS_PER_PROJECT/);
    expect(await create({ node_count: 195 })).toMatchObject({ status: 202 });
  });

  it('need no network where one exists', async () => {
    await quotas.setNetwork({ network: used['network'] ?? 0, router: used['router'] ?? 0, port: (used['port'] ?? 0) + 2 });
    expect(await create({ fixed_network: 'private', fixed_subnet: 'private-subnet' })).toMatchObject({ status: 202 });
    await expectRefused({});
  });

  it.each([
    { name: 'load_balancer', resource: 'load_balancers', needed: 1 },
    { name: 'listener', resource: 'listeners', needed: 1 },
    { name: 'pool', resource: 'pools', needed: 1 },
    { name: 'member', resource: 'members', needed: 3 },
    { name: 'health_monitor', resource: 'health_monitors', needed: 1 },
  ])('of Octavia count for clusters with a load balancer: $resource', async ({ name, resource, needed }) => {
    await quotas.setBalancing({ [name]: needed - 1 });
    const balanced = { master_count: 3, master_lb_enabled: true };
    expect(await expectRefused(balanced)).toMatch(new RegExp(`${resource}: ${needed} needed, ${needed - 1} available .*openstack loadbalancer quota set --${name.replace('_', '')} ${needed}`));
    expect(await create()).toMatchObject({ status: 202 });
    await quotas.setBalancing({ [name]: needed });
    expect(await create(balanced)).toMatchObject({ status: 202 });
  });

  it('are passed by no burst', async () => {
    await quotas.setCompute({ instances: 24 });
    const answers = await Promise.all(Array.from({ length: 20 }, () => create()));
    expect(answers.filter(({ status }) => status === 202)).toHaveLength(12);
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(8);
    expect(await api.database.dataSource.query(`SELECT count(*)::int AS count FROM operations WHERE finished_at IS NULL`)).toEqual([{ count: 12 }]);
  });

  it('are read once for requests that come together', async () => {
    await create();
    await api.cloud.requests();
    await Promise.all(Array.from({ length: 10 }, () => create()));
    const reads = (await api.cloud.requests()).filter(({ path }) => /^\/v2\.1\/limits/.test(path));
    expect(reads.length).toBeGreaterThan(0);
    expect(reads.length).toBeLessThan(10);
  });

  it('of one project are not held by another', async () => {
    await quotas.setCompute({ instances: 2 });
    await makeTemplate(api, { name: 'theirs', keypair_id: null }, 'other');
    expect(await create({ cluster_template_id: 'theirs' }, 'other')).toMatchObject({ status: 202 });
    expect(await create()).toMatchObject({ status: 202 });
  });

  it('of volumes do not exist without Cinder', async () => {
    const bare = await startApi({ simFlags: ['--no-cinder'] });
    await makeTemplate(bare);
    const uuid = await makeCluster(bare, { cluster_template_id: 'gold' });
    const rows: { demand: object }[] = await bare.database.dataSource.query(`SELECT demand FROM reservations WHERE cluster_id = $1`, [uuid]);
    expect(rows).toHaveLength(6);
    for (const { demand } of rows) expect(Object.keys(demand).join()).not.toMatch(/volumes|gigabytes/);
    await bare.stop();
  }, startMs);

  it('that cannot be read leave the request unanswered: 503, nothing changed', async () => {
    await api.cloud.fault({ service: 'network', path: '/quotas/', times: 0, action: { status: 503 } });
    const before = await api.dump();
    expect(await create()).toMatchObject({ status: 503 });
    expect(await api.dump()).toEqual(before);
    await api.cloud.clearFaults();
  });
});

describe('limits of single things', () => {
  it.each(['affinity', 'anti-affinity'])('hold a hard policy (%s) to what a server group may have', async (policy) => {
    await quotas.setCompute({ server_group_members: 3 });
    const labels = { server_group_policies: policy };
    expect(await expectRefused({ node_count: 4, labels })).toMatch(/server_group_policies.*3 members.*4 nodes.*--server-group-members 4/);
    expect(await create({ node_count: 3, labels })).toMatchObject({ status: 202 });
  });

  it('let a soft policy go, and say so', async () => {
    await quotas.setCompute({ server_group_members: 3 });
    const uuid = await makeCluster(api, { cluster_template_id: 'gold', node_count: 4 });
    const [row]: { spec: { groups: { name: string; serverGroupPolicy?: string }[] } }[] = await api.database.dataSource.query(`SELECT spec FROM clusters WHERE id = $1`, [uuid]);
    expect(row?.spec.groups.map(({ name, serverGroupPolicy }) => [name, serverGroupPolicy])).toEqual([
      ['default-master', undefined],
      ['default-worker', 'none'],
    ]);
    const [operation] = (await api.call('GET', `/v1/clusters/${uuid}/operations`)).at('operations') as { uuid: string }[];
    const events = (await api.call('GET', `/v1/operations/${operation?.uuid ?? ''}`)).at('events') as { message: string; because: string }[];
    expect(events).toContainEqual(expect.objectContaining({ message: expect.stringMatching(/default-worker goes without a server group/), because: expect.stringMatching(/3 members/) }));
    const groups: { amount: number }[] = await api.database.dataSource.query(
      `SELECT sum((demand->>'server_groups')::int)::int AS amount FROM reservations WHERE cluster_id = $1`,
      [uuid],
    );
    expect(groups).toEqual([{ amount: 1 }]);
  });

  it('hold volumes to the size that one may have', async () => {
    await quotas.setVolume({ per_volume_gigabytes: 9 });
    expect(await expectRefused({})).toMatch(/etcd_volume_size.*9 GiB.*--per-volume-gigabytes 10/);
    expect(await create({ labels: { etcd_volume_size: '9' } })).toMatchObject({ status: 202 });
  });
});
