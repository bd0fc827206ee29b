import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { cloudQuotas } from '../support/cloud-quotas.js';
import { CloudSession } from '../support/cloud-session.js';
import { newestOperation, requestDeletion, retryNewest } from '../support/cluster-operations.js';
import { startLifecycleEnvironment, type LifecycleEnvironment } from '../support/lifecycle-environment.js';
import { realCloud } from '../support/real-cloud.js';
import { until } from '../support/until.js';

interface Stack {
  readonly id: string;
  readonly stack_name: string;
  readonly stack_status: string;
}

/** A person of the project who deletes what is ours with the services' own tools. */
class Hand {
  private constructor(private readonly session: CloudSession) {}

  static async of({ environment }: LifecycleEnvironment): Promise<Hand> {
    const { auth_url: authUrl, password } = environment.cloud ?? { auth_url: '', password: '' };
    return new Hand(await CloudSession.logIn(authUrl, { user: 'demo', password, project: 'demo' }));
  }

  async stacks(clusterId: string, level: string): Promise<readonly Stack[]> {
    const { stacks } = await this.session.get<{ stacks: Stack[] }>('orchestration', `/stacks?tags=jeroboam-cluster-${clusterId}`);
    return stacks.filter(({ stack_name: name }) => name.startsWith(`jb-${clusterId}-${level}`));
  }

  async deleteServer(serverId: string): Promise<void> {
    await this.session.must('compute', 'DELETE', `/servers/${serverId}`);
  }

  /** Asks for it and waits until Heat is done with them, one way or the other. */
  async deleteStacks(clusterId: string, level: string): Promise<void> {
    const doomed = await this.stacks(clusterId, level);
    expect(doomed).not.toEqual([]);
    for (const { stack_name: name, id } of doomed) await this.session.must('orchestration', 'DELETE', `/stacks/${name}/${id}`);
    await until(async () => (await this.stacks(clusterId, level)).every(({ stack_status: status }) => status === 'DELETE_FAILED'), {
      deadlineMs: 120_000,
      everyMs: 200,
      what: `the stacks ${level} of ${clusterId} to go`,
    });
  }

  async deleteEverything(clusterId: string): Promise<void> {
    for (const level of ['node', 'slot', 'group', 'infra']) await this.deleteStacks(clusterId, level);
  }
}

interface Accident {
  readonly name: string;
  readonly title: string;
  readonly act: (hand: Hand, id: string, worker: { server_id: string; id: string }) => Promise<void>;
  readonly reason: RegExp;
}

const duringCreate: readonly Accident[] = [
  { name: 'lost-server', title: "a worker's server", act: (hand, _, worker) => hand.deleteServer(worker.server_id), reason: /lost-server-default-worker-\w+: its server [0-9a-f-]+ is gone, although we did not delete it/ },
  {
    name: 'lost-node',
    title: "a worker's stack",
    act: (hand, id, worker) => hand.deleteStacks(id, `node-${worker.id.slice(0, 8)}`),
    reason: /lost-node-default-worker-\w+: its stack is gone, although we did not delete it/,
  },
  { name: 'lost-slot', title: 'the stack of a slot', act: (hand, id) => hand.deleteStacks(id, 'slot'), reason: /Stack jb-[0-9a-f-]+-slot-0 is (gone|DELETE_\w+), although we did not delete it/ },
  { name: 'lost-group', title: 'the stacks of groups', act: (hand, id) => hand.deleteStacks(id, 'group'), reason: /Stack jb-[0-9a-f-]+-group-\w+ is (gone|DELETE_\w+), although we did not delete it/ },
  { name: 'lost-infra', title: 'the infra stack', act: (hand, id) => hand.deleteStacks(id, 'infra'), reason: /Stack jb-[0-9a-f-]+-infra is DELETE_\w+, although we did not delete it/ },
];

const beforeDelete: readonly { readonly name: string; readonly title: string; readonly act: (hand: Hand, id: string, worker: { server_id: string }) => Promise<void> }[] = [
  { name: 'no-server', title: 'a server', act: (hand, _, worker) => hand.deleteServer(worker.server_id) },
  { name: 'no-nodes', title: 'the stacks of all nodes', act: (hand, id) => hand.deleteStacks(id, 'node') },
  { name: 'no-base', title: 'the infra stack, as far as it goes', act: (hand, id) => hand.deleteStacks(id, 'infra') },
  { name: 'nothing', title: 'everything', act: (hand, id) => hand.deleteEverything(id) },
];

/** The accidents are independent of each other, so all happen side by side; each test looks at one of them. */
(realCloud ? describe.skip : describe)('what somebody deletes by hand', () => {
  let world: LifecycleEnvironment;
  let hand: Hand;
  let template: string;
  const stories = new Map<string, Promise<void>>();
  beforeAll(async () => {
    world = await startLifecycleEnvironment({ processes: 'all', settings: { JEROBOAM_MAX_CLUSTERS_PER_PROJECT: '100' } });
    const quotas = await cloudQuotas(world.environment.cloud?.auth_url ?? '', world.environment.cloud?.password ?? '');
    await quotas.setCompute({ instances: -1, cores: -1, ram: -1, server_groups: -1 });
    await quotas.setNetwork({ network: -1, subnet: -1, router: -1, port: -1, floatingip: -1, security_group: -1, security_group_rule: -1 });
    hand = await Hand.of(world);
    template = await world.createTemplate('k8s');
    await world.admin('POST', '/boot-faults', { server_name: '^lost-.*-default-worker', fault: 'never-boots', times: 0 });
    await world.admin('POST', '/boot-faults', { server_name: '^swept-default-worker', fault: 'no-valid-host', times: 0 });
    for (const accident of duringCreate) begin(accident.name, () => loseDuringCreate(accident));
    for (const { name, act } of beforeDelete) begin(name, () => loseBeforeDelete(name, act));
    begin('swept', loseBetweenAttempts);
  }, 120_000);
  afterAll(() => world.stop(), 60_000);

  function begin(name: string, story: () => Promise<void>): void {
    const told = story();
    // Its own test reports it.
    told.catch(() => undefined);
    stories.set(name, told);
  }

  const completes = async (id: string): Promise<void> => expect(await world.settledStatus(id, 240_000)).toEqual({ status: 'CREATE_COMPLETE', reason: null });
  const disappears = async (id: string): Promise<void> => {
    await requestDeletion(world.demo, [id]);
    expect(await world.settledStatus(id, 240_000)).toEqual({ status: 'DELETE_COMPLETE', reason: null });
  };
  const workerOf = async (id: string, phase: string): Promise<{ id: string; server_id: string } | undefined> => {
    const rows: { id: string; server_id: string }[] = await world.database.query(`SELECT id, server_id FROM nodes WHERE cluster_id = $1 AND role = 'worker' AND phase = $2`, [id, phase]);
    return rows[0];
  };

  async function loseDuringCreate({ name, act, reason }: Accident): Promise<void> {
    const id = await world.createCluster(name, template);
    let worker: { id: string; server_id: string } | undefined;
    await until(
      async () => {
        worker = await workerOf(id, 'booting');
        return worker !== undefined && (await newestOperation(world.demo, id)).step === 'await-nodes';
      },
      { deadlineMs: 240_000, everyMs: 200, what: `the worker of ${name} to be waited for` },
    );
    if (!worker) throw new Error('there is no worker');
    await act(hand, id, worker);
    const { status, reason: told } = await world.settledStatus(id, 120_000);
    expect(status).toBe('CREATE_FAILED');
    expect(told).toMatch(reason);
    expect(told).toMatch(/retry the operation or delete the cluster$/);
    await startAgain(name, id);
  }

  /** The faults end when everybody has met theirs. */
  async function startAgain(name: string, id: string): Promise<void> {
    failed.add(name);
    await until(() => failed.size === duringCreate.length + 1, { deadlineMs: 240_000, what: 'the others to fail' });
    await world.admin('DELETE', '/boot-faults');
    await retryNewest(world.demo, id);
    await completes(id);
    await disappears(id);
  }
  const failed = new Set<string>();

  async function loseBeforeDelete(name: string, act: (hand: Hand, id: string, worker: { server_id: string }) => Promise<void>): Promise<void> {
    const id = await world.createCluster(name, template);
    await completes(id);
    const worker = await workerOf(id, 'ready');
    if (!worker) throw new Error('there is no worker');
    await act(hand, id, worker);
    await disappears(id);
  }

  async function loseBetweenAttempts(): Promise<void> {
    const id = await world.createCluster('swept', template);
    expect((await world.settledStatus(id, 240_000)).status).toBe('CREATE_FAILED');
    await hand.deleteEverything(id);
    await startAgain('swept', id);
  }

  it.each(duringCreate)('$title, during create: it is noticed and named, and a retry makes it anew', async ({ name }) => {
    await stories.get(name);
  }, 600_000);

  it.each(beforeDelete)('$title, before delete: the rest goes all the same', async ({ name }) => {
    await stories.get(name);
  }, 600_000);

  it('everything, between two attempts: the retry makes the cluster afresh', async () => {
    await stories.get('swept');
  }, 600_000);

  it('leaves nothing behind', async () => {
    await Promise.allSettled(stories.values());
    expect(await world.leftovers()).toEqual([]);
  }, 600_000);
});
