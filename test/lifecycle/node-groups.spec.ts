import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { askKubernetes, kubernetesNodes, type KubernetesNode } from '../support/kubernetes-nodes.js';
import { startLifecycleEnvironment, type LifecycleEnvironment } from '../support/lifecycle-environment.js';
import { until } from '../support/until.js';

interface Group {
  readonly uuid: string;
  readonly status: string;
  readonly status_reason: string | null;
  readonly stack_id: string | null;
  readonly version: string | null;
  readonly node_count: number;
  readonly node_addresses: readonly string[];
}

/** The tests follow one group through its life, in order. */
describe('a node group of one’s own', () => {
  let world: LifecycleEnvironment;
  let cluster = '';
  beforeAll(async () => {
    world = await startLifecycleEnvironment({ processes: 'all' });
    cluster = await world.createCluster('blue', await world.createTemplate('k8s'));
    expect(await world.settledStatus(cluster, 120_000)).toEqual({ status: 'CREATE_COMPLETE', reason: null });
  }, 180_000);
  afterAll(() => world.stop(), 60_000);

  const groups = (): string => `/v1/clusters/${cluster}/nodegroups`;
  const group = (name: string): Promise<Group> => world.demo.get<Group>(`${groups()}/${name}`);
  const settled = async (): Promise<void> => expect(await world.settledStatus(cluster, 120_000)).toEqual({ status: 'UPDATE_COMPLETE', reason: null });
  const taintsOf = ({ spec }: KubernetesNode): string[] => (spec.taints ?? []).map(({ key, value = '', effect }) => `${key}=${value}:${effect}`);

  it('is made with its nodes, which register with its labels and taints', async () => {
    const node_taints = [{ key: 'dedicated', value: 'db', effect: 'NoSchedule' }];
    const made = await world.demo.call('POST', groups(), { name: 'db', node_count: 2, node_labels: { disk: 'ssd' }, node_taints });
    expect(made).toMatchObject({ status: 202, body: { name: 'db', status: 'CREATE_IN_PROGRESS', node_labels: { disk: 'ssd' }, node_taints } });
    await settled();
    expect(await group('db')).toMatchObject({ status: 'CREATE_COMPLETE', node_count: 2, version: 'v1.32.4', node_addresses: [expect.any(String), expect.any(String)], stack_id: expect.any(String) });
    expect(await group('default-worker')).toMatchObject({ node_count: 1 });
    const nodes = await kubernetesNodes(world, 'db');
    expect(nodes.map((node) => [node.metadata.labels['disk'], taintsOf(node)])).toEqual(Array(2).fill(['ssd', ['dedicated=db:NoSchedule']]));
    expect(await kubernetesNodes(world, 'default-worker')).toHaveLength(1);
  }, 180_000);

  it('changes labels and taints of its nodes, keeps those of others, and replaces no node', async () => {
    const before = await kubernetesNodes(world, 'db');
    const [first] = before;
    await askKubernetes(world, 'PATCH', `/api/v1/nodes/${first?.metadata.name ?? ''}`, { metadata: { labels: { theirs: 'stays' } }, spec: { taints: [...(first?.spec.taints ?? []), { key: 'their', value: 'own', effect: 'PreferNoSchedule' }] } });
    const patch = [
      { op: 'replace', path: '/node_labels', value: "{'tier': 'gold'}" },
      { op: 'replace', path: '/node_taints', value: "[{'key': 'dedicated', 'value': 'web', 'effect': 'NoSchedule'}]" },
      { op: 'replace', path: '/max_node_count', value: 4 },
    ];
    expect(await world.demo.call('PATCH', `${groups()}/db`, patch)).toMatchObject({ status: 202, body: { max_node_count: 4, node_labels: { tier: 'gold' } } });
    await settled();
    expect(await group('db')).toMatchObject({ status: 'UPDATE_COMPLETE' });
    const after = await kubernetesNodes(world, 'db');
    expect(after.map(({ metadata }) => metadata.name)).toEqual(before.map(({ metadata }) => metadata.name));
    expect(after.map(({ metadata: { labels } }) => [labels['disk'], labels['tier']])).toEqual([[undefined, 'gold'], [undefined, 'gold']]);
    expect(after.map(taintsOf)).toEqual([['their=own:PreferNoSchedule', 'dedicated=web:NoSchedule'], ['dedicated=web:NoSchedule']]);
    expect(after[0]?.metadata.labels['theirs']).toBe('stays');
  }, 180_000);

  it('drops what the group does not want any more, and nothing else', async () => {
    await world.demo.call('PATCH', `${groups()}/db`, [{ op: 'remove', path: '/node_labels' }, { op: 'remove', path: '/node_taints' }]);
    await settled();
    const after = await kubernetesNodes(world, 'db');
    expect(after.map((node) => [node.metadata.labels['tier'], taintsOf(node)])).toEqual([[undefined, ['their=own:PreferNoSchedule']], [undefined, []]]);
  }, 180_000);

  it('goes with its nodes and its stack, and the rest of the cluster stays', async () => {
    expect((await world.demo.call('DELETE', `${groups()}/default-worker`)).status).toBe(400);
    const { stack_id: stackId } = await group('db');
    expect((await world.demo.call('DELETE', `${groups()}/db`)).status).toBe(204);
    await until(async () => (await world.demo.call('GET', `${groups()}/db`)).status === 404, { deadlineMs: 120_000, what: 'the group to be gone' });
    await settled();
    expect(await kubernetesNodes(world, 'db')).toEqual([]);
    expect(await kubernetesNodes(world, 'default-worker')).toHaveLength(1);
    const { stacks, servers } = await world.existing();
    expect(stacks.filter((name) => /-group-[0-9a-f]{8}$/.test(name))).toHaveLength(2);
    expect(servers.filter((name) => name.includes('-db-'))).toEqual([]);
    expect(stackId).not.toBeNull();
    expect(await world.database.query(`SELECT 1 FROM reservations r JOIN operations o ON o.id = r.operation_id WHERE r.released_at IS NULL AND o.finished_at IS NULL`)).toEqual([]);
  }, 180_000);

  it('whose machines cannot be made fails with the reason, and can be deleted', async () => {
    await world.admin('POST', '/heat-faults', { stack: 'node-', resource: 'server', action: 'CREATE', reason: 'the fault of this test', times: 2 });
    await world.demo.call('POST', groups(), { name: 'broken' });
    const { status, reason } = await world.settledStatus(cluster, 120_000);
    expect({ status, reason }).toEqual({ status: 'UPDATE_FAILED', reason: expect.stringContaining('the fault of this test') });
    expect(await group('broken')).toMatchObject({ status: 'CREATE_FAILED', status_reason: expect.stringContaining('the fault of this test') });
    expect((await world.demo.call('DELETE', `${groups()}/broken`)).status).toBe(204);
    await until(async () => (await world.demo.call('GET', `${groups()}/broken`)).status === 404, { deadlineMs: 120_000, what: 'the group to be gone' });
    await settled();
  }, 240_000);

  it('goes with its cluster', async () => {
    await world.demo.call('POST', groups(), { name: 'late', node_count: 1 });
    expect((await world.demo.call('DELETE', `/v1/clusters/${cluster}`)).status).toBe(204);
    expect((await world.settledStatus(cluster, 120_000)).status).toBe('DELETE_COMPLETE');
    expect(await world.leftovers()).toEqual([]);
  }, 180_000);
});
