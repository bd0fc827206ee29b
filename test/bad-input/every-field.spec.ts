import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startMs } from '../support/start-ms.js';
import { jsonObject, type JsonText } from './hostile-json.js';
import { labelNames } from './hostile-request.js';
import { changesInCloud, meetRequest } from './meet-request.js';
import { apiOperations, resolved } from './openapi.js';
import { startWorld, type World } from './world.js';

/** Each field of each body once with each of the values that break programs most often: what a generator meets by luck only. */
let world: World;
beforeAll(async () => {
  world = await startWorld();
}, startMs);
afterAll(() => world.stop());

const timeoutMs = 600_000;

const texts: readonly JsonText[] = ['""', '"a\\u0000b"', '"\\ud800"', '"."', '".."', '"a\\nb"', '"\'\\"`$(id)\\\\;%s{{x}}"', '"\\u2028"', JSON.stringify('x'.repeat(256)), '"__proto__"'];
const numbers: readonly JsonText[] = ['null', '-1', '0', '2147483647', '2147483648', '1e400', '1.5', 'true'];
const shapes: readonly JsonText[] = ['[]', '{}', '{"__proto__":{"a":"b"}}', '{"a":"\\u0000"}', `${'['.repeat(2_000)}${']'.repeat(2_000)}`];
const everything = [...texts, ...numbers, ...shapes];

const good: Readonly<Record<string, Readonly<Record<string, JsonText>>>> = {
  createClusterTemplate: { coe: '"kubernetes"', image_id: '"ubuntu-2404-kube-v1.32.4"' },
  createCluster: { cluster_template_id: '"gold"' },
  createNodeGroup: { name: '"gpu"' },
  resizeCluster: { node_count: '1' },
  replaceNodes: { nodes: '["nobody"]' },
  upgradeCluster: { cluster_template: '"gold"' },
  signCertificate: { cluster_uuid: '"complete"', csr: '"x"' },
};
/** Of the cluster that is complete, where the path names one. */
const targetOf = (id: string): string => (operationOf(id)?.path ?? '').replace('{cluster}', 'complete');
const operationOf = (id: string) => apiOperations.find((operation) => operation.id === id);

async function send(id: string, target: string, body: JsonText): Promise<void> {
  const operation = operationOf(id);
  if (!operation) throw new Error(`the document has no ${id}`);
  try {
    await meetRequest(world, { method: operation.method, target, headers: [['OpenStack-API-Version', 'container-infra latest']], as: 'demo', body }, operation);
  } catch (error) {
    throw new Error(`${operation.method} ${target} ${body.slice(0, 300)}`, { cause: error });
  }
}

/** Bodies that are one of several, or that meet an operation, which there is none of here: openapi-requests sends them. */
const elsewhere = ['planChange', 'skipNode'];

describe('every field of a body', () => {
  it('has its operation here', () => {
    const withBody = apiOperations.filter(({ body }) => body !== undefined).map(({ id }) => id);
    expect(withBody.sort()).toEqual([...Object.keys(good), 'updateCluster', 'updateClusterTemplate', 'updateNodeGroup', ...elsewhere].sort());
  });

  it.each(Object.entries(good))(
    'of %s',
    async (id, members) => {
      const operation = operationOf(id);
      const fields = Object.keys(resolved(operation?.body ?? {}).properties ?? {});
      expect(fields).toEqual(expect.arrayContaining(Object.keys(members)));
      expect(fields.length).toBeGreaterThan(1);
      for (const field of fields) {
        for (const value of everything) await send(id, targetOf(id), jsonObject(Object.entries({ ...members, [field]: value })));
      }
    },
    timeoutMs,
  );

  it(
    'and every label of a new cluster',
    async () => {
      for (const label of labelNames) {
        const values = [...texts, '"999999"', '"5"', '"true"', '"010.0.0.0/8"', '"10.1.0.0/16"', '-1', '1e21', 'null', '[]'];
        for (const value of values) await send('createCluster', '/v1/clusters', `{"cluster_template_id":"gold","labels":{${JSON.stringify(label)}:${value}}}`);
      }
    },
    timeoutMs,
  );

  it.each([
    ['updateCluster', '/v1/clusters/complete', 'Cluster'],
    ['updateClusterTemplate', '/v1/clustertemplates/unused', 'ClusterTemplate'],
    ['updateNodeGroup', '/v1/clusters/complete/nodegroups/default-worker', 'NodeGroup'],
  ])(
    'and every path of %s',
    async (id, target, schema) => {
      const attributes = Object.keys(resolved({ $ref: `#/components/schemas/${schema}` }).properties ?? {});
      const deeper = ['labels', 'health_status_reason'].flatMap((name) => ['x', 'constructor', '__proto__', 'toString/name', 'own', 'api'].map((key) => `${name}/${key}`));
      const values = [...texts, 'null', '2147483648', '"{\'a\': \'\\\\0\'}"', '"{\'__proto__\': \'b\'}"', '"{\'a\': [1]}"'];
      for (const path of [...attributes, ...deeper, 'name/length', 'links/0/href', 'constructor/keys']) {
        const op = path.includes('/') ? 'add' : 'replace';
        for (const value of values) await send(id, target, `[{"op":"${op}","path":"/${path}","value":${value}}]`);
        await send(id, target, `[{"op":"remove","path":"/${path}"}]`);
      }
    },
    timeoutMs,
  );

  it('left the cloud alone', async () => {
    expect(await changesInCloud(world)).toEqual([]);
  });
});
