import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CloudSession } from '../support/cloud-session.js';
import { findMinions, HeatReader, readAsHealer, readInstances, type Instance } from '../support/heat-readers.js';
import { startLifecycleEnvironment, type LifecycleEnvironment } from '../support/lifecycle-environment.js';
import { realCloud } from '../support/real-cloud.js';
import { until } from '../support/until.js';

interface Group {
  readonly uuid: string;
  readonly name: string;
  readonly stack_id: string | null;
}
interface Node {
  readonly nodegroup: string;
  readonly server_id: string;
  readonly stack_id: string;
}

// On real services the lab's own job reads the same.
(realCloud ? describe.skip : describe)('tools that read Heat', () => {
  let world: LifecycleEnvironment;
  let session: CloudSession;
  let heat: HeatReader;
  beforeAll(async () => {
    world = await startLifecycleEnvironment({ processes: 'all' });
    const { cloud } = world.environment;
    if (!cloud) throw new Error('no simulated cloud');
    session = await CloudSession.logIn(cloud.auth_url, { user: 'demo', password: cloud.password, project: 'demo' });
    heat = new HeatReader(session);
  }, 120_000);
  afterAll(() => world.stop(), 60_000);

  const groupsOf = async (id: string): Promise<Group[]> => {
    const { nodegroups } = await world.demo.get<{ nodegroups: Group[] }>(`/v1/clusters/${id}/nodegroups`);
    return Promise.all(nodegroups.map(({ uuid }) => world.demo.get<Group>(`/v1/clusters/${id}/nodegroups/${uuid}`)));
  };
  const workersOf = async (id: string): Promise<Group> => {
    const group = (await groupsOf(id)).find(({ name }) => name === 'default-worker');
    if (!group) throw new Error(`cluster ${id} has no group default-worker`);
    return group;
  };
  const nodesOf = async (id: string): Promise<Node[]> => (await world.demo.get<{ nodes: Node[] }>(`/v1/clusters/${id}/nodes`)).nodes;
  const serverIds = async (): Promise<string[]> => {
    const { servers } = await session.get<{ servers: { id: string }[] }>('compute', '/servers');
    return servers.map(({ id }) => id).sort();
  };

  it('find every node of every group with its server, and never touch one', async () => {
    const id = await world.createCluster('read', await world.createTemplate('k8s'), { node_count: 2 });
    expect(await world.settledStatus(id)).toEqual({ status: 'CREATE_COMPLETE', reason: null });
    const nodes = await nodesOf(id);
    for (const group of await groupsOf(id)) {
      const instances = await readInstances(heat, group.uuid, await findMinions(heat, stackOf(group)));
      const expected = nodes.filter(({ nodegroup }) => nodegroup === group.name).map(({ server_id: server }): Instance => ({ id: `openstack:///${server}`, state: 'running' }));
      expect(instances.toSorted(byId)).toEqual(expected.toSorted(byId));
    }
    // The sixth read, by the id alone of a node's own stack.
    const own = await heat.resourcesById(nodes[0]?.stack_id ?? '');
    expect(own.map(({ resource_name: name }) => name)).toContain('server');
    expect(await serverIds()).toEqual(nodes.map(({ server_id: server }) => server).sort());

    const { stack_id: stackId } = await world.demo.get<{ stack_id: string }>(`/v1/clusters/${id}`);
    expect(await readAsHealer(heat, stackId)).toEqual({ name: `jb-${id}-infra`, status: 'CREATE_COMPLETE', servers: [] });

    await deleteWithNothingLeft(id);
  }, 120_000);

  it('are never told something they cannot read while a cluster comes into being', async () => {
    const id = await world.createCluster('growing', await world.createTemplate('k8s-growing'), { node_count: 2 });
    await until(async () => (await groupsOf(id)).every(({ stack_id: stackId }) => stackId !== null), { what: 'the groups to have stacks' });
    const workers = await workersOf(id);
    const minions = await findMinions(heat, stackOf(workers));
    await until(
      async () => {
        const instances = await readInstances(heat, workers.uuid, minions);
        expect(instances.filter(({ problem }) => problem !== undefined)).toEqual([]);
        return instances.length === 2 && instances.every(({ id: instance, state }) => state === 'running' && instance.startsWith('openstack:///'));
      },
      { what: 'both workers to be shown with their servers' },
    );
    // The same nested stack for good: the autoscaler asks for its id and name only once.
    expect(await findMinions(heat, stackOf(workers))).toEqual(minions);
    expect((await world.settledStatus(id)).status).toBe('CREATE_COMPLETE');
    await deleteWithNothingLeft(id);
  }, 120_000);

  it('see the members of a group although Heat refused to show them at first', async () => {
    await refusePut(1);
    const id = await world.createCluster('refused', await world.createTemplate('k8s-refused'));
    expect(await world.settledStatus(id)).toEqual({ status: 'CREATE_COMPLETE', reason: null });
    const workers = await workersOf(id);
    const instances = await readInstances(heat, workers.uuid, await findMinions(heat, stackOf(workers)));
    expect(instances.map(({ state }) => state)).toEqual(['running']);
    const requests = (await world.admin('GET', '/requests')) as { method: string; path: string; status: number }[];
    const refused = requests.filter(({ method, path, status }) => method === 'PUT' && path.includes(`jb-${id}-group-`) && status === 400);
    expect(refused).toHaveLength(1);
    await deleteWithNothingLeft(id);
  }, 120_000);

  it('do without when Heat goes on refusing: the cluster is complete all the same, and its history says what is missing', async () => {
    await refusePut(0);
    const id = await world.createCluster('unshown', await world.createTemplate('k8s-unshown'));
    const waiting = (): Promise<{ id: string }[]> => world.database.query(`SELECT id FROM operations WHERE cluster_id = $1 AND step = 'publish-members' AND state = 'waiting'`, [id]);
    await until(async () => (await waiting()).length === 1, { deadlineMs: 60_000, what: 'the last step to wait for Heat' });
    // As if the minutes that it waits were over.
    await world.database.query(`UPDATE operations SET step_entered_at = step_entered_at - interval '6 minutes' WHERE cluster_id = $1`, [id]);
    expect(await world.settledStatus(id)).toEqual({ status: 'CREATE_COMPLETE', reason: null });
    const told: { because: string }[] = await world.database.query(`SELECT because FROM operation_events WHERE cluster_id = $1 AND message LIKE 'Tools that read Heat%'`, [id]);
    expect(told).toHaveLength(1);
    expect(told[0]?.because).toContain('not today');
    await world.admin('DELETE', '/faults');
    await deleteWithNothingLeft(id);
  }, 120_000);

  async function refusePut(times: number): Promise<void> {
    const refusal = { code: 400, title: 'Bad Request', explanation: 'no', error: { type: 'StackValidationFailed', message: 'not today', traceback: null } };
    await world.admin('POST', '/faults', { service: 'orchestration', method: 'PUT', times, action: { status: 400, body: refusal } });
  }

  async function deleteWithNothingLeft(id: string): Promise<void> {
    expect((await world.demo.call('DELETE', `/v1/clusters/${id}`)).status).toBe(204);
    expect((await world.settledStatus(id)).status).toBe('DELETE_COMPLETE');
    expect(await world.leftovers()).toEqual([]);
  }
});

function stackOf({ name, stack_id: id }: Group): string {
  if (id === null) throw new Error(`group ${name} has no stack`);
  return id;
}

const byId = (one: Instance, other: Instance): number => one.id.localeCompare(other.id);
