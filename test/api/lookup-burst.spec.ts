import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startMagnumApi, type Listening } from '../../src/magnum-api/start-magnum-api.js';
import { cloudQuotas } from '../support/cloud-quotas.js';
import { startMs } from '../support/start-ms.js';
import { startApi, type ApiUnderTest } from './api-under-test.js';
import { makeTemplate } from './objects.js';

const creates = 50;

interface Accepted {
  readonly status: number;
  readonly text: string;
}

describe('a burst of creates from one template', () => {
  let api: ApiUnderTest;
  let template: string;
  beforeAll(async () => {
    api = await startApi({ settings: { JEROBOAM_MAX_CLUSTERS_PER_PROJECT: '1000', JEROBOAM_HEAT_STACKS_PER_PROJECT: '-1' } });
    const { setCompute, setNetwork, setVolume } = await cloudQuotas(api.cloud.authUrl, api.cloud.password);
    await setCompute({ instances: -1, cores: -1, ram: -1, server_groups: -1, server_group_members: -1 });
    await setNetwork({ network: -1, subnet: -1, router: -1, port: -1, floatingip: -1, security_group: -1, security_group_rule: -1 });
    await setVolume({ volumes: -1, gigabytes: -1 });
    template = await makeTemplate(api);
  }, startMs);
  afterAll(() => api.stop());

  /** One more API on the same database and cloud, which has looked nothing up yet. */
  async function withFreshApi<Result>(work: (create: (fields: Readonly<Record<string, unknown>>) => Promise<Accepted>) => Promise<Result>): Promise<Result> {
    const fresh: Listening = await startMagnumApi(api.runtime);
    const token = await api.token('demo');
    const create = async (fields: Readonly<Record<string, unknown>>): Promise<Accepted> => {
      const answer = await fetch(`${fresh.url}/v1/clusters`, {
        method: 'POST',
        headers: { 'x-auth-token': token, 'content-type': 'application/json' },
        body: JSON.stringify({ cluster_template_id: template, node_count: 1, ...fields }),
      });
      return { status: answer.status, text: await answer.text() };
    };
    await api.cloud.requests(); // what came before is of no interest
    try {
      return await work(create);
    } finally {
      await fresh.close();
    }
  }

  /** How often each thing was read since the last look at the simulator's log, as `service path`. */
  async function reads(): Promise<Map<string, number>> {
    const counts = new Map<string, number>();
    for (const { service, method, path } of await api.cloud.requests()) {
      if (method !== 'GET') continue;
      const read = `${service} ${path}`;
      counts.set(read, (counts.get(read) ?? 0) + 1);
    }
    return counts;
  }
  /** What is in use changes with every cluster: it is no look-up, and never kept. */
  const isAboutQuotas = (read: string): boolean => /quota|\/limits|\/stacks|\/server-groups|\/os-server-groups/.test(read);

  it('looks each name up exactly once, and validates the token once', async () => {
    const [answers, seen] = await withFreshApi(async (create) => {
      const burst = await Promise.all(Array.from({ length: creates }, (_, index) => create({ name: `burst-${index}` })));
      return [burst, await reads()];
    });
    expect(answers.filter(({ status }) => status !== 202)).toEqual([]);
    const lookUps = [...seen].filter(([read]) => !isAboutQuotas(read));
    expect(lookUps.filter(([, count]) => count !== 1)).toEqual([]);
    const lookedUp = lookUps.map(([read]) => read).join('\n');
    for (const thing of ['identity /v3/auth/tokens', 'image ', 'flavors/', 'keypairs/demo', 'networks?name=public']) expect(lookedUp).toContain(thing);
    const without = creates * lookUps.length;
    expect((100 * (without - lookUps.length)) / without).toBeGreaterThanOrEqual(98);
  }, 120_000);

  it('reads what is in use anew for a create that comes later', async () => {
    await withFreshApi(async (create) => {
      for (const name of ['one', 'two']) {
        expect(await create({ name })).toMatchObject({ status: 202 });
        expect([...(await reads()).keys()].filter(isAboutQuotas)).not.toEqual([]);
      }
    });
  }, 60_000);

  it('asks again after a failure, and for what was missing', async () => {
    await withFreshApi(async (create) => {
      await api.cloud.fault({ service: 'image', method: 'GET', path: '/v2/images', times: 1, action: { status: 503 } });
      expect(await create({ name: 'unlucky' })).toMatchObject({ status: 503 });
      expect(await create({ name: 'unlucky' })).toMatchObject({ status: 202 });
      await reads();
      for (let time = 0; time < 2; time++) {
        expect(await create({ name: 'nothing', flavor_id: 'no-such-flavor' })).toMatchObject({ status: 400 });
        expect([...(await reads()).keys()].filter((read) => read.includes('no-such-flavor'))).not.toEqual([]);
      }
    });
  }, 60_000);
});
