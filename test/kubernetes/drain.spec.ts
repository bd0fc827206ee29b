import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ClusterClient } from '../../src/kubernetes/cluster-client.js';
import { drainNode } from '../../src/kubernetes/drain/drain-node.js';
import { explainDrain, type DrainProgress } from '../../src/kubernetes/drain/drain-progress.js';
import { readEvictionAnswer } from '../../src/kubernetes/drain/eviction.js';
import { podListSchema, type Pod } from '../../src/kubernetes/drain/pod.js';
import type { Caller } from '../sim/kubernetes/api-caller.js';
import { issueClient } from '../sim/kubernetes/cluster-pki.js';
import { eventually } from '../sim/kubernetes/eventually.js';
import { TestCluster } from '../sim/kubernetes/test-cluster.js';
import { startMs } from '../support/start-ms.js';

const policy = { unmanagedPods: 'evict', localStorage: 'evict' } as const;

interface Recorded {
  readonly name: string;
  readonly request: { readonly path: string };
  readonly response: { readonly status: number; readonly body: unknown };
}

describe("a real API server's answers to evictions", () => {
  const folder = fileURLToPath(new URL('../golden/kubernetes/', import.meta.url));
  const recorded = readdirSync(folder)
    .filter((file) => /-eviction-/.test(file))
    .map((file) => JSON.parse(readFileSync(`${folder}${file}`, 'utf8')) as Recorded);
  const podOf = ({ request }: Recorded): Pod => {
    const [, , , , namespace = '', , name = ''] = request.path.split('/');
    const bare = { metadata: { namespace, name, uid: 'u', creationTimestamp: '2026-03-01T12:00:00Z' }, spec: {} };
    const [pod] = podListSchema.parse({ items: [bare] }).items;
    if (!pod) throw new Error('one pod went in');
    return pod;
  };
  const read = (exchange: Recorded): string => {
    try {
      const { status, body } = exchange.response;
      return readEvictionAnswer('c', podOf(exchange), { status, text: JSON.stringify(body) }).kind;
    } catch (error) {
      return error instanceof Error ? error.constructor.name : String(error);
    }
  };

  /** What is meant by answers that say something of the pod; any other status is an error for the caller. */
  const meanings: Readonly<Record<number, string>> = { 201: 'asked', 404: 'gone', 409: 'gone', 429: 'blocked', 500: 'conflicting' };

  it('are all understood', () => {
    expect(recorded.length).toBeGreaterThan(8);
    const expected = ({ name, response }: Recorded): string => (name.includes('namespace-terminating') ? 'asked' : (meanings[response.status] ?? `ClusterRefusedError`));
    expect(recorded.map((exchange) => [exchange.name, read(exchange)])).toEqual(recorded.map((exchange) => [exchange.name, expected(exchange)]));
  });
});

describe('draining a node of a simulated cluster', () => {
  let cluster: TestCluster;
  let admin: Caller;
  let client: ClusterClient;
  const deployments = '/apis/apps/v1/namespaces/default/deployments';
  const budgets = '/apis/policy/v1/namespaces/default/poddisruptionbudgets';

  beforeAll(async () => {
    cluster = await TestCluster.start();
    await cluster.joinNode('one');
    await cluster.installNetwork();
    admin = await cluster.admin();
    const identity = await issueClient(cluster.authority, 'jeroboam', ['system:masters']);
    const { host, port } = cluster.address;
    client = new ClusterClient(
      { clusterId: 'c', apiAddress: `https://${host}:${port}`, caPem: cluster.authority.certPem, certificatePem: identity.cert, privateKeyPem: identity.key },
      { connectTimeoutMs: 5_000, timeoutMs: 10_000, answerLimitBytes: 1_000_000 },
    );
  }, startMs);
  afterAll(async () => {
    await client.close();
    await cluster.stop();
  });

  async function deploy(name: string, replicas: number): Promise<void> {
    const labels = { app: name };
    const template = { metadata: { labels }, spec: { nodeSelector: { 'kubernetes.io/hostname': 'one' }, containers: [{ name: 'c', image: 'c:1' }] } };
    await admin.call('POST', deployments, { metadata: { name }, spec: { replicas, selector: { matchLabels: labels }, template } });
    await eventually(`${name} runs`, async () => (await namesOn('one', name)).length === replicas);
  }

  async function namesOn(node: string, prefix: string): Promise<string[]> {
    const { body } = await admin.call('GET', `/api/v1/pods?fieldSelector=spec.nodeName%3D${node},status.phase%3DRunning`);
    return (body as { items: { metadata: { name: string; deletionTimestamp?: string } }[] }).items
      .filter(({ metadata }) => metadata.name.startsWith(prefix) && metadata.deletionTimestamp === undefined)
      .map(({ metadata }) => metadata.name);
  }

  const pass = (): Promise<DrainProgress> => drainNode(client, { nodeName: 'one', policy, cordonedAt: new Date(), now: new Date() });

  it('asks what may go, waits for what a budget protects and says which, and ends when that is lifted', async () => {
    await deploy('free', 3);
    await deploy('guarded', 2);
    await admin.call('POST', budgets, { metadata: { name: 'guard' }, spec: { minAvailable: 2, selector: { matchLabels: { app: 'guarded' } } } });
    await eventually('the budget counts', async () => {
      const { body } = await admin.call('GET', `${budgets}/guard`);
      return (body as { status?: { currentHealthy?: number } }).status?.currentHealthy === 2;
    });

    await pass();
    let blocked = await pass();
    await eventually('only the guarded pods are left', async () => {
      blocked = await pass();
      return blocked.waitingFor.every(({ kind }) => kind === 'blocked');
    });
    expect(blocked.waitingFor.map(({ pod, kind }) => [pod.name.split('-')[0], kind])).toEqual([
      ['guarded', 'blocked'],
      ['guarded', 'blocked'],
    ]);
    expect(explainDrain(blocked)).toMatch(/pod default\/guarded-\S+ \(The disruption budget guard needs 2 healthy pods and has 2 currently\)/);
    expect(await namesOn('one', 'guarded')).toHaveLength(2);

    await admin.call('DELETE', `${budgets}/guard`);
    await eventually('the node is drained', async () => (await pass()).waitingFor.length === 0);
    expect(await namesOn('one', 'guarded')).toEqual([]);
    // The network plug-in's pod is a DaemonSet's: it ends with the node.
    expect(await namesOn('one', 'flannel')).toHaveLength(1);
    const { body } = await admin.call('GET', '/api/v1/nodes/one');
    expect(body).toMatchObject({ spec: { unschedulable: true } });
    await client.setUnschedulable('one', false);
    expect((await admin.call('GET', '/api/v1/nodes/one')).body).not.toMatchObject({ spec: { unschedulable: true } });
  }, 60_000);

  it('finds nothing to do for a node that the cluster does not know', async () => {
    const now = new Date();
    expect(await drainNode(client, { nodeName: 'nowhere', policy, cordonedAt: now, now })).toMatchObject({ node: undefined, waitingFor: [], retryAfterSeconds: null, attachedVolumes: [] });
  });
});
