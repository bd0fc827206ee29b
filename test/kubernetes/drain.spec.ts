import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { ClusterClient } from '../../src/kubernetes/cluster-client.js';
import type { PodEvent } from '../../src/kubernetes/pod-watch.js';
import { drainNode, type DrainOrder, type DrainPass } from '../../src/kubernetes/drain/drain-node.js';
import { holdAnnotation } from '../../src/kubernetes/drain/classify-pods.js';
import { explainDrain } from '../../src/kubernetes/drain/drain-progress.js';
import { EvictionPauses } from '../../src/kubernetes/drain/eviction-pauses.js';
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

/** 1.20 knows evictions and budgets as policy/v1beta1 only, 1.32 as policy/v1 only. */
describe.each(['v1.20.15', 'v1.32.4'])('draining a node of a simulated cluster %s', (version) => {
  let cluster: TestCluster;
  let admin: Caller;
  let client: ClusterClient;
  const policyVersion = version < 'v1.25' ? 'v1beta1' : 'v1';
  const budgets = `/apis/policy/${policyVersion}/namespaces/default/poddisruptionbudgets`;

  beforeAll(async () => {
    cluster = await TestCluster.start(version, { nodeGraceSeconds: 2, podGraceMillisecondsMax: 200 });
    await cluster.joinNode('one');
    await cluster.installNetwork();
    admin = await cluster.admin();
    // What kubeadm brings would be drained with the rest.
    await remove('/apis/apps/v1/namespaces/kube-system/deployments/coredns');
    const identity = await issueClient(cluster.authority, 'jeroboam', ['system:masters']);
    const { host, port } = cluster.address;
    client = new ClusterClient(
      { clusterId: 'c', apiAddress: `https://${host}:${port}`, caPem: cluster.authority.certPem, certificatePem: identity.cert, privateKeyPem: identity.key },
      { connectTimeoutMs: 5_000, timeoutMs: 30_000, answerLimitBytes: 1_000_000 },
    );
  }, startMs);
  afterAll(async () => {
    await client.close();
    await cluster.stop();
  });
  afterEach(async () => {
    for (const { name } of await deploymentsNow()) await remove(`/apis/apps/v1/namespaces/default/deployments/${name}`);
    for (const { name } of await podsNow()) await remove(`/api/v1/namespaces/default/pods/${name}?gracePeriodSeconds=0`);
    await eventually('nothing is left', async () => (await podsNow()).length === 0 && (await namesOn('one', 'coredns')).length === 0, 30_000);
    await client.setUnschedulable('one', false);
  }, 60_000);

  const create = async (path: string, object: object): Promise<void> => {
    const { status, text } = await admin.call('POST', path, object);
    if (status !== 201) throw new Error(`POST ${path}: ${status} ${text}`);
  };
  const remove = async (path: string): Promise<void> => {
    await admin.call('DELETE', path);
  };
  const namesIn = async (path: string): Promise<{ name: string; isEnding: boolean; nodeName: string | undefined }[]> => {
    const { body } = await admin.call('GET', path);
    const { items } = body as { items: { metadata: { name: string; deletionTimestamp?: string }; spec: { nodeName?: string } }[] };
    return items.map(({ metadata, spec }) => ({ name: metadata.name, isEnding: metadata.deletionTimestamp !== undefined, nodeName: spec.nodeName }));
  };
  const deploymentsNow = () => namesIn('/apis/apps/v1/namespaces/default/deployments');
  const podsNow = () => namesIn('/api/v1/namespaces/default/pods');

  const onOne = { nodeSelector: { 'kubernetes.io/hostname': 'one' }, containers: [{ name: 'c', image: 'c:1' }] };

  async function deploy(name: string, replicas: number, spec: object = {}): Promise<void> {
    const labels = { app: name };
    const template = { metadata: { labels }, spec: { ...onOne, ...spec } };
    await create('/apis/apps/v1/namespaces/default/deployments', { metadata: { name }, spec: { replicas, selector: { matchLabels: labels }, template } });
    await runs(name, replicas);
  }

  const runs = (name: string, count = 1) => eventually(`${name} runs`, async () => (await namesOn('one', name)).length === count, 30_000);

  async function namesOn(node: string, prefix: string): Promise<string[]> {
    const found = await namesIn(`/api/v1/pods?fieldSelector=spec.nodeName%3D${node},status.phase%3DRunning`);
    return found.filter(({ name, isEnding }) => name.startsWith(prefix) && !isEnding).map(({ name }) => name);
  }

  async function guard(name: string, app: string): Promise<void> {
    await create(budgets, { metadata: { name }, spec: { minAvailable: 2, selector: { matchLabels: { app } } } });
    await eventually('the budget counts', async () => {
      const { body } = await admin.call('GET', `${budgets}/${name}`);
      return (body as { status?: { currentHealthy?: number } }).status?.currentHealthy === 2;
    });
  }

  /** The node is closed with the first pass; what is younger came later. */
  const order = (changes: Partial<DrainOrder> = {}): DrainOrder => ({ nodeName: 'one', policy, cordonedAt: new Date(), now: new Date(), ...changes });
  const pass = (changes: Partial<DrainOrder> = {}): Promise<DrainPass> => drainNode(client, order(changes));
  const isDone = ({ waitingFor, attachedVolumes }: DrainPass): boolean => waitingFor.length === 0 && attachedVolumes.length === 0;
  const drained = (changes: Partial<DrainOrder> = {}) => eventually('the node is drained', async () => isDone(await pass(changes)), 30_000);

  it('asks what may go, waits for what a budget protects and says which, and ends when that is lifted', async () => {
    await deploy('free', 3);
    await deploy('guarded', 2);
    await guard('guard', 'guarded');
    await pass();
    const blocked = await eventually('only the guarded pods are left', async () => {
      const seen = await pass();
      return seen.waitingFor.every(({ kind }) => kind === 'blocked') && seen;
    });
    expect(blocked.waitingFor.map(({ pod, kind }) => [pod.name.split('-')[0], kind])).toEqual([
      ['guarded', 'blocked'],
      ['guarded', 'blocked'],
    ]);
    expect(explainDrain(blocked)).toMatch(/pod default\/guarded-\S+ \(The disruption budget guard needs 2 healthy pods and has 2 currently\)/);
    expect(await namesOn('one', 'guarded')).toHaveLength(2);
    expect(await client.listDisruptionBudgets()).toMatchObject([{ name: 'guard', matchLabels: { app: 'guarded' }, disruptionsAllowed: 0, currentHealthy: 2, desiredHealthy: 2 }]);

    await remove(`${budgets}/guard`);
    await drained();
    expect(await namesOn('one', 'guarded')).toEqual([]);
    // The network plug-in's pod is a DaemonSet's: it ends with the node.
    expect(await namesOn('one', 'flannel')).toHaveLength(1);
    const { body } = await admin.call('GET', '/api/v1/nodes/one');
    expect(body).toMatchObject({ spec: { unschedulable: true } });
    await client.setUnschedulable('one', false);
    expect((await admin.call('GET', '/api/v1/nodes/one')).body).not.toMatchObject({ spec: { unschedulable: true } });
  }, 60_000);

  it('does not ask again before the pause after a refusal is over', async () => {
    await deploy('torn', 2);
    await guard('first', 'torn');
    await guard('second', 'torn');
    const pauses = new EvictionPauses();
    const { waitingFor } = await pass({ pauses });
    expect(waitingFor.map(({ kind, because }) => [kind, because])).toEqual(Array(2).fill(['blocked', expect.stringContaining('more than one PodDisruptionBudget')]));
    await remove(`${budgets}/first`);
    await remove(`${budgets}/second`);
    // Nothing stands in the way any more, but only a person changes such a thing: it is asked again in half a minute.
    expect((await pass({ pauses })).waitingFor).toHaveLength(2);
    expect(await namesOn('one', 'torn')).toHaveLength(2);
    expect(pauses.shortestPause(waitingFor.map(({ pod }) => pod.uid), performance.now())).toBeGreaterThan(0);
  }, 60_000);

  it('by force takes what budgets and the policy keep, within its grace, and still leaves alone what is on hold', async () => {
    await deploy('guarded', 2);
    await guard('guard', 'guarded');
    await create('/api/v1/namespaces/default/pods', { metadata: { name: 'bare' }, spec: onOne });
    await create('/api/v1/namespaces/default/pods', { metadata: { name: 'held', annotations: { [holdAnnotation]: 'payroll until noon' } }, spec: onOne });
    await runs('bare');
    await runs('held');
    const keeping = { policy: { unmanagedPods: 'keep', localStorage: 'evict' } } as const;
    expect((await pass(keeping)).waitingFor.map(({ pod, kind }) => [pod.name.split('-')[0], kind])).toEqual(
      expect.arrayContaining([
        ['bare', 'kept'],
        ['held', 'held'],
        ['guarded', 'blocked'],
      ]),
    );
    const last = await eventually(
      'only the held pod is left',
      async () => {
        const seen = await pass({ ...keeping, force: true });
        return seen.waitingFor.length === 1 && seen;
      },
      30_000,
    );
    expect(explainDrain(last)).toBe('pod default/held (payroll until noon)');
    expect(await namesOn('one', 'held')).toHaveLength(1);
    await remove(`${budgets}/guard`);
  }, 60_000);

  it('does not touch a node on hold', async () => {
    await deploy('web', 1);
    const annotate = (value: string | null) =>
      admin.call('PATCH', '/api/v1/nodes/one', { metadata: { annotations: { [holdAnnotation]: value } } }, { 'content-type': 'application/merge-patch+json' });
    await annotate('inventory');
    expect(await pass()).toMatchObject({ node: { hold: 'inventory', unschedulable: false }, waitingFor: [] });
    expect(await namesOn('one', 'web')).toHaveLength(1);
    await annotate(null);
    expect((await pass()).waitingFor).toHaveLength(1);
  }, 60_000);

  it('evicts a pod that tolerates the cordon once, and lets be the one that comes back', async () => {
    await deploy('stubborn', 1, { tolerations: [{ operator: 'Exists' }] });
    const [first] = await namesOn('one', 'stubborn');
    // Times of objects have whole seconds: the node is closed in a later one than the pod was made in.
    const { now: cordonedAt } = await eventually('the next second', async () => {
      const { items } = (await admin.call('GET', '/api/v1/namespaces/default/pods')).body as { items: { metadata: { creationTimestamp: string } }[] };
      const now = new Date();
      return items.every(({ metadata }) => now.getTime() - Date.parse(metadata.creationTimestamp) > 1_000) && { now };
    });
    await pass({ cordonedAt });
    await eventually('its successor runs', async () => (await namesOn('one', 'stubborn')).some((name) => name !== first), 30_000);
    await drained({ cordonedAt });
    await runs('stubborn');
  }, 60_000);

  it('waits until the volumes of what has left are detached, and for no others', async () => {
    const volume = async (name: string): Promise<void> => {
      const claimRef = { namespace: 'default', name };
      await create('/api/v1/persistentvolumes', { metadata: { name: `pv-${name}` }, spec: { capacity: { storage: '1Gi' }, accessModes: ['ReadWriteOnce'], claimRef, csi: { driver: 'cinder.csi.openstack.org', volumeHandle: name } } });
      await create('/api/v1/namespaces/default/persistentvolumeclaims', {
        metadata: { name },
        spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } }, volumeName: `pv-${name}` },
      });
    };
    const using = (claimName: string) => ({ volumes: [{ name: 'data', persistentVolumeClaim: { claimName } }] });
    await volume('mine');
    await volume('daemons');
    await deploy('database', 1, using('mine'));
    const labels = { app: 'agent' };
    await create('/apis/apps/v1/namespaces/default/daemonsets', { metadata: { name: 'agent' }, spec: { selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { ...onOne, ...using('daemons') } } } });
    await eventually('both volumes are attached', async () => (await client.listVolumeAttachments('one')).length === 2, 30_000);
    expect(await client.listVolumeAttachments('elsewhere')).toEqual([]);
    const waits: string[] = [];
    await eventually(
      'the node is drained',
      async () => {
        const seen = await pass();
        waits.push(...seen.attachedVolumes);
        return isDone(seen);
      },
      30_000,
    );
    expect(new Set(waits)).toEqual(new Set(['pv-mine']));
    expect(await client.listVolumeAttachments('one')).toMatchObject([{ volumeName: 'pv-daemons' }]);
    await remove('/apis/apps/v1/namespaces/default/daemonsets/agent');
  }, 60_000);

  it('tells of pods that go while it is watched, and ends with its signal', async () => {
    await deploy('watched', 2);
    const events: PodEvent[] = [];
    const ending = new AbortController();
    let isOpen = false;
    const watching = client.watchPods({ nodeName: 'one', signal: ending.signal, timeoutMs: 60_000, onOpen: () => (isOpen = true), onPod: (event) => events.push(event) });
    await eventually('the watch is open', () => isOpen, 30_000);
    expect(events).toEqual([]);
    await pass();
    await eventually('both are gone', () => events.filter(({ kind, name }) => kind === 'gone' && name.startsWith('watched')).length === 2, 30_000);
    ending.abort();
    await watching;
    await expect(client.watchPods({ signal: AbortSignal.timeout(60_000), timeoutMs: 200, onOpen: () => undefined, onPod: () => undefined })).resolves.toBeUndefined();
  }, 60_000);

  it('finds nothing to do for a node that the cluster does not know', async () => {
    expect(await pass({ nodeName: 'nowhere' })).toMatchObject({ node: undefined, waitingFor: [], retryAfterSeconds: null, attachedVolumes: [] });
  });

  it('frees the pods of a machine that is off for certain, and forgets it when it is deleted', async () => {
    await cluster.joinNode('dead');
    await eventually('it is Ready', async () => (await client.findDrainedNode('dead')).node?.ready === 'True', 30_000);
    await create('/api/v1/namespaces/default/pods', { metadata: { name: 'stranded' }, spec: { ...onOne, nodeSelector: { 'kubernetes.io/hostname': 'dead' } } });
    await eventually('stranded runs', async () => (await namesOn('dead', 'stranded')).length === 1, 30_000);
    await cluster.host.serverStopped('server-dead');
    await eventually('it is silent', async () => (await client.findDrainedNode('dead')).node?.ready === 'Unknown', 60_000);
    expect((await pass({ nodeName: 'dead' })).waitingFor).toHaveLength(1);
    await client.setOutOfService('dead');
    await client.setOutOfService('dead');
    await eventually('its pod is gone', async () => !(await podsNow()).some(({ name }) => name === 'stranded'), 30_000);
    await client.deleteNode('dead');
    await client.deleteNode('dead');
    expect((await client.findDrainedNode('dead')).node).toBeUndefined();
  }, 120_000);
});
