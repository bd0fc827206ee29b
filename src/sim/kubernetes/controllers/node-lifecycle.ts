import { timestamp, textOf, valueAt, type KubeObject } from '../objects/kube-object.js';
import { deleteObject } from '../objects/object-deletion.js';
import { conditionOf, type KubeNode, type Pod, type Taint } from '../objects/workloads.js';
import type { StoredChange } from '../store/object-store.js';
import { ReconcileQueue, logFailure, type Controller, type ControllerContext } from './controller.js';
import { recordEvent } from './record-event.js';
import { toleratedSeconds } from './tolerations.js';

/** Kubernetes' own delay from cordon to taint, as recorded. */
const taintDelayMs = 10;
/** Kubernetes looks at heartbeats every 5 s with a grace of 40 s, and a NoExecute taint follows as much later. */
const checksPerGrace = 8;
const kubernetesGraceSeconds = 40;

const unschedulable = 'node.kubernetes.io/unschedulable';
const notReady = 'node.kubernetes.io/not-ready';
const unreachable = 'node.kubernetes.io/unreachable';
const lifecycleKeys = new Set([unschedulable, notReady, unreachable]);

/** Taints of cordoned, unready and silent nodes, the Unknown condition of silent ones, and the evictions that follow. */
export class NodeLifecycle implements Controller {
  private readonly queue: ReconcileQueue;
  private readonly evictions: ReconcileQueue;
  private checkTimer: NodeJS.Timeout | undefined;
  private isStopped = false;
  /** When each node was last heard of, by this process's clock: after a restart everybody gets a fresh grace. */
  private readonly heardAt = new Map<string, number>();

  constructor(private readonly context: ControllerContext) {
    this.queue = new ReconcileQueue((name) => this.reconcile(name), logFailure(context, 'node-lifecycle'), taintDelayMs);
    this.evictions = new ReconcileQueue((name) => this.evictFrom(name), logFailure(context, 'taint-eviction'));
    for (const { metadata } of context.store.values('nodes')) {
      this.heardAt.set(metadata.name, Date.now());
      this.queue.add(metadata.name);
    }
    this.scheduleCheck();
  }

  onChange({ resource, type, object, previous }: StoredChange): void {
    const { name, namespace } = object.metadata;
    if (resource === 'leases.coordination.k8s.io' && namespace === 'kube-node-lease') this.heardAt.set(name, Date.now());
    if (resource === 'pods' && type !== 'DELETED') this.evictions.add((object as Pod).spec.nodeName ?? '');
    if (resource !== 'nodes') return;
    if (type === 'DELETED') {
      this.heardAt.delete(name);
      return;
    }
    if (type === 'ADDED') recordEvent(this.context, object, 'node-controller', 'RegisteredNode', `Node ${name} event: Registered Node ${name} in Controller`);
    if (type === 'ADDED' || heartbeatOf(object) !== heartbeatOf(previous)) this.heardAt.set(name, Date.now());
    this.queue.add(name);
    this.evictions.add(name);
  }

  stop(): void {
    this.isStopped = true;
    clearTimeout(this.checkTimer);
    this.queue.stop();
    this.evictions.stop();
  }

  private scheduleCheck(): void {
    if (this.isStopped) return;
    this.checkTimer = setTimeout(
      () => {
        this.checkHeartbeats();
        this.scheduleCheck();
      },
      (this.context.nodeGraceSeconds() * 1000) / checksPerGrace,
    );
    this.checkTimer.unref();
  }

  private checkHeartbeats(): void {
    const graceMs = this.context.nodeGraceSeconds() * 1000;
    for (const node of this.context.store.values<KubeNode>('nodes')) {
      const heard = this.heardAt.get(node.metadata.name) ?? 0;
      if (Date.now() - heard > graceMs && conditionOf(node, 'Ready')?.status !== 'Unknown') this.markUnknown(node);
    }
  }

  private markUnknown(node: KubeNode): void {
    const reason = { status: 'Unknown', reason: 'NodeStatusUnknown', message: 'Kubelet stopped posting node status.', lastTransitionTime: timestamp() };
    const known = node.status.conditions ?? [];
    const conditions = known.length > 0 ? known.map((condition) => ({ ...condition, ...reason })) : [{ type: 'Ready', ...reason }];
    this.change(node, (copy) => (copy.status.conditions = conditions));
    recordEvent(this.context, node, 'node-controller', 'NodeNotReady', `Node ${node.metadata.name} status is now: NodeNotReady`);
    for (const pod of this.podsOf(node.metadata.name)) this.markPodUnready(pod);
    // The NoExecute taint comes a check later; see noExecuteDue.
    this.queue.add(node.metadata.name, this.scaled(5) * 1000);
  }

  private reconcile(name: string): void {
    const node = this.context.store.get<KubeNode>('nodes', undefined, name);
    if (!node) return;
    const ready = conditionOf(node, 'Ready');
    const wanted = wantedTaints(node, this.isNoExecuteDue(ready?.lastTransitionTime));
    const kept = (node.spec.taints ?? []).filter((taint) => !lifecycleKeys.has(taint.key));
    const known = (node.spec.taints ?? []).filter((taint) => lifecycleKeys.has(taint.key));
    const isSame = (a: Taint, b: Taint): boolean => a.key === b.key && a.effect === b.effect;
    const taints = [...kept, ...wanted.map((taint) => known.find((other) => isSame(other, taint)) ?? { ...taint, timeAdded: timestamp() })];
    this.change(node, (copy) => {
      if (taints.length > 0) copy.spec.taints = taints;
      else delete copy.spec.taints;
      copy.metadata.annotations = { ...copy.metadata.annotations, 'node.alpha.kubernetes.io/ttl': '0' };
      this.assignPodRange(copy);
    });
    if (ready !== undefined && ready.status !== 'True' && !this.isNoExecuteDue(ready.lastTransitionTime)) this.queue.add(name, this.scaled(5) * 1000 + taintDelayMs);
  }

  /** Delays of Kubernetes' defaults, stretched or shrunk with the grace that is configured. */
  private scaled(seconds: number): number {
    return (seconds * this.context.nodeGraceSeconds()) / kubernetesGraceSeconds;
  }

  private isNoExecuteDue(since: string | undefined): boolean {
    return since !== undefined && Date.now() - Date.parse(since) >= this.scaled(5) * 1000;
  }

  /** The /24 for the node's pods, as the node-ipam controller gives it out. */
  private assignPodRange(node: KubeNode): void {
    const { podSubnet } = this.context;
    if (podSubnet === undefined || node.spec.podCIDR !== undefined) return;
    const used = new Set([...this.context.store.values<KubeNode>('nodes')].map((other) => other.spec.podCIDR));
    const [a, b] = podSubnet.split('.');
    for (let index = 0; index < 256; index += 1) {
      const range = `${String(a)}.${String(b)}.${index}.0/24`;
      if (used.has(range)) continue;
      node.spec.podCIDR = range;
      node.spec.podCIDRs = [range];
      return;
    }
  }

  /** Pods that do not tolerate a NoExecute taint go, at once or when their toleration has run out. */
  private evictFrom(nodeName: string): void {
    const node = this.context.store.get<KubeNode>('nodes', undefined, nodeName);
    const taints = (node?.spec.taints ?? []).filter((taint) => taint.effect === 'NoExecute');
    if (taints.length === 0) return;
    for (const pod of this.podsOf(nodeName).filter(({ metadata }) => metadata.deletionTimestamp === undefined)) {
      const ends = Math.min(...taints.map((taint) => Date.parse(taint.timeAdded ?? timestamp()) + this.scaled(toleratedSeconds(taint, pod.spec.tolerations)) * 1000));
      if (ends <= Date.now()) deleteObject(this.context.store, this.context.catalogue.byId('pods'), pod);
      else if (ends !== Infinity) this.evictions.add(nodeName, ends - Date.now());
    }
  }

  private podsOf(nodeName: string): Pod[] {
    return [...this.context.store.values<Pod>('pods')].filter((pod) => pod.spec.nodeName === nodeName);
  }

  private markPodUnready(pod: Pod): void {
    this.context.writer.change<Pod>(this.context.catalogue.byId('pods'), pod, (copy) => {
      const ready = copy.status.conditions?.find((condition) => condition.type === 'Ready');
      if (ready?.status === 'True') Object.assign(ready, { status: 'False', lastTransitionTime: timestamp() });
    });
  }

  private change(node: KubeNode, edit: (copy: KubeNode) => void): void {
    this.context.writer.change<KubeNode>(this.context.catalogue.byId('nodes'), node, edit);
  }
}

function wantedTaints(node: KubeNode, isNoExecuteDue: boolean): Taint[] {
  const ready = conditionOf(node, 'Ready');
  const cordoned = node.spec.unschedulable === true ? [{ key: unschedulable, effect: 'NoSchedule' }] : [];
  if (ready?.status === 'True') return cordoned;
  const key = ready?.status === 'Unknown' ? unreachable : notReady;
  // A node that has never said anything is not ready yet, but nothing is thrown off it.
  const executing = isNoExecuteDue && ready !== undefined ? [{ key, effect: 'NoExecute' }] : [];
  return [...cordoned, { key, effect: 'NoSchedule' }, ...executing];
}

function heartbeatOf(node: KubeObject | undefined): string | undefined {
  const conditions = valueAt(node, 'status', 'conditions');
  if (!Array.isArray(conditions)) return undefined;
  return conditions.map((condition) => textOf(valueAt(condition, 'lastHeartbeatTime')) ?? '').join();
}
