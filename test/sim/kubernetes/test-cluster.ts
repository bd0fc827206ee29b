import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createKubernetesHost } from '../../../src/sim/kubernetes/kubernetes-host.js';
import type { ControlPlaneRequest, KubernetesHost, SimContext, SimSettings } from '../../../src/sim/sim-context.js';
import { caller, type Caller } from './api-caller.js';
import { issueClient, writePki, type Authority } from './cluster-pki.js';
import { eventually } from './eventually.js';
import { handMadeContext, type HandMadeContext } from './hand-made-context.js';

export const bootstrapToken = 'abcdef.0123456789abcdef';
const controlPlaneServer = 'server-cp';
const controlPlaneAddress = '10.0.0.5';
const port = 6443;

export interface NodeOptions {
  version?: string;
  token?: string;
  stateDir?: string;
  taints?: { key: string; effect: string }[];
  labels?: Record<string, string>;
}

/** One simulated cluster in this process, with its folders. */
export class TestCluster {
  private constructor(
    readonly directory: string,
    readonly authority: Authority,
    readonly context: HandMadeContext,
    readonly host: KubernetesHost,
    readonly version: string,
  ) {}

  static async start(version = 'v1.32.4', settings: Pick<SimSettings, 'nodeGraceSeconds' | 'podGraceMillisecondsMax'> = {}): Promise<TestCluster> {
    const directory = mkdtempSync(join(tmpdir(), 'sim-kubernetes-'));
    const authority = await writePki(join(directory, 'pki'));
    const context = handMadeContext(settings);
    context.addresses.addServer(controlPlaneServer, controlPlaneAddress);
    // The host looks at no more of the simulator than the hand-made context has.
    const host = createKubernetesHost(context as unknown as SimContext);
    const cluster = new TestCluster(directory, authority, context, host, version);
    await host.startControlPlane(cluster.controlPlane('init'));
    return cluster;
  }

  controlPlane(mode: ControlPlaneRequest['mode'], changes: Partial<ControlPlaneRequest> = {}): ControlPlaneRequest {
    return {
      serverId: controlPlaneServer,
      nodeName: 'control-plane',
      etcdDir: join(this.directory, 'etcd'),
      pkiDir: join(this.directory, 'pki'),
      addresses: [controlPlaneAddress],
      kubernetesVersion: this.version,
      kubeadmConfig: [
        { kind: 'ClusterConfiguration', clusterName: 'test', apiServer: { certSANs: ['127.0.0.1'] } },
        { kind: 'InitConfiguration', bootstrapTokens: [{ token: bootstrapToken }] },
      ],
      mode,
      ...changes,
    };
  }

  /** Where the first API server really listens now. */
  get address(): { host: string; port: number } {
    return this.listenerOf(controlPlaneAddress);
  }

  async as(user: string, groups: string[] = [], fixedAddress = controlPlaneAddress): Promise<Caller> {
    return caller(this.listenerOf(fixedAddress), this.authority.certPem, await issueClient(this.authority, user, groups));
  }

  admin(fixedAddress?: string): Promise<Caller> {
    return this.as('kubernetes-admin', ['system:masters'], fixedAddress);
  }

  private listenerOf(fixedAddress: string): { host: string; port: number } {
    const found = this.context.addresses.resolve(fixedAddress, port);
    if (!found) throw new Error(`no API server listens for ${fixedAddress}`);
    return found;
  }

  async joinNode(nodeName: string, options: NodeOptions = {}): Promise<void> {
    const number = 1 + this.context.addresses.serverCount();
    const address = `10.0.1.${number}`;
    this.context.addresses.addServer(`server-${nodeName}`, address);
    await this.host.startKubelet({
      serverId: `server-${nodeName}`,
      nodeName,
      endpoint: `${controlPlaneAddress}:${port}`,
      addresses: [address],
      kubernetesVersion: options.version ?? this.version,
      caPem: this.authority.certPem,
      bootstrapToken: options.token ?? bootstrapToken,
      role: 'worker',
      providerId: `openstack:///server-${nodeName}`,
      labels: options.labels ?? {},
      taints: options.taints ?? [],
      ...(options.stateDir !== undefined && { stateDir: options.stateDir }),
    });
  }

  /** Installs a network plug-in that comes up on every node at once, and waits for all nodes to be Ready. */
  async installNetwork(): Promise<void> {
    const admin = await this.admin();
    const headers = { 'content-type': 'application/apply-patch+yaml' };
    await admin.call('PATCH', '/apis/apps/v1/namespaces/kube-system/daemonsets/flannel?fieldManager=test&force=true', networkPlugin, headers);
    await eventually('every node is Ready', async () => {
      const { body } = await admin.call('GET', '/api/v1/nodes');
      const nodes = (body as { items: { status: { conditions: { type: string; status: string }[] } }[] }).items;
      return nodes.every(({ status }) => status.conditions.some(({ type, status: is }) => type === 'Ready' && is === 'True'));
    });
  }

  async stop(): Promise<void> {
    await this.host.close?.();
    rmSync(this.directory, { recursive: true, force: true });
  }
}

const labels = { app: 'flannel' };
export const networkPlugin = {
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  metadata: { name: 'flannel', namespace: 'kube-system' },
  spec: {
    selector: { matchLabels: labels },
    template: {
      metadata: { labels },
      spec: { hostNetwork: true, tolerations: [{ operator: 'Exists', effect: 'NoSchedule' }], containers: [{ name: 'flannel', image: 'flannel:1' }] },
    },
  },
};
