import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { caller } from './kubernetes/api-caller.js';
import { eventually } from './kubernetes/eventually.js';
import { TestCluster } from './kubernetes/test-cluster.js';

interface NodeView {
  metadata: { name: string; uid: string };
  spec: { taints?: { key: string; effect: string }[]; providerID?: string };
  status: { conditions: { type: string; status: string; reason: string; message: string }[]; addresses: { type: string; address: string }[] };
}

const nodesPath = '/api/v1/nodes';
const configMaps = '/api/v1/namespaces/default/configmaps';
const clusters: TestCluster[] = [];

async function start(...options: Parameters<typeof TestCluster.start>): Promise<TestCluster> {
  const cluster = await TestCluster.start(...options);
  clusters.push(cluster);
  return cluster;
}

async function node(cluster: TestCluster, name: string): Promise<NodeView | undefined> {
  const { status, body } = await (await cluster.admin()).call('GET', `${nodesPath}/${name}`);
  return status === 200 ? (body as NodeView) : undefined;
}

const ready = (view: NodeView | undefined): string | undefined => view?.status.conditions.find(({ type }) => type === 'Ready')?.status;
const becomes = (cluster: TestCluster, name: string, status: string): Promise<NodeView> =>
  eventually(`${name} is Ready=${status}`, async () => {
    const view = await node(cluster, name);
    return ready(view) === status && view;
  });

const revisionOf = async (cluster: TestCluster): Promise<number> => Number(((await (await cluster.admin()).call('GET', nodesPath)).body as { metadata: { resourceVersion: string } }).metadata.resourceVersion);

afterEach(async () => {
  for (const cluster of clusters.splice(0)) await cluster.stop();
});

describe('a control plane', () => {
  it('comes back with its objects, identity and growing revisions', async () => {
    const cluster = await start();
    await cluster.joinNode('worker');
    const admin = await cluster.admin();
    await admin.call('POST', configMaps, { metadata: { name: 'kept' }, data: { a: 'b' } });
    await admin.call('POST', configMaps, { metadata: { name: 'dropped' } });
    await admin.call('DELETE', `${configMaps}/dropped`);
    const before = { revision: await revisionOf(cluster), node: await node(cluster, 'worker'), members: cluster.host.describe?.()[0]?.['etcd_members'] };
    await cluster.host.serverStopped('server-cp');
    await cluster.host.startControlPlane(cluster.controlPlane('resume'));
    const again = await cluster.admin();
    expect((await again.call('GET', `${configMaps}/kept`)).body).toMatchObject({ data: { a: 'b' } });
    expect((await again.call('GET', `${configMaps}/dropped`)).status).toBe(404);
    expect((await node(cluster, 'worker'))?.metadata.uid).toBe(before.node?.metadata.uid);
    expect(cluster.host.describe?.()[0]?.['etcd_members']).toEqual(before.members);
    expect(await revisionOf(cluster)).toBeGreaterThanOrEqual(before.revision);
  });

  it('is not bootstrapped over data, nor resumed without any', async () => {
    const cluster = await start();
    await cluster.host.serverStopped('server-cp');
    await expect(cluster.host.startControlPlane(cluster.controlPlane('init'))).rejects.toThrow('is not empty');
    const empty = join(cluster.directory, 'empty');
    await expect(cluster.host.startControlPlane(cluster.controlPlane('resume', { etcdDir: empty }))).rejects.toThrow('holds no member');
    mkdirSync(join(empty, 'lost+found'), { recursive: true });
    await expect(cluster.host.startControlPlane(cluster.controlPlane('init', { etcdDir: empty }))).resolves.toBeUndefined();
  });

  it('refuses keys that do not belong to their certificates', async () => {
    const cluster = await start();
    await cluster.host.serverStopped('server-cp');
    copyFileSync(join(cluster.directory, 'pki/front-proxy-ca.key'), join(cluster.directory, 'pki/ca.key'));
    await expect(cluster.host.startControlPlane(cluster.controlPlane('resume'))).rejects.toThrow('ca.key does not belong to ca.crt');
  });

  it('listens on a floating address for as long as it is associated', async () => {
    const cluster = await start();
    const { addresses } = cluster.context;
    addresses.associate('server-cp', '127.99.3.10');
    await eventually('the floating address answers', () => cluster.address.host === '127.99.3.10');
    expect(cluster.host.describe?.()[0]?.['addresses']).toContain('127.99.3.10:6443');
    addresses.associate('server-cp', null);
    await eventually('only the loopback is left', () => cluster.address.host === '127.0.0.1');
    expect((await (await cluster.admin()).call('GET', '/readyz')).text).toBe('ok');
  });

  it('of three members works while two of them run', async () => {
    const cluster = await start();
    const member = (number: number, mode: 'join' | 'resume'): Parameters<typeof cluster.host.startControlPlane>[0] => {
      const address = `10.0.0.${5 + number}`;
      cluster.context.addresses.addServer(`server-cp-${number}`, address);
      return cluster.controlPlane(mode, { serverId: `server-cp-${number}`, nodeName: `control-plane-${number}`, etcdDir: join(cluster.directory, `etcd-${number}`), addresses: [address] });
    };
    await cluster.host.startControlPlane(member(1, 'join'));
    await cluster.host.startControlPlane(member(2, 'join'));
    await (await cluster.admin()).call('POST', configMaps, { metadata: { name: 'first' } });
    await cluster.host.serverStopped('server-cp-1');
    expect((await (await cluster.admin()).call('POST', configMaps, { metadata: { name: 'second' } })).status).toBe(201);
    await cluster.host.serverStopped('server-cp-2');
    expect((await (await cluster.admin()).call('GET', '/readyz')).status).toBe(500);
    expect((await (await cluster.admin()).call('GET', configMaps)).status).toBe(500);
    // All down; the stale one comes back first, then one that knows better.
    await cluster.host.serverStopped('server-cp');
    await cluster.host.startControlPlane(member(1, 'resume'));
    await cluster.host.startControlPlane(member(2, 'resume'));
    const names = ((await (await cluster.admin('10.0.0.6')).call('GET', configMaps)).body as { items: { metadata: { name: string } }[] }).items.map(({ metadata }) => metadata.name);
    expect(names).toEqual(expect.arrayContaining(['first', 'second']));
  });
});

describe('a joining node', () => {
  it('registers with its addresses and provider id, and is Ready once the network runs on it', async () => {
    const cluster = await start();
    cluster.context.addresses.associate('server-worker', '127.99.3.20');
    await cluster.joinNode('worker', { labels: { pool: 'a' } });
    const before = await becomes(cluster, 'worker', 'False');
    expect(before.spec).toMatchObject({ providerID: 'openstack:///server-worker', taints: [{ key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' }] });
    expect(before.status.conditions.at(-1)).toMatchObject({ reason: 'KubeletNotReady', message: expect.stringContaining('cni') });
    expect(before.status.addresses.map(({ type }) => type)).toEqual(['InternalIP', 'ExternalIP', 'Hostname']);
    await cluster.installNetwork();
    const after = await eventually('the taint is gone', async () => {
      const view = await node(cluster, 'worker');
      return view?.spec.taints === undefined && view;
    });
    expect(ready(after)).toBe('True');
    cluster.context.addresses.associate('server-worker', null);
    await eventually('the node no longer shows the floating address', async () => (await node(cluster, 'worker'))?.status.addresses.every(({ type }) => type !== 'ExternalIP'));
  });

  it.each([
    { what: 'an unknown token', token: 'aaaaaa.0123456789abcdef' },
    { what: 'a wrong secret', token: 'abcdef.aaaaaaaaaaaaaaaa' },
    { what: 'a malformed token', token: 'nonsense' },
  ])('is refused with $what', async ({ token }) => {
    const cluster = await start();
    await expect(cluster.joinNode('worker', { token })).rejects.toThrow('bootstrap token');
    expect(await node(cluster, 'worker')).toBeUndefined();
  });

  it.each([
    { what: 'expired', change: { stringData: { expiration: '2020-01-01T00:00:00Z' } } },
    { what: 'not meant for authentication', change: { stringData: { 'usage-bootstrap-authentication': 'false' } } },
  ])('is refused with a token that is $what', async ({ change }) => {
    const cluster = await start();
    const admin = await cluster.admin();
    await admin.call('PATCH', '/api/v1/namespaces/kube-system/secrets/bootstrap-token-abcdef', change, { 'content-type': 'application/merge-patch+json' });
    await expect(cluster.joinNode('worker')).rejects.toThrow('bootstrap token');
  });

  it('is refused when nobody listens', async () => {
    const cluster = await start();
    await cluster.host.serverStopped('server-cp');
    await expect(cluster.joinNode('worker')).rejects.toThrow('connection refused');
  });

  it('needs no token again after a reboot', async () => {
    const cluster = await start();
    const stateDir = join(cluster.directory, 'kubelet');
    await cluster.joinNode('worker', { stateDir });
    await (await cluster.admin()).call('DELETE', '/api/v1/namespaces/kube-system/secrets/bootstrap-token-abcdef');
    await cluster.host.serverStopped('server-worker');
    await cluster.joinNode('worker', { stateDir });
    await cluster.installNetwork();
    expect(ready(await node(cluster, 'worker'))).toBe('True');
  });

  it('finds cluster-info without credentials, signed with its token', async () => {
    const cluster = await start();
    const nobody = caller(cluster.address, cluster.authority.certPem);
    const signed = await eventually('the signature is there', async () => {
      const { body } = await nobody.call('GET', '/api/v1/namespaces/kube-public/configmaps/cluster-info');
      const { data } = body as { data: Record<string, string> };
      return data['jws-kubeconfig-abcdef'] === undefined ? undefined : data;
    });
    expect(signed['kubeconfig']).toContain('certificate-authority-data');
    expect(signed['jws-kubeconfig-abcdef']).toMatch(/^[\w-]+\.\.[\w-]+$/);
  });
});

describe('a node that is lost', () => {
  it('becomes Unknown, its pods move, and those of the deleted node are collected', async () => {
    const cluster = await start('v1.32.4', { nodeGraceSeconds: 1 });
    for (const name of ['worker-0', 'worker-1']) await cluster.joinNode(name);
    await cluster.installNetwork();
    const admin = await cluster.admin();
    const pods = async (): Promise<{ node?: string; phase: string }[]> => {
      const { body } = await admin.call('GET', '/api/v1/namespaces/default/pods');
      const { items } = body as { items: { spec: { nodeName?: string }; status: { phase: string } }[] };
      return items.map(({ spec, status }) => ({ ...(spec.nodeName !== undefined && { node: spec.nodeName }), phase: status.phase }));
    };
    // It tolerates an unreachable node for no second, so that it is evicted at once.
    const tolerations = ['not-ready', 'unreachable'].map((name) => ({ key: `node.kubernetes.io/${name}`, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 0 }));
    await admin.call('POST', '/apis/apps/v1/namespaces/default/deployments', {
      metadata: { name: 'web' },
      spec: { replicas: 1, selector: { matchLabels: { app: 'web' } }, template: { metadata: { labels: { app: 'web' } }, spec: { nodeSelector: { 'kubernetes.io/os': 'linux' }, tolerations, containers: [{ name: 'c', image: 'web:1' }] } } },
    });
    const home = await eventually('the pod runs', async () => (await pods()).find(({ phase }) => phase === 'Running')?.node);
    const endpoint = String(cluster.host.describe?.()[0]?.['endpoint']);
    cluster.host.disturb?.(endpoint, { node: home, kubelet: 'silent' });
    await becomes(cluster, home, 'Unknown');
    await eventually('it is tainted as unreachable', async () => (await node(cluster, home))?.spec.taints?.some(({ key }) => key === 'node.kubernetes.io/unreachable'));
    await eventually('it runs on the other node', async () => (await pods()).some(({ node: at, phase }) => at !== home && phase === 'Running'));
    expect(await pods()).toHaveLength(2);
    await admin.call('DELETE', `${nodesPath}/${home}`);
    await eventually('the pod of the lost node is gone', async () => (await pods()).length === 1);
  });

  it('is Ready again when its kubelet speaks again', async () => {
    const cluster = await start('v1.32.4', { nodeGraceSeconds: 1 });
    await cluster.joinNode('worker');
    await cluster.installNetwork();
    const endpoint = String(cluster.host.describe?.()[0]?.['endpoint']);
    cluster.host.disturb?.(endpoint, { node: 'worker', kubelet: 'silent' });
    await becomes(cluster, 'worker', 'Unknown');
    cluster.host.disturb?.(endpoint, { node: 'worker', kubelet: 'alive' });
    await becomes(cluster, 'worker', 'True');
  });
});
