import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startLifecycleEnvironment, type LifecycleEnvironment } from '../support/lifecycle-environment.js';
import { patience, realCloud } from '../support/real-cloud.js';

interface SimulatedCluster {
  readonly addresses: readonly string[];
  readonly etcd_members: readonly { readonly name: string; readonly running: boolean }[];
  readonly nodes: readonly string[];
}

describe('a control plane behind a load balancer', () => {
  let world: LifecycleEnvironment;
  let template: string;
  beforeAll(async () => {
    world = await startLifecycleEnvironment({ processes: 'all' });
    template = await world.createTemplate('balanced', { master_lb_enabled: true });
  }, 120_000 * patience);
  afterAll(() => world.stop(), 60_000 * patience);

  const makeAndDelete = async (name: string, overrides: Record<string, unknown>, look: (cluster: Record<string, unknown>) => Promise<void>): Promise<void> => {
    const id = await world.createCluster(name, template, overrides);
    expect(await world.settledStatus(id, 150_000 * patience)).toEqual({ status: 'CREATE_COMPLETE', reason: null });
    await look(await world.demo.get<Record<string, unknown>>(`/v1/clusters/${id}`));
    expect((await world.demo.call('DELETE', `/v1/clusters/${id}`)).status).toBe(204);
    expect((await world.settledStatus(id)).status).toBe('DELETE_COMPLETE');
    expect(await world.leftovers()).toEqual([]);
  };

  it('of three nodes is one cluster with three members of etcd, reached by the balancer\'s floating address', async () => {
    await makeAndDelete('three', { master_count: 3, node_count: 1 }, async (cluster) => {
      expect(cluster['api_address']).toMatch(/^https:\/\/127\.\d+\.\d+\.\d+:6443$/);
      if (realCloud) return;
      const clusters = (await world.admin('GET', '/clusters')) as SimulatedCluster[];
      expect(clusters.map(({ etcd_members: members, nodes }) => ({ running: members.filter(({ running }) => running).length, members: members.length, nodes: nodes.length }))).toEqual([
        { running: 3, members: 3, nodes: 4 },
      ]);
    });
  }, 240_000 * patience);

  it('is reached through the proxy where nothing has a floating address', async () => {
    await makeAndDelete('inside', { master_count: 3, node_count: 1, floating_ip_enabled: false }, (cluster) => {
      expect(cluster['api_address']).toMatch(/^https:\/\/10\.0\.0\.\d+:6443$/);
      return Promise.resolve();
    });
  }, 240_000 * patience);
});
