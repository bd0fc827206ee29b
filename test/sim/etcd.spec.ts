import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { issueClientCertificate } from '../../src/kubernetes/certificates/certificate-authority.js';
import { ClusterClient } from '../../src/kubernetes/cluster-client.js';
import { ClusterRefusedError, ClusterUnreachableError } from '../../src/kubernetes/cluster-error.js';
import type { EtcdClient } from '../../src/kubernetes/etcd/etcd-client.js';
import { EtcdMemberNotFoundError, EtcdNotLeaderError, EtcdRefusedError, EtcdUnreachableError } from '../../src/kubernetes/etcd/etcd-error.js';
import { etcdOfNode } from '../../src/kubernetes/etcd/etcd-of-node.js';
import { PortForwardError } from '../../src/kubernetes/port-forward/port-forward-error.js';
import { until } from '../support/until.js';
import { issueClient } from './kubernetes/cluster-pki.js';
import { TestCluster } from './kubernetes/test-cluster.js';

const options = { connectTimeoutMs: 5_000, timeoutMs: 5_000, answerLimitBytes: 1_000_000 };
const nodes = ['control-plane', 'control-plane-1', 'control-plane-2'] as const;
const serverOf = (index: number): string => (index === 0 ? 'server-cp' : `server-cp-${index}`);
const addressOf = (index: number): string => `10.0.0.${5 + index}`;

/** The product's clients against the simulated API server over real HTTPS. One story in order. */
describe('etcd of a simulated cluster, through port-forward', () => {
  let cluster: TestCluster;
  const kubernetes: ClusterClient[] = [];
  const clients: EtcdClient[] = [];

  async function kubernetesAt(index: number, user = 'jeroboam', groups = ['system:masters']): Promise<ClusterClient> {
    const target = cluster.context.addresses.resolve(addressOf(index), 6443);
    if (!target) throw new Error(`no API server on machine ${index}`);
    const { cert, key } = await issueClient(cluster.authority, user, groups);
    const made = new ClusterClient({ clusterId: 'c1', apiAddress: `https://${target.host}:${target.port}`, caPem: cluster.authority.certPem, certificatePem: cert, privateKeyPem: key }, options);
    kubernetes.push(made);
    return made;
  }

  /** The member on one machine, seen through the API server of another. */
  async function etcd(index: number, through = index): Promise<EtcdClient> {
    const read = (file: string): string => readFileSync(join(cluster.directory, 'pki/etcd', file), 'utf8');
    const ca = { certificatePem: read('ca.crt'), privateKeyPem: read('ca.key') };
    const client = await issueClientCertificate(ca, { commonName: 'jeroboam', days: 2, now: new Date() });
    const made = etcdOfNode(await kubernetesAt(through), { clusterId: 'c1', nodeName: nodes[index] ?? '', caPem: ca.certificatePem, client }, options);
    clients.push(made);
    return made;
  }

  async function startMachine(index: number): Promise<void> {
    if (index > 0) {
      cluster.context.addresses.addServer(serverOf(index), addressOf(index));
      await cluster.host.startControlPlane(controlPlane(index, 'join'));
    }
    await cluster.host.startKubelet({
      ...{ serverId: serverOf(index), nodeName: nodes[index] ?? '', endpoint: '10.0.0.5:6443', addresses: [addressOf(index)] },
      ...{ kubernetesVersion: cluster.version, caPem: cluster.authority.certPem, bootstrapToken: 'abcdef.0123456789abcdef', role: 'control-plane' as const },
      ...{ providerId: `openstack:///${serverOf(index)}`, labels: {}, taints: [] },
    });
    const api = await cluster.admin();
    await until(async () => (await api.call('GET', `/api/v1/namespaces/kube-system/pods/etcd-${nodes[index] ?? ''}`)).status === 200, { what: `the etcd pod of ${nodes[index] ?? ''}` });
  }

  const controlPlane = (index: number, mode: 'init' | 'join' | 'resume', name = nodes[index] ?? ''): ReturnType<TestCluster['controlPlane']> =>
    cluster.controlPlane(mode, { serverId: serverOf(index), nodeName: name, addresses: [addressOf(index)], etcdDir: join(cluster.directory, index === 0 ? 'etcd' : `etcd-${index}`) });

  const idOf = async (name: string): Promise<string> => (await (await etcd(0)).listMembers()).members.find((member) => member.name === name)?.id ?? '';

  beforeAll(async () => {
    cluster = await TestCluster.start();
    await startMachine(0);
  }, 30_000);
  afterAll(async () => {
    await Promise.all(clients.map((client) => client.close()));
    await cluster.stop();
    await Promise.all(kubernetes.map((client) => client.close()));
  });

  it('says why there is no tunnel', async () => {
    const api = await kubernetesAt(0);
    await expect(api.portForward({ namespace: 'kube-system', pod: 'etcd-nobody', port: 2379 })).rejects.toThrow(/answered 404 .*pods "etcd-nobody" not found/);
    await expect(api.portForward({ namespace: 'kube-system', pod: 'etcd-nobody', port: 2379 })).rejects.toThrow(ClusterRefusedError);
    await expect(api.portForward({ namespace: 'kube-system', pod: 'etcd-control-plane', port: 0 })).rejects.toThrow(/answered 400 .*port/);
    const nobody = await kubernetesAt(0, 'nobody', []);
    await expect(nobody.portForward({ namespace: 'kube-system', pod: 'etcd-control-plane', port: 2379 })).rejects.toThrow(/answered 403 .*cannot get resource "pods\/portforward"/);
    const reason = new Error('the lease is lost');
    await expect(api.portForward({ namespace: 'kube-system', pod: 'etcd-control-plane', port: 2379 }, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });

  it('fails a stream to a port where nobody listens', async () => {
    const stream = await (await kubernetesAt(0)).portForward({ namespace: 'kube-system', pod: 'etcd-control-plane', port: 4 });
    const failure = await new Promise((resolve) => stream.once('error', resolve));
    expect(failure).toBeInstanceOf(PortForwardError);
    expect(String(failure)).toMatch(/Port 4 of pod kube-system\/etcd-control-plane in cluster c1 .*connection refused/);
  });

  it('ends a tunnel by its signal', async () => {
    const stop = new AbortController();
    const stream = await (await kubernetesAt(0)).portForward({ namespace: 'kube-system', pod: 'etcd-control-plane', port: 2379 }, { signal: stop.signal });
    const ended = new Promise((resolve) => stream.once('close', resolve));
    stream.on('error', () => undefined);
    stop.abort();
    await ended;
    expect(stream.destroyed).toBe(true);
  });

  it('shows the first member', async () => {
    const first = await etcd(0);
    const { members } = await first.listMembers();
    expect(members).toEqual([{ id: expect.stringMatching(/^\d+$/), name: 'control-plane', peerUrls: ['https://10.0.0.5:2380'], clientUrls: ['https://10.0.0.5:2379'], isLearner: false }]);
    expect(await first.status()).toMatchObject({ memberId: members[0]?.id, leaderId: members[0]?.id, isLearner: false, errors: [] });
    expect(await first.isHealthy()).toBe(true);
    expect(await first.listAlarms()).toEqual([]);
  });

  it('lets in nobody without a certificate of the etcd CA', async () => {
    const caPem = readFileSync(join(cluster.directory, 'pki/etcd/ca.crt'), 'utf8');
    const { cert, key } = await issueClient(cluster.authority, 'jeroboam');
    const stranger = etcdOfNode(await kubernetesAt(0), { clusterId: 'c1', nodeName: 'control-plane', caPem, client: { certificatePem: cert, privateKeyPem: key } }, options);
    clients.push(stranger);
    await expect(stranger.status()).rejects.toThrow(EtcdUnreachableError);
  });

  it('takes joining members as learners and promotes them', async () => {
    await startMachine(1);
    await startMachine(2);
    const { members } = await (await etcd(2)).listMembers();
    expect(members.map(({ name, isLearner }) => [name, isLearner])).toEqual(nodes.map((name) => [name, false]));
    expect((await (await etcd(1)).status()).leaderId).toBe(members[0]?.id);
    expect((await (await etcd(1, 2)).status()).memberId).toBe(members[1]?.id);
  });

  it('announces, refuses and removes learners', async () => {
    const first = await etcd(0);
    const learner = await first.addLearner('https://10.0.0.9:2380');
    expect(learner).toMatchObject({ name: '', isLearner: true });
    await expect(first.addLearner('https://10.0.0.9:2380')).rejects.toThrow(EtcdRefusedError);
    await expect(first.promoteLearner(learner.id)).rejects.toThrow(/caught up/);
    await first.updatePeerUrls(learner.id, ['https://10.0.0.10:2380']);
    expect((await first.removeMember(learner.id)).members).toHaveLength(3);
    await expect(first.removeMember(learner.id)).rejects.toThrow(EtcdMemberNotFoundError);
  });

  it('moves the lead', async () => {
    const second = await idOf(nodes[1]);
    await expect((await etcd(1)).moveLeader(second)).rejects.toThrow(EtcdNotLeaderError);
    await (await etcd(0)).moveLeader(second);
    expect((await (await etcd(2)).status()).leaderId).toBe(second);
  });

  it('streams a whole snapshot', async () => {
    const chunks: Buffer[] = [];
    const snapshot = await (await etcd(1)).saveSnapshot(new Writable({
      write: (chunk: Buffer, _encoding, done) => {
        chunks.push(chunk);
        done();
      },
    }));
    expect(Buffer.concat(chunks)).toHaveLength(snapshot.sizeBytes);
    expect(Buffer.concat(chunks).toString('utf8')).toContain('kube-system');
  });

  it('knows the same member by its data under a new name', async () => {
    const id = await idOf(nodes[2]);
    await cluster.host.serverStopped(serverOf(2));
    await cluster.host.startControlPlane(controlPlane(2, 'resume', 'another-name'));
    expect(await idOf('another-name')).toBe(id);
    await cluster.host.serverStopped(serverOf(2));
    await cluster.host.startControlPlane(controlPlane(2, 'resume'));
    expect(await idOf(nodes[2])).toBe(id);
  });

  it('removes a member for good: its API server is not ready, and its data are of no use', async () => {
    const third = await idOf(nodes[2]);
    const api = await kubernetesAt(2);
    await (await etcd(0)).removeMember(third);
    expect(await api.isReady()).toBe(false);
    await expect((await etcd(2, 0)).status()).rejects.toThrow(/connection refused/);
    await cluster.host.serverStopped(serverOf(2));
    await expect(cluster.host.startControlPlane(controlPlane(2, 'resume'))).rejects.toThrow(/permanently removed/);
  });

  it('is not ready without a quorum', async () => {
    const first = await etcd(0);
    const second = await idOf(nodes[1]);
    expect(await first.isHealthy()).toBe(true);
    await cluster.host.serverStopped(serverOf(1));
    expect(await (await kubernetesAt(0)).isReady()).toBe(false);
    await expect((await kubernetesAt(0)).portForward({ namespace: 'kube-system', pod: 'etcd-control-plane', port: 2379 })).rejects.toThrow(ClusterUnreachableError);
    // A tunnel that is open goes on.
    expect(await first.status()).toMatchObject({ leaderId: null, errors: ['etcdserver: no leader'] });
    expect(await first.isHealthy()).toBe(false);
    // Without a leader a change waits until its deadline, which cuts the tunnel; and there is no new one.
    await expect(first.removeMember(second, { timeoutMs: 500 })).rejects.toThrow(EtcdUnreachableError);
    await cluster.host.startControlPlane(controlPlane(1, 'resume'));
    expect(await first.isHealthy()).toBe(true);
    expect(await idOf(nodes[1])).toBe(second);
  });
});
