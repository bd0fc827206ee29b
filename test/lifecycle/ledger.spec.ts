import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startLifecycleEnvironment, type LifecycleEnvironment } from '../support/lifecycle-environment.js';

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
