import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { cloudQuotas, type CloudQuotas } from '../support/cloud-quotas.js';
import { startLifecycleEnvironment, type LifecycleEnvironment } from '../support/lifecycle-environment.js';
import { realCloud } from '../support/real-cloud.js';
import { until } from '../support/until.js';

/** Our names of resources, and what the services call them. */
const serviceNames: Readonly<Record<string, string>> = {
  instances: 'instances',
  cores: 'cores',
  ram_mib: 'ram',
  server_groups: 'server_groups',
  networks: 'network',
  subnets: 'subnet',
  routers: 'router',
  ports: 'port',
  floating_ips: 'floatingip',
  security_groups: 'security_group',
  security_group_rules: 'security_group_rule',
  volumes: 'volumes',
  gigabytes: 'gigabytes',
  volumes_ssd: 'volumes_ssd',
  gigabytes_ssd: 'gigabytes_ssd',
};

/** Holds and counts through the simulator's side door; the lab has a job that exhausts a real quota. */
(realCloud ? describe.skip : describe)('reserved quota', () => {
  let world: LifecycleEnvironment;
  let quotas: CloudQuotas;
  let template: string;
  beforeAll(async () => {
    world = await startLifecycleEnvironment({ processes: 'all' });
    const { cloud } = world.environment;
    quotas = await cloudQuotas(cloud?.auth_url ?? '', cloud?.password ?? '');
    template = await world.createTemplate('k8s');
  }, 120_000);
  afterAll(() => world.stop(), 60_000);
  afterEach(async () => {
    await world.admin('DELETE', '/faults');
    await quotas.setCompute({ instances: -1 });
  });

  const demandOf = async (clusterId: string): Promise<Record<string, number>> => {
    const rows: { resource: string; amount: number }[] = await world.database.query(
      `SELECT d.key AS resource, sum(d.value::int)::int AS amount FROM reservations r, jsonb_each_text(r.demand) d WHERE r.cluster_id = $1 GROUP BY d.key`,
      [clusterId],
    );
    return Object.fromEntries(rows.map(({ resource, amount }) => [resource, amount]));
  };
  const heldUnits = async (clusterId: string): Promise<string[]> => {
    const rows: { level: string }[] = await world.database.query(
      `SELECT r.level FROM reservations r JOIN operations o ON o.id = r.operation_id
       WHERE r.cluster_id = $1 AND r.released_at IS NULL AND o.finished_at IS NULL ORDER BY r.level`,
      [clusterId],
    );
    return rows.map(({ level }) => level);
  };
  const holdRequests = (body: string): Promise<unknown> =>
    world.admin('POST', '/faults', { service: 'orchestration', method: 'POST', path: '/stacks$', body, times: 0, action: { hold: 'before' } });
  const deleteCluster = async (id: string): Promise<void> => {
    await world.demo.call('DELETE', `/v1/clusters/${id}`);
    expect((await world.settledStatus(id)).status).toBe('DELETE_COMPLETE');
    expect(await world.leftovers()).toEqual([]);
  };

  it('is what the cloud counts once the cluster stands, and is let go of by then', async () => {
    const before = await quotas.used();
    const labels = { etcd_volume_size: '3', etcd_volume_type: 'ssd', worker_floating_ip_enabled: 'false' };
    const id = await world.createCluster('counted', template, { node_count: 2, docker_volume_size: 2, labels });
    const demand = await demandOf(id);
    expect(await world.settledStatus(id)).toEqual({ status: 'CREATE_COMPLETE', reason: null });

    const after = await quotas.used();
    const taken = Object.fromEntries(Object.entries(serviceNames).map(([ours, theirs]) => [ours, (after[theirs] ?? 0) - (before[theirs] ?? 0)]));
    // The simulated cloud has no DHCP agent, whose port a real one counts.
    expect({ ...taken, ports: (taken['ports'] ?? 0) + 1 }).toEqual(Object.fromEntries(Object.keys(serviceNames).map((name) => [name, demand[name] ?? 0])));
    const released: { count: number }[] = await world.database.query(`SELECT count(*)::int AS count FROM reservations WHERE cluster_id = $1 AND released_at IS NULL`, [id]);
    expect(released).toEqual([{ count: 0 }]);
    await deleteCluster(id);
    expect(await quotas.used()).toEqual(before);
  }, 120_000);

  it('is let go of stack by stack, so that what stands is counted once', async () => {
    await holdRequests('default-worker');
    const id = await world.createCluster('halfway', template, { node_count: 2 });
    await until(async () => (await heldUnits(id)).join() === 'node,node', { deadlineMs: 60_000, what: 'all but the workers to stand' });
    const { instances = 0 } = await quotas.used();
    expect(instances).toBe(1);

    // Room for the two workers that are held, and not for more.
    await quotas.setCompute({ instances: 3 });
    const refused = await world.demo.call('POST', '/v1/clusters', { name: 'too-many', cluster_template_id: template, node_count: 0 });
    expect(refused.status).toBe(409);
    expect(JSON.stringify(refused.body)).toMatch(/instances: 1 needed, 0 available \(limit 3, 1 in use, 2 held/);

    // A delete ends the operation, and with it what it held.
    await world.demo.call('DELETE', `/v1/clusters/${id}`);
    await world.admin('DELETE', '/faults');
    expect((await world.settledStatus(id)).status).toBe('DELETE_COMPLETE');
    expect(await heldUnits(id)).toEqual([]);
    const fits = await world.createCluster('fits', template, { node_count: 2 });
    expect(await world.settledStatus(fits)).toEqual({ status: 'CREATE_COMPLETE', reason: null });
    await deleteCluster(fits);
  }, 180_000);

  it('does not keep others from taking it in the cloud: the failure says what to raise, and a retry completes', async () => {
    await holdRequests('default-worker');
    const id = await world.createCluster('robbed', template, { node_count: 1 });
    await until(async () => (await heldUnits(id)).join() === 'node', { deadlineMs: 60_000, what: 'all but the worker to stand' });
    await quotas.setCompute({ instances: 1 });
    await world.admin('DELETE', '/faults');
    const { status, reason } = await world.settledStatus(id);
    expect(status).toBe('CREATE_FAILED');
    expect(reason).toMatch(/robbed-default-worker-\w+.*server.*Quota exceeded for instances.*Raise that quota.*retry/s);
    expect(await heldUnits(id)).toEqual([]);

    await quotas.setCompute({ instances: 2 });
    const { operations } = await world.demo.get<{ operations: { uuid: string }[] }>(`/v1/clusters/${id}/operations`);
    expect((await world.demo.call('POST', `/v1/operations/${operations.at(-1)?.uuid ?? ''}/actions/retry`, {})).status).toBe(202);
    expect(await world.settledStatus(id)).toEqual({ status: 'CREATE_COMPLETE', reason: null });
    await deleteCluster(id);
  }, 180_000);
});
