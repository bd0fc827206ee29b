import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { startLifecycleEnvironment, type LifecycleEnvironment } from '../support/lifecycle-environment.js';

interface NodeRow {
  readonly name: string;
  readonly role: string;
  readonly server_id: string;
  readonly flavor: string;
  readonly revision: number;
  readonly coe_version: string;
}

interface ClusterView {
  readonly cluster_template_id: string;
  readonly labels: Record<string, string>;
  readonly flavor_id: string;
  readonly status: string;
  readonly coe_version: string;
}

interface SimulatedCluster {
  readonly cluster_name: string;
  readonly etcd_cluster_id: string;
}

describe('the upgrade of a cluster', () => {
  let world: LifecycleEnvironment;
  let cluster = '';
  let first = '';
  const allFields = { labels: { flannel_tag: 'v0.27.4' } };

  beforeAll(async () => {
    world = await startLifecycleEnvironment({ processes: 'all', settings: { JEROBOAM_SERVER_STOP_SECONDS: '4' } });
    first = await world.createTemplate('first', allFields);
    cluster = await world.createCluster('upgraded', first, { node_count: 2 });
    expect(await world.settledStatus(cluster)).toEqual({ status: 'CREATE_COMPLETE', reason: null });
  }, 180_000);
  afterAll(async () => {
    await world.stop();
  }, 60_000);
  afterEach(async () => {
    await world.admin('DELETE', '/boot-faults');
  });

  const nodes = async (role: string): Promise<NodeRow[]> =>
    world.database.query(
      `SELECT n.name, n.role, n.server_id, n.flavor_id AS flavor, n.revision, n.coe_version FROM nodes n WHERE n.cluster_id = $1 AND n.role = $2 AND n.phase = 'ready' ORDER BY n.row_id`,
      [cluster, role],
    );
  const servers = async (role: string): Promise<string[]> => (await nodes(role)).map(({ server_id: id }) => id);
  const shown = (): Promise<ClusterView> => world.demo.get<ClusterView>(`/v1/clusters/${cluster}`);
  const upgrade = (template: string, body: Record<string, unknown> = {}): ReturnType<LifecycleEnvironment['demo']['call']> =>
    world.demo.call('POST', `/v1/clusters/${cluster}/actions/upgrade`, { cluster_template: template, ...body });

  it.each([
    { what: 'a template that nobody has', template: () => Promise.resolve('nowhere'), status: 404, says: /nowhere/ },
    { what: 'another name server', template: () => world.createTemplate('names', { ...allFields, dns_nameserver: '1.1.1.1' }), status: 400, says: /Field dns_nameserver: an upgrade cannot change it/ },
    { what: 'a range of pods', template: () => world.createTemplate('range', { labels: { flannel_network_cidr: '10.150.0.0/16' } }), status: 400, says: /Label flannel_network_cidr: an upgrade cannot change it/ },
    { what: 'a version that the image does not have', template: () => world.createTemplate('tag', { labels: { kube_tag: 'v1.33.1' } }), status: 400, says: /kube_tag: v1\.33\.1 is not what image/ },
  ])('is refused for $what, and nothing changes', async ({ template, status, says }) => {
    const answer = await upgrade(await template());
    expect(answer).toMatchObject({ status });
    expect(JSON.stringify(answer.body)).toMatch(says);
    expect(await shown()).toMatchObject({ cluster_template_id: first, status: 'CREATE_COMPLETE' });
  }, 60_000);

  it('replaces nothing for what needs no new machine', async () => {
    const before = [await servers('worker'), await servers('control-plane')];
    const template = await world.createTemplate('metadata', { labels: { flannel_tag: 'v0.27.5' } });
    expect(await upgrade(template)).toMatchObject({ status: 202, body: { uuid: cluster } });
    expect(await world.settledStatus(cluster)).toEqual({ status: 'UPDATE_COMPLETE', reason: null });
    expect([await servers('worker'), await servers('control-plane')]).toEqual(before);
    expect(await shown()).toMatchObject({ cluster_template_id: template, labels: { flannel_tag: 'v0.27.5' } });
  }, 90_000);

  it('goes back to what the workers were when there is no host for a new one', async () => {
    const before = await servers('worker');
    const { cluster_template_id: template } = await shown();
    await world.admin('POST', '/boot-faults', { server_name: 'upgraded-default-worker', fault: 'no-valid-host', times: 1 });
    const wanted = await world.createTemplate('broken', { labels: { flannel_tag: 'v0.27.5' }, flavor_id: 'm1.large' });
    expect(await upgrade(wanted, { on_failure: 'rollback' })).toMatchObject({ status: 202 });
    const { status, reason } = await world.settledStatus(cluster, 120_000);
    expect({ status, reason }).toMatchObject({ status: 'UPDATE_FAILED', reason: expect.stringMatching(/rolled back/) as unknown });
    expect(await servers('worker')).toEqual(before);
    expect(await shown()).toMatchObject({ cluster_template_id: template, flavor_id: 'm1.small' });
  }, 150_000);

  it('rolls the workers, and leaves the control plane alone, when only their flavor changes', async () => {
    const [workers, masters] = [await nodes('worker'), await servers('control-plane')];
    const template = await world.createTemplate('larger', { labels: { flannel_tag: 'v0.27.5' }, flavor_id: 'm1.medium' });
    expect(await upgrade(template, { max_surge: '50%', canary: true })).toMatchObject({ status: 202 });
    expect(await upgrade(template)).toMatchObject({ status: 409 });
    expect(await world.settledStatus(cluster, 120_000)).toEqual({ status: 'UPDATE_COMPLETE', reason: null });
    const now = await nodes('worker');
    expect(now).toHaveLength(2);
    expect(now.filter(({ server_id: id }) => workers.some((old) => old.server_id === id))).toEqual([]);
    expect(now.filter(({ flavor }) => flavor === workers[0]?.flavor)).toEqual([]);
    expect(await servers('control-plane')).toEqual(masters);
    expect(await shown()).toMatchObject({ cluster_template_id: template, flavor_id: 'm1.medium' });
  }, 150_000);

  const etcdOf = async (name: string): Promise<string | undefined> =>
    ((await world.admin('GET', '/clusters')) as SimulatedCluster[]).find(({ cluster_name: candidate }) => candidate === name)?.etcd_cluster_id;
  const history = async (): Promise<string[]> => {
    const rows: { message: string }[] = await world.database.query(
      `SELECT e.message FROM operation_events e JOIN operations o ON o.id = e.operation_id
       WHERE o.id = (SELECT id FROM operations WHERE cluster_id = $1 ORDER BY created_at DESC LIMIT 1) ORDER BY e.id`,
      [cluster],
    );
    return rows.map(({ message }) => message);
  };

  it('takes the control plane, then the workers, to the next minor of Kubernetes, and never back', async () => {
    const before = [...(await servers('control-plane')), ...(await servers('worker'))];
    const etcd = await etcdOf('upgraded');
    const { cluster_template_id: old } = await shown();
    const template = await world.createTemplate('newer', { labels: { flannel_tag: 'v0.27.5' }, flavor_id: 'm1.medium', image_id: 'ubuntu-2404-kube-v1.33.1' });
    expect(await upgrade(template)).toMatchObject({ status: 202 });
    expect(await shown()).toMatchObject({ cluster_template_id: old, coe_version: 'v1.32.4' });
    expect(await world.settledStatus(cluster, 180_000)).toEqual({ status: 'UPDATE_COMPLETE', reason: null });
    const now = [...(await nodes('control-plane')), ...(await nodes('worker'))];
    expect(now.map(({ role, coe_version: version }) => `${role} ${version}`)).toEqual(['control-plane v1.33.1', 'worker v1.33.1', 'worker v1.33.1']);
    expect(now.filter(({ server_id: id }) => before.includes(id))).toEqual([]);
    expect(await etcdOf('upgraded')).toBe(etcd);
    expect(await shown()).toMatchObject({ cluster_template_id: template, coe_version: 'v1.33.1' });
    expect(await history()).toEqual(expect.arrayContaining([expect.stringMatching(/told of Kubernetes v1\.33\.1/), expect.stringMatching(/DaemonSet kube-proxy runs .*v1\.33\.1/)]));
    const back = await upgrade(old);
    expect(back).toMatchObject({ status: 400 });
    expect(JSON.stringify(back.body)).toMatch(/cannot go back/);
  }, 240_000);
});

describe('the upgrade of a control plane of three', () => {
  let world: LifecycleEnvironment;
  beforeAll(async () => {
    world = await startLifecycleEnvironment({ processes: 'all', settings: { JEROBOAM_SERVER_STOP_SECONDS: '4' } });
  }, 60_000);
  afterAll(async () => {
    await world.stop();
  }, 60_000);

  it('goes slot by slot behind the load balancer', async () => {
    const template = await world.createTemplate('balanced', { master_lb_enabled: true });
    const cluster = await world.createCluster('three', template, { master_count: 3, node_count: 2 });
    expect(await world.settledStatus(cluster, 180_000)).toEqual({ status: 'CREATE_COMPLETE', reason: null });
    const newer = await world.createTemplate('newer', { master_lb_enabled: true, image_id: 'ubuntu-2404-kube-v1.33.1' });
    expect(await world.demo.call('POST', `/v1/clusters/${cluster}/actions/upgrade`, { cluster_template: newer, max_batch_size: 2 })).toMatchObject({ status: 202 });
    expect(await world.settledStatus(cluster, 300_000)).toEqual({ status: 'UPDATE_COMPLETE', reason: null });
    const rows: { version: string; count: string }[] = await world.database.query(
      `SELECT role || ' ' || coe_version AS version, count(*) FROM nodes WHERE cluster_id = $1 AND phase = 'ready' GROUP BY 1 ORDER BY 1`,
      [cluster],
    );
    expect(rows).toEqual([{ version: 'control-plane v1.33.1', count: '3' }, { version: 'worker v1.33.1', count: '2' }]);
  }, 500_000);
});
