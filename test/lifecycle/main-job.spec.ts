import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startLifecycleEnvironment, type LifecycleEnvironment } from '../support/lifecycle-environment.js';
import { patience, realCloud } from '../support/real-cloud.js';
import { startRedis, type TestRedis } from '../support/redis.js';
import { describeWith } from '../support/required-program.js';

interface NodeView {
  readonly name: string;
  readonly role: string;
  readonly phase: string;
  readonly server_id: string;
  readonly address: string;
  readonly floating_address: string | null;
  readonly coe_version: string;
}
const nodesOf = async (world: LifecycleEnvironment, id: string): Promise<NodeView[]> =>
  (await world.demo.get<{ nodes: NodeView[] }>(`/v1/clusters/${id}/nodes`)).nodes;

async function deleteAndProveNothingLeft(world: LifecycleEnvironment, id: string): Promise<void> {
  expect((await world.demo.call('DELETE', `/v1/clusters/${id}`)).status).toBe(204);
  expect((await world.settledStatus(id)).status).toBe('DELETE_COMPLETE');
  expect(await world.leftovers()).toEqual([]);
}

describe('the main job', () => {
  let world: LifecycleEnvironment;
  let template: string;
  beforeAll(async () => {
    world = await startLifecycleEnvironment({ processes: 'all' });
    template = await world.createTemplate('k8s');
  }, 120_000 * patience);
  afterAll(() => world.stop(), 60_000 * patience);

  it('makes a 1+2 cluster with floating addresses whose nodes are Ready, and leaves nothing after delete', async () => {
    const id = await world.createCluster('blue', template, { node_count: 2 });
    expect(await world.settledStatus(id)).toEqual({ status: 'CREATE_COMPLETE', reason: null });

    const cluster = await world.demo.get<Record<string, unknown>>(`/v1/clusters/${id}`);
    const nodes = await nodesOf(world, id);
    const controlPlane = nodes.filter(({ role }) => role === 'control-plane');
    expect(nodes.map(({ phase, coe_version }) => ({ phase, coe_version }))).toEqual(Array(3).fill({ phase: 'ready', coe_version: 'v1.32.4' }));
    expect(cluster).toMatchObject({
      status: 'CREATE_COMPLETE',
      coe_version: 'v1.32.4',
      api_address: `https://${controlPlane[0]?.floating_address ?? ''}:6443`,
      master_addresses: controlPlane.map((node) => node.floating_address),
      node_count: 2,
      master_count: 1,
    });
    // One-shot secrets are gone, what a cluster lives on is kept; none of it is readable in the database.
    const secrets: { name: string; sealed: string }[] = await world.database.query('SELECT name, sealed FROM secrets ORDER BY name');
    expect(secrets.map(({ name }) => name)).toEqual([
      'cluster-user-password',
      'conductor-client',
      'etcd-ca',
      'front-proxy-ca',
      'kubernetes-ca',
      'service-account-key',
    ]);
    expect(secrets.filter(({ sealed }) => sealed.includes('PRIVATE KEY'))).toEqual([]);
    await deleteAndProveNothingLeft(world, id);
  }, 120_000 * patience);

  it('makes a cluster without floating addresses, reached through the proxy into its network', async () => {
    const id = await world.createCluster('private', template, { floating_ip_enabled: false });
    expect(await world.settledStatus(id)).toEqual({ status: 'CREATE_COMPLETE', reason: null });
    const nodes = await nodesOf(world, id);
    expect(nodes.map((node) => node.floating_address)).toEqual([null, null]);
    expect((await world.demo.get<{ api_address: string }>(`/v1/clusters/${id}`)).api_address).toMatch(/^https:\/\/10\.0\.0\.\d+:6443$/);
    await deleteAndProveNothingLeft(world, id);
  }, 120_000 * patience);

  it('makes a cluster without workers', async () => {
    const id = await world.createCluster('lonely', template, { node_count: 0 });
    expect(await world.settledStatus(id)).toEqual({ status: 'CREATE_COMPLETE', reason: null });
    expect((await nodesOf(world, id)).map(({ role }) => role)).toEqual(['control-plane']);
    await deleteAndProveNothingLeft(world, id);
  }, 120_000 * patience);

  it('keeps two clusters of the same name apart', async () => {
    const ids = await Promise.all([world.createCluster('twin', template), world.createCluster('twin', template)]);
    for (const id of ids) expect(await world.settledStatus(id)).toEqual({ status: 'CREATE_COMPLETE', reason: null });
    const names = (await Promise.all(ids.map((id) => nodesOf(world, id)))).flat().map(({ name }) => name);
    expect(new Set(names).size).toBe(4);
    expect((await world.demo.call('GET', '/v1/clusters/twin')).status).toBe(409);
    for (const id of ids) await world.demo.call('DELETE', `/v1/clusters/${id}`);
    for (const id of ids) expect((await world.settledStatus(id)).status).toBe('DELETE_COMPLETE');
    expect(await world.leftovers()).toEqual([]);
  }, 120_000 * patience);
});

// The lab has Cinder.
(realCloud ? describe.skip : describe)('the main job on a cloud without volumes', () => {
  it('keeps etcd on the root disk', async () => {
    const world = await startLifecycleEnvironment({ processes: 'all', simulatorOptions: ['--no-cinder'] });
    try {
      const id = await world.createCluster('diskless', await world.createTemplate('k8s'));
      expect(await world.settledStatus(id)).toEqual({ status: 'CREATE_COMPLETE', reason: null });
      await deleteAndProveNothingLeft(world, id);
    } finally {
      await world.stop();
    }
  }, 180_000 * patience);
});

describeWith(['redis-server'], 'the main job with the queue on Redis', () => {
  let redis: TestRedis;
  let world: LifecycleEnvironment;
  beforeAll(async () => {
    redis = await startRedis();
    world = await startLifecycleEnvironment({ processes: 'separate', settings: { JEROBOAM_REDIS_URL: redis.url } });
  }, 120_000 * patience);
  afterAll(async () => {
    await world.stop();
    await redis.stop();
  }, 60_000 * patience);

  it('ends the same', async () => {
    const id = await world.createCluster('red', await world.createTemplate('k8s'));
    expect(await world.settledStatus(id)).toEqual({ status: 'CREATE_COMPLETE', reason: null });
    await deleteAndProveNothingLeft(world, id);
  }, 120_000 * patience);
});
