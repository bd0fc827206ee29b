import type { Socket } from 'node:net';
import type { SimContext } from '../sim-context.js';
import type { ApiContext } from './api/api-context.js';
import { minorOf } from './api/version-document.js';
import { CinderVolumes } from './cloud-provider/cinder-volumes.js';
import { CloudAccount } from './cloud-provider/cloud-account.js';
import { LoadBalancers } from './cloud-provider/load-balancers.js';
import { CertificateSigner } from './controllers/certificate-signer.js';
import type { Controller, ControllerContext } from './controllers/controller.js';
import { BootstrapTokens } from './controllers/bootstrap-tokens.js';
import { CustomResources, definitionsId } from './controllers/custom-resources.js';
import { DaemonSets } from './controllers/daemon-sets.js';
import { Deployments } from './controllers/deployments.js';
import { DisruptionBudgets } from './controllers/disruption-budgets.js';
import { GarbageCollector } from './controllers/garbage-collector.js';
import { Jobs } from './controllers/jobs.js';
import { Namespaces } from './controllers/namespaces.js';
import { NodeLifecycle } from './controllers/node-lifecycle.js';
import { isNetworkPod, isNetworkReady, PodRunner } from './controllers/pod-runner.js';
import { PodCollector } from './controllers/pod-collector.js';
import { ReplicaSets } from './controllers/replica-sets.js';
import { Scheduler } from './controllers/scheduler.js';
import { ServiceAddresses } from './controllers/service-addresses.js';
import { StatefulSets } from './controllers/stateful-sets.js';
import { VolumeAttachments } from './controllers/volume-attachments.js';
import type { EtcdGatewayContext } from './etcd/etcd-gateway.js';
import { EtcdDataError, EtcdMember } from './etcd/etcd-member.js';
import { isRefusal } from './etcd/etcd-refusal.js';
import { EtcdMembers } from './etcd/etcd-members.js';
import type { ClusterSettings } from './kubeadm/cluster-configuration.js';
import { bootstrapObjects } from './kubeadm/bootstrap-objects.js';
import type { ClusterPki } from './kubeadm/pki.js';
import { ObjectWriter } from './objects/object-writer.js';
import { fieldsOf, textOf, type Fields } from './objects/kube-object.js';
import type { Pod } from './objects/workloads.js';
import { ResourceCatalogue } from './resources/resource-catalogue.js';
import { ObjectStore } from './store/object-store.js';

export const defaultNodeGraceSeconds = 40;
const defaultPodGraceMs = 200;
const etcdPort = 2379;

export interface ClusterOptions {
  context: SimContext;
  pki: ClusterPki;
  settings: ClusterSettings;
  kubernetesVersion: string;
  isKubeletAlive: (nodeName: string) => boolean;
  obstruct: ApiContext['obstruct'];
  /** The network of a node came up or went down: its kubelet should say so. */
  onNetworkChange: (nodeName: string) => void;
  /** A connection to the etcd on this control-plane node. */
  dialEtcd: (nodeName: string) => Socket | undefined;
}

/** One simulated cluster while at least one of its control-plane machines runs: objects, controllers and etcd members. */
export class Cluster {
  readonly store: ObjectStore;
  readonly writer: ObjectWriter;
  readonly catalogue: ResourceCatalogue;
  /** A test's fault: reads and writes fail, and the health endpoints say so. */
  isEtcdHung = false;
  private readonly members: EtcdMembers;
  private controllers: Controller[] = [];
  private cloudControllers: Controller[] = [];
  private isCloudProviderDead = false;
  private readonly account: CloudAccount;
  private readonly machines = new Set<string>();
  private podRunner: PodRunner | undefined;

  constructor(
    readonly options: ClusterOptions,
    serverId: string,
    first: EtcdMember,
  ) {
    this.members = new EtcdMembers(serverId, first);
    this.store = new ObjectStore(this.members, first.content());
    this.writer = new ObjectWriter(this.store);
    this.catalogue = new ResourceCatalogue(minorOf(options.kubernetesVersion));
    this.machines.add(serverId);
    this.account = new CloudAccount(options.context, this.store, options.settings.clusterName, () => this.machines);
    this.refreshCustomResources();
  }

  get caFingerprint(): string {
    return this.options.pki.caFingerprint;
  }

  get etcdClusterId(): string {
    return this.members.clusterId;
  }

  etcdMembers(): ReturnType<EtcdMembers['list']> {
    return this.members.list();
  }

  get isEmpty(): boolean {
    return this.members.isEmpty;
  }

  /** What `kubeadm init` leaves behind in the API. */
  bootstrap(): void {
    for (const object of bootstrapObjects(this.options.settings, this.options.kubernetesVersion, this.options.pki.caPem)) this.createBootstrapObject(object);
  }

  start(): void {
    this.podRunner = new PodRunner(this.controllerContext());
    this.setControllersRunning(this.members.hasQuorum());
    this.store.onChange((change) => {
      if (change.resource === definitionsId) this.refreshCustomResources();
      this.podRunner?.onChange(change);
      for (const controller of [...this.controllers, ...this.cloudControllers]) controller.onChange(change);
      const pod = change.resource === 'pods' ? (change.object as Pod) : undefined;
      if (pod?.spec.nodeName && isNetworkPod(pod)) this.options.onNetworkChange(pod.spec.nodeName);
    });
  }

  /** Controller manager and scheduler; when they start they look at everything that happened meanwhile. */
  setControllersRunning(isRunning: boolean): void {
    for (const controller of this.controllers) controller.stop();
    this.controllers = isRunning ? this.newControllers() : [];
    this.restartCloudProvider();
  }

  /** Cloud controller and CSI driver, which run in the cluster as anything else does. */
  setCloudProviderDead(isDead: boolean): void {
    this.isCloudProviderDead = isDead;
    this.restartCloudProvider();
  }

  private restartCloudProvider(): void {
    for (const controller of this.cloudControllers) controller.stop();
    const context = this.controllerContext();
    const isRunning = !this.isCloudProviderDead && this.controllers.length > 0;
    this.cloudControllers = isRunning ? [new LoadBalancers(context, this.account), new CinderVolumes(context, this.account)] : [];
  }

  private newControllers(): Controller[] {
    const context = this.controllerContext();
    return [
      ...[NodeLifecycle, Scheduler, PodCollector, DisruptionBudgets].map((Kind) => new Kind(context)),
      ...[DaemonSets, Deployments, ReplicaSets, StatefulSets, Jobs].map((Kind) => new Kind(context)),
      ...[Namespaces, GarbageCollector, CustomResources, BootstrapTokens, ServiceAddresses, VolumeAttachments].map((Kind) => new Kind(context)),
      new CertificateSigner(context, this.options.pki),
    ];
  }

  /** For an API server of this release: members of one control plane may differ while it is upgraded. */
  apiContext(kubernetesVersion: string, serverId: string): ApiContext {
    const { pki, context, settings, obstruct, isKubeletAlive, dialEtcd } = this.options;
    return {
      store: this.store,
      writer: this.writer,
      catalogue: this.catalogue,
      kubernetesVersion,
      serviceAccountPublicKey: pki.serviceAccountPublicKey,
      serviceAccountPrivateKey: pki.serviceAccountPrivateKey,
      // An API server knows no etcd but the one beside it.
      hasQuorum: () => !this.isEtcdHung && this.members.hasQuorum() && this.members.memberOn(serverId)?.isLearner !== true && this.members.memberOn(serverId) !== undefined,
      isNodeReachable: isKubeletAlive,
      dialPod: ({ metadata, spec }, port) => (spec.nodeName !== undefined && metadata.name === `etcd-${spec.nodeName}` && port === etcdPort ? dialEtcd(spec.nodeName) : undefined),
      obstruct,
      log: (message, fields) => context.log(message, { cluster: settings.clusterName, ...fields }),
    };
  }

  isNetworkReady(nodeName: string): boolean {
    return isNetworkReady(this.store.values<Pod>('pods'), nodeName);
  }

  /** A kubelet of this cluster came up: what lies on its node goes on. */
  kubeletStarted(nodeName: string): void {
    this.podRunner?.addPodsOf(nodeName);
  }

  /** What the etcd on this machine answers from. */
  etcdGateway(serverId: string): EtcdGatewayContext {
    return { members: this.members, serverId, isHung: () => this.isEtcdHung };
  }

  /**
   * One more control-plane machine: its member starts as a learner, gets everything and is promoted, as kubeadm does it. A learner
   * that was announced for its address is taken. @throws EtcdDataError with etcd's refusal, or when the folder is not empty.
   */
  joinMember(serverId: string, etcdDir: string, peer: { name: string; peerUrl: string }): void {
    EtcdMember.assertEmpty(etcdDir);
    const learner = this.members.findAnnounced(peer.peerUrl) ?? this.members.announceLearner([peer.peerUrl]);
    if (isRefusal(learner)) throw new EtcdDataError(learner.refusal);
    const { clusterId, memberId } = learner;
    this.addMember(serverId, EtcdMember.create(etcdDir, { ...peer, clusterId, memberId }));
    const refusal = this.members.promote(memberId);
    if (refusal) throw new EtcdDataError(refusal.refusal);
  }

  /** Another control-plane machine, new or back again. The one that brings the quorum brings everything back to work. */
  addMember(serverId: string, member: EtcdMember): void {
    this.machines.add(serverId);
    const hadQuorum = this.members.hasQuorum();
    const content = hadQuorum ? this.store.snapshot() : undefined;
    this.members.add(serverId, member);
    if (hadQuorum) this.members.catchUp(content ?? this.store.snapshot());
    else if (this.members.hasQuorum()) this.takeUpWork();
  }

  removeMember(serverId: string): void {
    this.members.stop(serverId);
    this.machines.delete(serverId);
    if (!this.members.hasQuorum()) this.setControllersRunning(false);
    if (!this.isEmpty) return;
    this.podRunner?.stop();
    this.account.close();
  }

  private takeUpWork(): void {
    const newest = this.members.newestContent();
    this.store.load(newest);
    this.members.catchUp(newest);
    this.refreshCustomResources();
    this.setControllersRunning(true);
  }

  private controllerContext(): ControllerContext {
    const { context, settings, pki, isKubeletAlive } = this.options;
    return {
      store: this.store,
      writer: this.writer,
      catalogue: this.catalogue,
      isKubeletAlive,
      nodeGraceSeconds: () => context.settings.nodeGraceSeconds ?? defaultNodeGraceSeconds,
      podGraceMillisecondsMax: () => context.settings.podGraceMillisecondsMax ?? defaultPodGraceMs,
      podSubnet: settings.podSubnet,
      serviceSubnet: settings.serviceSubnet,
      caPem: pki.caPem,
      log: (message, fields) => context.log(message, { cluster: settings.clusterName, ...fields }),
    };
  }

  private createBootstrapObject(object: Fields): void {
    const [group, version] = groupOf(textOf(object['apiVersion']) ?? '');
    const type = this.catalogue.byKind(group, textOf(object['kind']) ?? '');
    if (!type?.versions.includes(version)) throw new Error(`kubeadm's object of ${String(object['apiVersion'])} ${String(object['kind'])} is not served`);
    this.writer.create(type, textOf(fieldsOf(object['metadata'])['namespace']), object);
  }

  private refreshCustomResources(): void {
    this.catalogue.setCustom(this.store.list(definitionsId));
  }
}

function groupOf(apiVersion: string): [group: string, version: string] {
  const [first = '', second] = apiVersion.split('/');
  return second === undefined ? ['', first] : [first, second];
}
