import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { requestReplacement, requestResize, resume, wish, workerGroupOf, workersOf, type WorkerNode } from '../support/day-two-requests.js';
import { startLifecycleEnvironment, type LifecycleEnvironment } from '../support/lifecycle-environment.js';
import { until } from '../support/until.js';

interface Row {
  readonly state: string;
  readonly failure: string | null;
}

const ends = ['succeeded', 'failed', 'paused', 'cancelled', 'superseded'];

describe('nodes of a worker group, replaced by name', () => {
  let world: LifecycleEnvironment;
  let cluster = '';

  beforeAll(async () => {
    world = await startLifecycleEnvironment();
    cluster = await world.createCluster('replaced', await world.createTemplate('replace'), { node_count: 1 });
    expect((await world.settledStatus(cluster)).status).toBe('CREATE_COMPLETE');
  }, 120_000);

  afterAll(async () => {
    await world.stop();
  }, 60_000);

  const endOf = async (id: string): Promise<Row> => {
    let row: Row = { state: '', failure: null };
    await until(
      async () => {
        [row = row] = await world.database.query<Row[]>(`SELECT state, failure FROM operations WHERE id = $1`, [id]);
        return ends.includes(row.state);
      },
      { deadlineMs: 120_000, everyMs: 100, what: `operation ${id} to end` },
    );
    return row;
  };
  const onlyWorker = async (): Promise<WorkerNode> => {
    const [node, ...others] = await workersOf(world, cluster);
    if (!node || others.length > 0) throw new Error(`${others.length + 1} workers instead of one`);
    return node;
  };

  it('rests when there is no room for the new one, leaves the old one as it was, and goes on when there is', async () => {
    const old = await onlyWorker();
    await world.admin('POST', '/heat-faults', { stack: '-node-', resource: 'server', action: 'CREATE', reason: 'Quota exceeded for cores', times: 1 });
    const id = await requestReplacement(world, cluster, [old.id]);
    expect(await endOf(id)).toEqual({ state: 'paused', failure: expect.stringMatching(/^cannot surge: new node .*Quota exceeded for cores/) });
    expect(await onlyWorker()).toMatchObject({ id: old.id, phase: 'ready' });

    await resume(world, id);
    expect(await endOf(id)).toEqual({ state: 'succeeded', failure: null });
    const renewed = await onlyWorker();
    expect(renewed).toMatchObject({ phase: 'ready', replaces_node_id: old.id });
    expect((await world.existing()).servers).toContain(renewed.name);
    expect((await world.existing()).servers).not.toContain(old.name);
    expect((await workerGroupOf(world, cluster)).node_count).toBe(1);
  }, 250_000);

  it('can be paused and resumed, and when cancelled the group wants what it has', async () => {
    const id = await requestResize(world, cluster, 2);
    await wish(world, id, 'pause');
    expect((await endOf(id)).state).toBe('paused');
    await resume(world, id);
    expect((await endOf(id)).state).toBe('succeeded');

    const next = await requestResize(world, cluster, 5);
    await wish(world, next, 'cancel');
    expect((await endOf(next)).state).toBe('cancelled');
    expect((await workerGroupOf(world, cluster)).node_count).toBe((await workersOf(world, cluster)).length);
  }, 250_000);
});
