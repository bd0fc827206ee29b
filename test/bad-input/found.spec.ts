import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startApi, type ApiUnderTest } from '../api/api-under-test.js';
import { insertCluster, makeCluster, makeTemplate } from '../api/objects.js';
import { startMs } from '../support/start-ms.js';

/** What the generators found, each by its name: it stays found. */
let api: ApiUnderTest;
beforeAll(async () => {
  api = await startApi();
  const gold = await makeTemplate(api);
  await insertCluster(api, gold, { name: 'complete', health_status: 'HEALTHY', health_status_reason: { api: 'ok' } });
}, startMs);
afterAll(() => api.stop());

async function refuses(method: string, path: string, body: unknown, names: string): Promise<void> {
  const before = await api.dump();
  const answer = await api.call(method, path, { body });
  expect({ status: answer.status, detail: answer.at('errors.0.detail') }).toEqual({ status: 400, detail: expect.stringContaining(names) });
  expect(await api.dump()).toEqual(before);
}

const patch = (op: string, path: string, value: unknown): unknown => [{ op, path, value }];

describe('a reason of health', () => {
  it.each([
    { what: 'U+0000', operation: patch('add', '/health_status_reason/api-2', 'a\u0000b') },
    { what: 'half a surrogate pair', operation: patch('add', '/health_status_reason/api-2', 'a\ud800b') },
    { what: 'U+0000 in a literal', operation: patch('replace', '/health_status_reason', "{'api': '\\0'}") },
    { what: 'U+0000 in a name', operation: patch('replace', '/health_status_reason', "{'a\\0': 'x'}") },
  ])('with $what is refused, since PostgreSQL cannot hold it', ({ operation }) => refuses('PATCH', '/v1/clusters/complete', operation, 'health_status_reason'));
});

describe('a member __proto__', () => {
  it.each([
    { what: 'as it is', body: '{"coe":"kubernetes","image_id":"ubuntu-2404-kube-v1.32.4","labels":{"__proto__":"x","a":"b"}}' },
    { what: 'escaped', body: '{"coe":"kubernetes","image_id":"ubuntu-2404-kube-v1.32.4","labels":{"__pr\\u006fto__":"x","a":"b"}}' },
  ])('is refused rather than lost ($what)', ({ body }) => refuses('POST', '/v1/clustertemplates', body, '__proto__'));

  it('is refused in a literal too', () => refuses('PATCH', '/v1/clusters/complete', patch('replace', '/health_status_reason', "{'__proto__': 'x'}"), '__proto__'));
});

it('what every object has from birth is no label', () => refuses('PATCH', '/v1/clusters/complete', patch('replace', '/labels/constructor', 'x'), '/labels/constructor'));

describe('a name that is a step in a path', () => {
  it.each(['.', '..'])('%s is no flavor, and no other resource is asked for', async (name) => {
    await api.cloud.requests();
    await refuses('POST', '/v1/clustertemplates', { coe: 'kubernetes', image_id: 'ubuntu-2404-kube-v1.32.4', flavor_id: name }, `flavor ${name}`);
    expect((await api.cloud.requests()).filter(({ service, path }) => service === 'nova' && !path.startsWith('/v2.1/flavors/detail'))).toEqual([]);
  });

  it.each(['.', '..'])('%s is no keypair', async (keypair) => {
    const answer = await api.call('POST', '/v1/clusters', { body: { name: 'x', cluster_template_id: 'gold', keypair } });
    expect({ status: answer.status, detail: answer.at('errors.0.detail') }).toEqual({ status: 404, detail: expect.stringContaining(`keypair ${keypair}`) });
  });
});

it('two milliards of workers are refused at once: counting their stacks one by one used up the memory', () =>
  refuses('POST', '/v1/clusters', { name: 'x', cluster_template_id: 'gold', node_count: 2_147_483_647 }, 'node_count'));

it('volumes whose sizes together pass 2^31 GiB do not keep the next cluster out', async () => {
  await makeCluster(api, { name: 'large', cluster_template_id: 'gold', docker_volume_size: 2_147_483_647 });
  await makeCluster(api, { name: 'small', cluster_template_id: 'gold' });
});
