import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startLifecycleEnvironment, type LifecycleEnvironment } from '../support/lifecycle-environment.js';
import { operationOf } from '../support/operations-in-database.js';
import { until } from '../support/until.js';

const createInfra = { service: 'orchestration', method: 'POST', path: '/stacks$', body: '-infra"' };
const refusal = { status: 403, body: { error: { message: 'refused by this test' } } };

describe('the ledger line of a stack that Heat refused', () => {
  let world: LifecycleEnvironment;
  let template: string;

  beforeAll(async () => {
    world = await startLifecycleEnvironment();
    template = await world.createTemplate('ledger');
  }, 120_000);

  afterAll(() => world.stop(), 60_000);

  async function lineAfterFailedCreate(name: string): Promise<{ state: string; external_id: string | null }> {
    const cluster = await world.createCluster(name, template);
    expect((await world.settledStatus(cluster)).status).toBe('CREATE_FAILED');
    await world.admin('DELETE', '/faults');
    const [line] = await world.database.query<[{ state: string; external_id: string | null }]>(
      `SELECT state, external_id FROM external_resources WHERE type = 'heat-stack' AND name = $1`,
      [`jb-${cluster}-infra`],
    );
    await world.demo.call('DELETE', `/v1/clusters/${cluster}`);
    expect((await world.settledStatus(cluster)).status).toBe('DELETE_COMPLETE');
    return line;
  }

  it('is closed when that was the only request', async () => {
    await world.admin('POST', '/faults', { ...createInfra, times: 0, action: refusal });
    expect(await lineAfterFailedCreate('refused')).toEqual({ state: 'gone', external_id: null });
  }, 120_000);

  it('stays open when an earlier request was never answered', async () => {
    await world.admin('POST', '/faults', { ...createInfra, times: 1, action: { reset: true } });
    await world.admin('POST', '/faults', { ...createInfra, times: 0, action: refusal });
    expect(await lineAfterFailedCreate('cut-then-refused')).toEqual({ state: 'intended', external_id: null });
  }, 120_000);
});

describe('a request for a stack that outlives the conductor that sent it', () => {
  let world: LifecycleEnvironment;
  beforeAll(async () => {
    // Longer than from the second request to the delete's last look, on a busy machine too.
    world = await startLifecycleEnvironment({ settings: { JEROBOAM_HTTP_TIMEOUT_SECONDS: '12' } });
  }, 120_000);
  afterAll(() => world.stop(), 60_000);

  interface Fault {
    readonly id: string;
    readonly holding: number;
  }
  const hold = async (fault: Record<string, unknown>): Promise<string> =>
    ((await world.admin('POST', '/faults', { ...fault, times: 1, action: { hold: 'before' } })) as Fault).id;
  const isHeld = async (id: string): Promise<boolean> => ((await world.admin('GET', '/faults')) as Fault[]).some((fault) => fault.id === id && fault.holding === 1);

  it('leaves nothing behind when it arrives after the stack of the second request was deleted', async () => {
    const first = world.environment.servers['conductor'];
    const late = await hold(createInfra);
    const cluster = await world.createCluster('late', await world.createTemplate('late'));
    await until(() => isHeld(late), { deadlineMs: 60_000, what: 'the first request for the stack to be held' });
    first?.process.kill('SIGKILL');
    await first?.ended;

    // With the user of the cluster gone nobody would take its request any more: the delete is to stand before that.
    const lastAct = await hold({ service: 'identity', method: 'DELETE', path: '/users/' });
    world.environment.startRole('conductor');
    const isAnswered = async (): Promise<boolean> =>
      (await world.database.query<unknown[]>(`SELECT 1 FROM external_resources WHERE name = $1 AND external_id IS NOT NULL`, [`jb-${cluster}-infra`])).length > 0;
    await until(isAnswered, { deadlineMs: 60_000, what: 'the second request to be answered' });
    await world.demo.call('DELETE', `/v1/clusters/${cluster}`);
    const hasLooked = async (): Promise<boolean> => {
      const operation = await operationOf(world, cluster, 'cluster-delete');
      return operation.waiting_for === 'requests for stacks that may still be on their way' || (await isHeld(lastAct));
    };
    await until(hasLooked, { deadlineMs: 60_000, what: 'the delete to have found no stack' });
    expect((await world.existing()).stacks).toEqual([]);

    await world.admin('DELETE', `/faults/${late}`);
    await until(async () => (await world.existing()).stacks.includes(`jb-${cluster}-infra`), { deadlineMs: 10_000, everyMs: 20, what: 'the first request to be done' });
    await world.admin('DELETE', `/faults/${lastAct}`);
    expect((await world.settledStatus(cluster)).status).toBe('DELETE_COMPLETE');
    expect(await world.leftovers()).toEqual([]);
  }, 120_000);
});
