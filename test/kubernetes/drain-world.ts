import { join } from 'node:path';
import pino from 'pino';
import type { ClusterAccess } from '../../src/kubernetes/cluster-access.js';
import { ClusterClientFactory } from '../../src/kubernetes/cluster-client-factory.js';
import { drainNode } from '../../src/kubernetes/drain/drain-node.js';
import { EvictionPauses } from '../../src/kubernetes/drain/eviction-pauses.js';
import { WatchHub } from '../../src/conductor/watches/watch-hub.js';
import type { Caller } from '../sim/kubernetes/api-caller.js';
import { issueClient } from '../sim/kubernetes/cluster-pki.js';
import { eventually } from '../sim/kubernetes/eventually.js';
import { kubectl, writeKubeconfig } from '../sim/kubernetes/real-kubectl.js';
import { TestCluster } from '../sim/kubernetes/test-cluster.js';

const policy = { unmanagedPods: 'evict', localStorage: 'evict' } as const;

/** How soon ours looks again when nothing wakes it: the conductor's shortest pause (milliseconds). */
const pollMs = 1_000;

const deployments = '/apis/apps/v1/namespaces/default/deployments';
const pods = '/api/v1/namespaces/default/pods';

/** A simulated cluster with a node that both kubectl and ours can empty, again and again. */
export class DrainWorld {
  private constructor(
    private readonly cluster: TestCluster,
    private readonly admin: Caller,
    private readonly clients: ClusterClientFactory,
    private readonly access: ClusterAccess,
    private readonly kubeconfig: string,
  ) {}

  static async start(): Promise<DrainWorld> {
    const cluster = await TestCluster.start();
    await cluster.joinNode('one');
    await cluster.installNetwork();
    const admin = await cluster.admin();
    // What kubeadm brings would be drained with the rest.
    await admin.call('DELETE', '/apis/apps/v1/namespaces/kube-system/deployments/coredns');
    const identity = await issueClient(cluster.authority, 'admin', ['system:masters']);
    const { host, port } = cluster.address;
    const apiAddress = `https://${host}:${port}`;
    const kubeconfig = join(cluster.directory, 'kubeconfig');
    writeKubeconfig(kubeconfig, apiAddress, cluster.authority.certPem, identity);
    const access = { clusterId: 'c', apiAddress, caPem: cluster.authority.certPem, certificatePem: identity.cert, privateKeyPem: identity.key };
    const world = new DrainWorld(cluster, admin, new ClusterClientFactory({ connectTimeoutMs: 5_000, timeoutMs: 30_000, answerLimitBytes: 10_000_000 }), access, kubeconfig);
    await eventually(
      'CoreDNS is gone',
      async () => {
        const { body } = await admin.call('GET', '/api/v1/namespaces/kube-system/pods');
        return !(body as { items: { metadata: { name: string } }[] }).items.some(({ metadata }) => metadata.name.startsWith('coredns'));
      },
      30_000,
    );
    return world;
  }

  async create(path: string, object: object): Promise<void> {
    const { status, text } = await this.admin.call('POST', path, object);
    if (status !== 201) throw new Error(`POST ${path}: ${status} ${text}`);
  }

  /** A deployment whose pods fit nowhere but on the node. */
  async deploy(name: string, replicas: number, spec: object = {}): Promise<void> {
    const labels = { app: name };
    const template = { metadata: { labels }, spec: { ...onOne, ...spec } };
    await this.create(deployments, { metadata: { name }, spec: { replicas, selector: { matchLabels: labels }, template } });
    await this.untilRunning(name, replicas);
  }

  async barePod(name: string): Promise<void> {
    await this.create(pods, { metadata: { name }, spec: onOne });
    await this.untilRunning(name, 1);
  }

  untilRunning(prefix: string, count: number): Promise<unknown> {
    return eventually(`${count} pods of ${prefix} run`, async () => (await this.running(prefix)).length === count, 60_000);
  }

  /** Names of pods of namespace default that run on the node and are not asked to go. */
  async running(prefix: string): Promise<string[]> {
    const { body } = await this.admin.call('GET', `${pods}?fieldSelector=spec.nodeName%3Done,status.phase%3DRunning`);
    const { items } = body as { items: { metadata: { name: string; deletionTimestamp?: string } }[] };
    return items.filter(({ metadata }) => metadata.name.startsWith(prefix) && metadata.deletionTimestamp === undefined).map(({ metadata }) => metadata.name);
  }

  /** As the conductor does: one pass after the other, woken by the watch hub. Answers how long it took (milliseconds). */
  async drainOurs(): Promise<number> {
    const startedAt = performance.now();
    let wake = (): void => undefined;
    const ring = (): Promise<boolean> => {
      wake();
      return Promise.resolve(true);
    };
    const hub = new WatchHub({ clusters: this.clients, queue: { wake: ring }, log: pino({ level: 'silent' }), idleMs: 60_000 });
    const cordonedAt = new Date();
    const pauses = new EvictionPauses();
    try {
      for (;;) {
        const woken = new Promise<void>((resolve) => (wake = resolve));
        hub.holdPodsOf(this.access, 'drain', ['one']);
        const { waitingFor, attachedVolumes } = await drainNode(this.clients.clientFor(this.access), { nodeName: 'one', policy, cordonedAt, now: new Date(), pauses });
        if (waitingFor.length === 0 && attachedVolumes.length === 0) return performance.now() - startedAt;
        let timer: NodeJS.Timeout | undefined;
        await Promise.race([woken, new Promise<void>((resolve) => (timer = setTimeout(resolve, pollMs)))]);
        clearTimeout(timer);
      }
    } finally {
      await hub.close();
    }
  }

  /** Answers how long it took (milliseconds). */
  async drainWith(program: string): Promise<number> {
    const startedAt = performance.now();
    const { code, errors } = await kubectl(program, this.kubeconfig, ['drain', 'one', '--ignore-daemonsets', '--delete-emptydir-data', '--force', '--timeout=55s']);
    if (code !== 0) throw new Error(`kubectl drain: ${errors}`);
    return performance.now() - startedAt;
  }

  /** Nothing but the network's pod, and the node open again. */
  async clear(): Promise<void> {
    const { body } = await this.admin.call('GET', deployments);
    for (const { metadata } of (body as { items: { metadata: { name: string } }[] }).items) await this.admin.call('DELETE', `${deployments}/${metadata.name}`);
    await this.admin.call('DELETE', `/apis/batch/v1/namespaces/default/jobs?propagationPolicy=Background`);
    await this.admin.call('DELETE', pods);
    const client = this.clients.clientFor(this.access);
    // What somebody else closed, such as kubectl, ours would leave closed: so it becomes ours first.
    await client.setUnschedulable('one', true);
    await client.setUnschedulable('one', false);
    await eventually(
      'nothing is left',
      async () => ((await this.admin.call('GET', pods)).body as { items: unknown[] }).items.length === 0,
      60_000,
    );
  }

  async stop(): Promise<void> {
    await this.clients.close();
    await this.cluster.stop();
  }
}

const onOne = { nodeSelector: { 'kubernetes.io/hostname': 'one' }, containers: [{ name: 'c', image: 'c:1' }] };
