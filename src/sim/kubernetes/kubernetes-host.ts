import type { ClusterDisturbance, ControlPlaneRequest, KubernetesHost, SimContext } from '../sim-context.js';
import { obstruction, type ApiPlumbing } from './api/obstruction.js';
import { Cluster, defaultNodeGraceSeconds } from './cluster.js';
import { ControlPlane } from './control-plane.js';
import { EtcdDataError, EtcdMember } from './etcd/etcd-member.js';
import { clusterSettings, type ClusterSettings } from './kubeadm/cluster-configuration.js';
import { issueCertificate, readPki, type ClusterPki } from './kubeadm/pki.js';
import { KubeletFleet, type KubeletRequest } from './kubelet/kubelet-fleet.js';

/** All simulated clusters of this process, told apart by their CA. */
export function createKubernetesHost(context: SimContext, plumbing?: ApiPlumbing): KubernetesHost {
  return new InProcessKubernetesHost(context, plumbing);
}

class InProcessKubernetesHost implements KubernetesHost {
  private readonly clusters = new Map<string, Cluster>();
  private readonly controlPlanes = new Map<string, ControlPlane>();
  private readonly kubelets: KubeletFleet;
  private following: Promise<void> = Promise.resolve();

  constructor(
    private readonly context: SimContext,
    private readonly plumbing: ApiPlumbing | undefined,
  ) {
    this.kubelets = new KubeletFleet(context, {
      clusterOf: (caFingerprint) => this.clusters.get(caFingerprint),
      controlPlaneOn: (serverId) => this.controlPlanes.get(serverId),
      nodeGraceSeconds: () => context.settings.nodeGraceSeconds ?? defaultNodeGraceSeconds,
    });
    context.addresses.onChange(() => {
      this.following = this.following.then(() => this.followAddresses());
    });
  }

  async startControlPlane(request: ControlPlaneRequest): Promise<void> {
    const { serverId, nodeName, addresses, kubernetesVersion } = request;
    await this.stopControlPlane(serverId);
    const pki = readPki(request.pkiDir);
    const settings = clusterSettings(request.kubeadmConfig, addresses);
    const cluster = this.openCluster(request, pki, settings);
    try {
      const controlPlane = await ControlPlane.start(this.context, cluster, { serverId, nodeName, addresses, settings, pki, kubernetesVersion });
      this.controlPlanes.set(serverId, controlPlane);
      this.kubelets.controlPlaneStarted(serverId);
    } catch (error) {
      this.leaveCluster(cluster, serverId);
      throw error;
    }
    this.context.log('Kubernetes API is up', { cluster: settings.clusterName, serverId, mode: request.mode });
  }

  async startKubelet(request: KubeletRequest): Promise<void> {
    await this.kubelets.start(request);
  }

  async serverStopped(serverId: string): Promise<void> {
    this.kubelets.stop(serverId);
    await this.stopControlPlane(serverId);
  }

  async close(): Promise<void> {
    this.kubelets.stopAll();
    for (const serverId of [...this.controlPlanes.keys()]) await this.stopControlPlane(serverId);
  }

  describe(): Record<string, unknown>[] {
    return [...this.clusters.values()].map((cluster) => {
      const members = [...this.controlPlanes.values()].filter((controlPlane) => controlPlane.cluster === cluster);
      return {
        id: cluster.caFingerprint,
        etcd_cluster_id: cluster.etcdClusterId,
        cluster_name: cluster.options.settings.clusterName,
        endpoint: cluster.options.settings.endpoint,
        addresses: members.flatMap((member) => member.listeningOn()),
        etcd_members: cluster.etcdMembers().map(({ memberId, name, isRunning, isLearner = false }) => ({ id: memberId, name, running: isRunning, learner: isLearner })),
        nodes: cluster.store.list('nodes').map(({ metadata }) => metadata.name),
      };
    });
  }

  async adminAccess(id: string): Promise<{ ca: string; certificate: string; key: string } | undefined> {
    const cluster = this.clusters.get(id);
    if (!cluster) return undefined;
    const { pki } = cluster.options;
    const { certPem, keyPem } = await issueCertificate(pki, { commonName: 'onlooker', organizations: ['system:masters'], usage: 'client' });
    return { ca: pki.caPem, certificate: certPem, key: keyPem };
  }

  disturb(endpoint: string, disturbance: ClusterDisturbance): void {
    const cluster = this.clusters.get(endpoint) ?? [...this.clusters.values()].find(({ options }) => options.settings.endpoint === endpoint);
    if (!cluster) throw new TypeError(`no cluster at ${endpoint}`);
    if ('etcd' in disturbance) cluster.isEtcdHung = disturbance.etcd === 'hung';
    else if ('controllers' in disturbance) cluster.setControllersRunning(disturbance.controllers === 'running');
    else if ('cloud_provider' in disturbance) cluster.setCloudProviderDead(disturbance.cloud_provider === 'dead');
    else this.kubelets.disturb(cluster.caFingerprint, disturbance);
  }

  private async stopControlPlane(serverId: string): Promise<void> {
    const controlPlane = this.controlPlanes.get(serverId);
    if (!controlPlane) return;
    this.controlPlanes.delete(serverId);
    await controlPlane.stop();
    this.leaveCluster(controlPlane.cluster, serverId);
  }

  private leaveCluster(cluster: Cluster, serverId: string): void {
    cluster.removeMember(serverId);
    if (cluster.isEmpty) this.clusters.delete(cluster.caFingerprint);
  }

  /** The running cluster that this machine is a member of, or a new one in this process: fresh, or out of its etcd data. */
  private openCluster({ mode, serverId, etcdDir, nodeName, addresses, kubernetesVersion }: ControlPlaneRequest, pki: ClusterPki, settings: ClusterSettings): Cluster {
    const running = this.clusters.get(pki.caFingerprint);
    const peer = { name: nodeName, peerUrl: `https://${addresses[0] ?? settings.advertiseAddress}:2380` };
    if (mode === 'init') {
      if (running) throw new EtcdDataError('a control plane with this CA is running already: join it, or resume its data');
      return this.addCluster(serverId, EtcdMember.create(etcdDir, peer), pki, settings, kubernetesVersion, true);
    }
    if (mode === 'join') {
      if (!running) throw new EtcdDataError('there is no running control plane to join');
      running.joinMember(serverId, etcdDir, peer);
      return running;
    }
    const member = EtcdMember.open(etcdDir, nodeName);
    if (!running) return this.addCluster(serverId, member, pki, settings, kubernetesVersion, false);
    if (member.identity.clusterId !== running.etcdClusterId) {
      member.close();
      throw new EtcdDataError(`etcd data of cluster ${member.identity.clusterId} do not belong to cluster ${running.etcdClusterId}`);
    }
    try {
      running.addMember(serverId, member);
    } catch (error) {
      member.close();
      throw error;
    }
    return running;
  }

  private addCluster(serverId: string, member: EtcdMember, pki: ClusterPki, settings: ClusterSettings, kubernetesVersion: string, isNew: boolean): Cluster {
    const { context, kubelets } = this;
    const { caFingerprint } = pki;
    const cluster = new Cluster(
      {
        ...{ context, pki, settings, kubernetesVersion },
        obstruct: obstruction(this.plumbing, context.internalSecret),
        isKubeletAlive: (nodeName) => kubelets.isAlive(caFingerprint, nodeName),
        dialEtcd: (nodeName) => [...this.controlPlanes.values()].find((each) => each.pki.caFingerprint === caFingerprint && each.nodeName === nodeName)?.dialEtcd(),
        onNetworkChange: (nodeName) => kubelets.refresh(caFingerprint, nodeName),
      },
      serverId,
      member,
    );
    try {
      if (isNew) cluster.bootstrap();
    } catch (error) {
      cluster.removeMember(serverId);
      throw error;
    }
    cluster.start();
    this.clusters.set(caFingerprint, cluster);
    return cluster;
  }

  private async followAddresses(): Promise<void> {
    for (const controlPlane of this.controlPlanes.values()) {
      try {
        await controlPlane.follow(this.context.addresses.floatingOf(controlPlane.serverId));
      } catch (error) {
        this.context.log('API server cannot listen on its floating address', { serverId: controlPlane.serverId, error: error instanceof Error ? error.message : String(error) });
      }
    }
    this.kubelets.refreshAddresses();
  }
}
