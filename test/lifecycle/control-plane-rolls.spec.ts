import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ClusterObjects } from '../support/cluster-objects.js';
import { deleteClusters } from '../support/cluster-operations.js';
import { startLifecycleEnvironment, type LifecycleEnvironment } from '../support/lifecycle-environment.js';
import { patience, realCloud } from '../support/real-cloud.js';
import { until } from '../support/until.js';

interface SimulatedCluster {
  readonly etcd_cluster_id: string;
  readonly cluster_name: string;
  readonly etcd_members: readonly { readonly id: string; readonly name: string; readonly running: boolean; readonly learner: boolean }[];
  readonly nodes: readonly string[];
}

interface NodeRow {
  readonly id: string;
  readonly name: string;
  readonly server_id: string;
  readonly boot_mode: string;
  readonly slot: number;
}

/** What is asked of a control plane, as the API records it. */
class ControlPlane {
  constructor(
    private readonly world: LifecycleEnvironment,
    readonly clusterId: string,
    private readonly name: string,
  ) {}

  async seen(): Promise<SimulatedCluster> {
    const clusters = (await this.world.admin('GET', '/clusters')) as SimulatedCluster[];
    const found = clusters.find(({ cluster_name: name }) => name === this.name);
    if (!found) throw new Error(`no simulated cluster ${this.name}`);
    return found;
  }

  nodes(): Promise<NodeRow[]> {
    return this.world.database.query(
      `SELECT n.id, n.name, n.server_id, n.boot_mode, s.index AS slot FROM nodes n JOIN slots s ON s.id = n.slot_id
       WHERE n.cluster_id = $1 AND n.phase <> 'gone' AND s.quarantined_because IS NULL ORDER BY s.index`,
      [this.clusterId],
    );
  }

  async doom(...nodeIds: string[]): Promise<void> {
    await this.world.database.query(`UPDATE nodes SET doomed_because = 'somebody asked for its replacement' WHERE id = ANY($1)`, [nodeIds]);
  }

  async resize(count: number): Promise<void> {
    await this.world.database.query(`UPDATE node_groups SET node_count = $2 WHERE cluster_id = $1 AND role = 'master'`, [this.clusterId, count]);
  }

  /** Lets the conductor roll, and answers the state in which its operation ended with its reason. */
  async roll(deadlineMs = 120_000): Promise<{ state: string; failure: string | null }> {
    const id = randomUUID();
    await this.world.database.query(
      `INSERT INTO operations (id, cluster_id, project_id, node_group_id, kind, state, waiting_for, input)
       SELECT $1, c.id, c.project_id, g.id, 'cluster-resize', 'queued', 'a conductor to take it up', '{}'
       FROM clusters c JOIN node_groups g ON g.cluster_id = c.id AND g.role = 'master' WHERE c.id = $2`,
      [id, this.clusterId],
    );
    let last = { state: 'queued', failure: null as string | null, waiting_for: null as string | null };
    await until(
      async () => {
        [last] = await this.world.database.query<[typeof last]>(`SELECT state, failure, waiting_for FROM operations WHERE id = $1`, [id]);
        return ['succeeded', 'failed', 'paused'].includes(last.state);
      },
      { deadlineMs: deadlineMs * patience, everyMs: 100, what: 'the control plane to be rolled' },
    ).catch(async (error: unknown) => {
      const events: unknown = await this.world.database.query(`SELECT message, because FROM operation_events WHERE operation_id = $1 ORDER BY id`, [id]);
      throw new Error(`${String(error)} ${JSON.stringify(last)} ${JSON.stringify(events, null, 1)}`, { cause: error });
    });
    return { state: last.state, failure: last.failure };
  }

  /** Names and ids of members as they should be seen when all is well: one for each node, all of them running and voting. */
  async expectWhole(count: number): Promise<void> {
    const { etcd_members: members, nodes: names } = await this.seen();
    const rows = await this.nodes();
    expect(rows).toHaveLength(count);
    expect(members.map(({ name, running, learner }) => ({ name, running, learner })).sort(byName)).toEqual(rows.map(({ name }) => ({ name, running: true, learner: false })).sort(byName));
    expect(names).toEqual(expect.arrayContaining(rows.map(({ name }) => name)));
  }
}

const byName = (one: { name: string }, other: { name: string }): number => one.name.localeCompare(other.name);
const done = { state: 'succeeded', failure: null };

(realCloud ? describe.skip : describe)('the control plane of a cluster that lives', () => {
  let world: LifecycleEnvironment;
  let single: ControlPlane;
  let three: ControlPlane;
  beforeAll(async () => {
    world = await startLifecycleEnvironment({ processes: 'all', settings: { JEROBOAM_SERVER_STOP_SECONDS: '4' } });
    const template = await world.createTemplate('plain');
    const balanced = await world.createTemplate('balanced', { master_lb_enabled: true });
    const [one, other] = await Promise.all([world.createCluster('single', template), world.createCluster('three', balanced, { master_count: 3 })]);
    await Promise.all([one, other].map(async (id) => expect(await world.settledStatus(id, 180_000)).toEqual({ status: 'CREATE_COMPLETE', reason: null })));
    single = new ControlPlane(world, one, 'single');
    three = new ControlPlane(world, other, 'three');
  }, 240_000);
  afterAll(async () => {
    await world.stop();
  }, 60_000);

  it('gets a new machine on the old volume when it is the only one', async () => {
    const before = await single.seen();
    const [old] = await single.nodes();
    await single.doom(old?.id ?? '');
    expect(await single.roll()).toEqual(done);
    const [now] = await single.nodes();
    expect(now).toMatchObject({ slot: 0, boot_mode: 'resume' });
    expect(now?.name).not.toBe(old?.name);
    await single.expectWhole(1);
    const after = await single.seen();
    expect(after.etcd_cluster_id).toBe(before.etcd_cluster_id);
    expect(after.etcd_members.map(({ id }) => id)).toEqual(before.etcd_members.map(({ id }) => id));
    expect(after.nodes).not.toContain(old?.name);
  }, 150_000);

  it('of three is replaced node by node and stays the same members', async () => {
    const before = await three.seen();
    await three.doom(...(await three.nodes()).map(({ id }) => id));
    expect(await three.roll()).toEqual(done);
    await three.expectWhole(3);
    const after = await three.seen();
    expect(after.etcd_cluster_id).toBe(before.etcd_cluster_id);
    expect(after.etcd_members.map(({ id }) => id).sort()).toEqual(before.etcd_members.map(({ id }) => id).sort());
  }, 200_000);

  it('grows to five, shrinks to three, and gives no number twice', async () => {
    await three.resize(5);
    expect(await three.roll()).toEqual(done);
    await three.expectWhole(5);
    await three.resize(3);
    expect(await three.roll()).toEqual(done);
    await three.expectWhole(3);
    expect((await three.nodes()).map(({ slot }) => slot)).toEqual([0, 1, 2]);
  }, 300_000);

  it('gives up the slot of a dead machine that nobody can fence, and takes another', async () => {
    const [dead] = await three.nodes();
    if (!dead) throw new Error('no control-plane node');
    const objects = await ClusterObjects.of(world, 'three');
    await objects.disturb({ node: dead.name, kubelet: 'silent' });
    interface Seen {
      readonly status: { readonly conditions: readonly { readonly type: string; readonly status: string }[] };
    }
    await objects.untilSeen<Seen>(`/api/v1/nodes/${dead.name}`, ({ status }) => status.conditions.some((each) => each.type === 'Ready' && each.status !== 'True'));
    await objects.close();
    // Its hypervisor answers nobody: Nova cannot stop it.
    await world.admin('POST', '/faults', { service: 'compute', method: 'POST', path: `/servers/${dead.server_id}/action`, times: 0, action: { status: 409, body: { conflictingRequest: { code: 409, message: 'busy' } } } });
    await three.doom(dead.id);
    expect(await three.roll()).toEqual(done);
    await three.expectWhole(3);
    const quarantined: unknown[] = await world.database.query(`SELECT s.index, s.quarantined_because FROM slots s WHERE s.cluster_id = $1 AND s.quarantined_because IS NOT NULL`, [three.clusterId]);
    expect(quarantined).toEqual([{ index: dead.slot, quarantined_because: expect.stringContaining('not fenced: Nova shows its server as ACTIVE') as unknown }]);
    expect((await three.nodes()).map(({ slot }) => slot)).not.toContain(dead.slot);
    await world.admin('DELETE', '/faults');
  }, 200_000);

  it('puts back what was there when the new machine fails, stops, and goes on when it is resumed', async () => {
    const [first] = await three.nodes();
    await world.database.query(
      `INSERT INTO cluster_revisions (cluster_id, revision, spec, cluster_template_id, labels)
       SELECT cluster_id, 2, jsonb_set(spec, '{sshPublicKey}', '"ssh-ed25519 other"'), cluster_template_id, labels FROM cluster_revisions WHERE cluster_id = $1 AND revision = 1`,
      [three.clusterId],
    );
    await world.database.query(`UPDATE node_groups SET revision = 2 WHERE cluster_id = $1 AND role = 'master'`, [three.clusterId]);
    await world.admin('POST', '/boot-faults', { server_name: 'three-default-master', fault: 'no-valid-host', times: 1 });
    await three.doom(first?.id ?? '');
    const halted = await three.roll();
    expect(halted).toMatchObject({ state: 'paused', failure: expect.stringContaining('runs there as before') as unknown });
    await three.expectWhole(3);
    await world.admin('DELETE', '/boot-faults');
    const [operation]: { id: string }[] = await world.database.query(`SELECT id FROM operations WHERE cluster_id = $1 AND state = 'paused'`, [three.clusterId]);
    await world.demo.post(`/v1/operations/${operation?.id ?? ''}/actions/resume`, {});
    await until(async () => ((await world.database.query<{ state: string }[]>(`SELECT state FROM operations WHERE id = $1`, [operation?.id]))[0]?.state ?? '') === 'succeeded', { deadlineMs: 60_000, everyMs: 100, what: 'the resumed roll to end' });
    await three.expectWhole(3);
  }, 200_000);

  it('leaves nothing behind', async () => {
    await deleteClusters(world, [single.clusterId, three.clusterId], 120_000);
  }, 150_000);
});
