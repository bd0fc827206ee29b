import type { ClusterDisturbance, KubernetesHost, SimContext } from '../../sim-context.js';
import type { Cluster } from '../cluster.js';
import type { ControlPlane } from '../control-plane.js';
import { fingerprintOf, issueCertificate, type KeyPair } from '../kubeadm/pki.js';
import type { Fields } from '../objects/kube-object.js';
import { Kubelet } from './kubelet.js';
import { JoinError, requestNodeCertificate, storeNodeCertificate, storedNodeCertificate } from './node-certificate.js';
import { NodeClient, type NodeCredentials } from './node-client.js';
import type { NodeDescription } from './node-document.js';
import { controlPlanePods } from './static-pods.js';

export type KubeletRequest = Parameters<KubernetesHost['startKubelet']>[0];

export interface ClusterLookup {
  clusterOf(caFingerprint: string): Cluster | undefined;
  controlPlaneOn(serverId: string): ControlPlane | undefined;
  nodeGraceSeconds(): number;
}

interface RunningKubelet {
  kubelet: Kubelet;
  nodeName: string;
  caFingerprint: string;
  /** Disturbances: it sends nothing; it says that its containers do not run. */
  isSilent: boolean;
  isRuntimeDown: boolean;
  reportedFloating: string | undefined;
}

type NodeDisturbance = Extract<ClusterDisturbance, { node: string }>;

/** The kubelets of all simulated machines. */
export class KubeletFleet {
  private readonly running = new Map<string, RunningKubelet>();

  constructor(
    private readonly context: SimContext,
    private readonly lookup: ClusterLookup,
  ) {}

  /** @throws JoinError when a machine without a certificate of its own is refused. */
  async start(request: KubeletRequest): Promise<void> {
    const { serverId, nodeName, stateDir } = request;
    this.stop(serverId);
    const stored = storedNodeCertificate(stateDir);
    const certificate = stored ?? (await this.newCertificate(request));
    const caFingerprint = fingerprintOf(request.caPem);
    const kubelet = this.kubeletOf(request, caFingerprint, certificate);
    this.running.set(serverId, { kubelet, nodeName, caFingerprint, isSilent: false, isRuntimeDown: false, reportedFloating: undefined });
    if (!stored) {
      await this.register(serverId, kubelet);
      if (stateDir !== undefined) storeNodeCertificate(stateDir, certificate);
    }
    kubelet.keepAlive();
    this.lookup.clusterOf(caFingerprint)?.kubeletStarted(nodeName);
  }

  stop(serverId: string): void {
    this.running.get(serverId)?.kubelet.stop();
    this.running.delete(serverId);
  }

  stopAll(): void {
    for (const serverId of [...this.running.keys()]) this.stop(serverId);
  }

  isAlive(caFingerprint: string, nodeName: string): boolean {
    const found = this.find(caFingerprint, nodeName);
    return found !== undefined && !found.isSilent && !found.isRuntimeDown;
  }

  /** Something that a node's status shows has changed. */
  refresh(caFingerprint: string, nodeName: string): void {
    this.find(caFingerprint, nodeName)?.kubelet.refresh();
  }

  /** The static pods of a control plane run on this machine from now on. */
  controlPlaneStarted(serverId: string): void {
    this.running.get(serverId)?.kubelet.manifestsChanged();
  }

  /** Floating addresses came or went: their nodes say so. */
  refreshAddresses(): void {
    for (const [serverId, running] of this.running) if (this.context.addresses.floatingOf(serverId) !== running.reportedFloating) running.kubelet.refresh();
  }

  disturb(caFingerprint: string, disturbance: NodeDisturbance): void {
    const found = this.find(caFingerprint, disturbance.node);
    if (!found) throw new TypeError(`no kubelet runs for node ${disturbance.node}`);
    if ('kubelet' in disturbance) {
      found.isSilent = disturbance.kubelet === 'silent';
      if (found.isSilent) found.kubelet.pause();
      else found.kubelet.keepAlive();
    } else {
      found.isRuntimeDown = disturbance.runtime === 'down';
      found.kubelet.refresh();
    }
    if (!found.isSilent) this.lookup.clusterOf(caFingerprint)?.kubeletStarted(disturbance.node);
  }

  private find(caFingerprint: string, nodeName: string): RunningKubelet | undefined {
    return [...this.running.values()].find((running) => running.nodeName === nodeName && running.caFingerprint === caFingerprint);
  }

  private async register(serverId: string, kubelet: Kubelet): Promise<void> {
    try {
      await kubelet.register();
    } catch (error) {
      this.stop(serverId);
      throw asJoinError(error);
    }
  }

  /** A worker asks for its certificate with its token; on a control plane kubeadm has the CA's key and makes it itself. */
  private async newCertificate(request: KubeletRequest): Promise<KeyPair> {
    const { bootstrapToken, nodeName, serverId } = request;
    if (bootstrapToken === undefined) {
      const controlPlane = this.lookup.controlPlaneOn(serverId);
      if (!controlPlane) throw new JoinError(`node ${nodeName} has neither a bootstrap token nor a certificate`);
      return issueCertificate(controlPlane.pki, { commonName: `system:node:${nodeName}`, organizations: ['system:nodes'], usage: 'client' });
    }
    const client = this.clientOf(request, { bootstrapToken });
    try {
      return await requestNodeCertificate(client, nodeName);
    } catch (error) {
      throw asJoinError(error);
    } finally {
      client.close();
    }
  }

  private clientOf({ endpoint, caPem, serverId }: KubeletRequest, credentials: NodeCredentials): NodeClient {
    const { addresses, internalSecret } = this.context;
    return new NodeClient(endpoint, (host, port) => addresses.resolve(host, port, serverId), caPem, credentials, internalSecret);
  }

  private kubeletOf(request: KubeletRequest, caFingerprint: string, { certPem, keyPem }: KeyPair): Kubelet {
    return new Kubelet({
      nodeName: request.nodeName,
      describe: () => this.describe(request, caFingerprint),
      client: this.clientOf(request, { clientCertPem: certPem, clientKeyPem: keyPem }),
      staticPods: () => this.staticPodsOf(request),
      nodeGraceSeconds: () => this.lookup.nodeGraceSeconds(),
      log: (message, fields) => this.context.log(message, fields),
    });
  }

  private staticPodsOf({ role, serverId, nodeName, addresses, kubernetesVersion }: KubeletRequest): Fields[] {
    // kubeadm's join starts the kubelet first and writes the API server's manifest at its end.
    if (role !== 'control-plane' && !this.lookup.controlPlaneOn(serverId)) return [];
    const repository = this.lookup.controlPlaneOn(serverId)?.settings.imageRepository ?? 'registry.k8s.io';
    return controlPlanePods(nodeName, addresses[0] ?? '127.0.0.1', kubernetesVersion, repository);
  }

  private describe(request: KubeletRequest, caFingerprint: string): NodeDescription {
    const { serverId, nodeName, kubernetesVersion, providerId, role, labels, taints, addresses } = request;
    const running = this.running.get(serverId);
    const floatingAddress = this.context.addresses.floatingOf(serverId);
    if (running) running.reportedFloating = floatingAddress;
    return {
      ...{ serverId, nodeName, kubernetesVersion, providerId, role, labels, taints },
      fixedAddress: addresses[0] ?? '127.0.0.1',
      floatingAddress,
      isRuntimeDown: running?.isRuntimeDown ?? false,
      isNetworkReady: this.lookup.clusterOf(caFingerprint)?.isNetworkReady(nodeName) ?? false,
    };
  }
}

const asJoinError = (error: unknown): JoinError =>
  error instanceof JoinError ? error : new JoinError(error instanceof Error ? error.message : String(error), { cause: error });
