import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startLifecycleEnvironment, type LifecycleEnvironment } from '../support/lifecycle-environment.js';
import { requestResize, workerGroupOf, workersOf } from '../support/day-two-requests.js';
import { until } from '../support/until.js';

interface Row {
  readonly state: string;
  readonly failure: string | null;
  readonly waiting_for: string | null;
}

describe('the resize of a worker group', () => {
  let world: LifecycleEnvironment;
  let cluster = '';

  beforeAll(async () => {
    world = await startLifecycleEnvironment();
    cluster = await world.createCluster('resized', await world.createTemplate('resize'), { node_count: 1 });
    expect((await world.settledStatus(cluster)).status).toBe('CREATE_COMPLETE');
  }, 120_000);

  afterAll(async () => {
    await world.stop();
  }, 60_000);

  const row = async (id: string): Promise<Row> => {
    const [found]: Row[] = await world.database.query(`SELECT state, failure, waiting_for FROM operations WHERE id = $1`, [id]);
    if (!found) throw new Error(`no operation ${id}`);
    return found;
  };
  const settled = async (id: string, state = 'succeeded'): Promise<void> => {
    await until(async () => ['succeeded', 'failed', 'paused', 'cancelled', 'superseded'].includes((await row(id)).state), { deadlineMs: 120_000, what: `resize ${id} to end` }).catch(async (error: unknown) => {
      throw new Error(`${String(error)} ${JSON.stringify(await row(id))}`);
    });
    expect(await row(id)).toMatchObject({ state });
  };

  it('makes all missing nodes and shows them ready', async () => {
    await settled(await requestResize(world, cluster, 3));
    expect((await workersOf(world, cluster)).map(({ phase }) => phase)).toEqual(['ready', 'ready', 'ready']);
    expect(await workerGroupOf(world, cluster)).toMatchObject({ node_count: 3, status: 'UPDATE_COMPLETE' });
  }, 150_000);

  it('removes those that are too many, their machines and their entries in the cluster', async () => {
    await settled(await requestResize(world, cluster, 1));
    const left = await workersOf(world, cluster);
    expect(left.map(({ phase }) => phase)).toEqual(['ready']);
    expect((await world.existing()).servers.filter((name) => name.includes('worker'))).toEqual(left.map(({ name }) => name));
  }, 150_000);
});
