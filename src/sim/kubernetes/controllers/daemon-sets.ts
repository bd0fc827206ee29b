import { controllerOf, valueAt } from '../objects/kube-object.js';
import { deleteObject } from '../objects/object-deletion.js';
import { isPodReady, type KubeNode, type Pod, type Toleration, type Workload } from '../objects/workloads.js';
import type { StoredChange } from '../store/object-store.js';
import { ReconcileQueue, keyOf, logFailure, splitKey, type Controller, type ControllerContext } from './controller.js';
import { isPlacedBySelector } from './node-affinity.js';
import { createPod, isActive, ownedBy, templateHash } from './owned-pods.js';
import { untolerated } from './tolerations.js';

const id = 'daemonsets.apps';
const hashLabel = 'controller-revision-hash';
const pause = { operator: 'Exists' } as const;

/** What the controller adds to every daemon's tolerations; being cordoned or under pressure keeps no daemon away. */
const daemonTolerations = (hostNetwork: boolean): Toleration[] => [
  { key: 'node.kubernetes.io/not-ready', ...pause, effect: 'NoExecute' },
  { key: 'node.kubernetes.io/unreachable', ...pause, effect: 'NoExecute' },
  ...['disk-pressure', 'memory-pressure', 'pid-pressure', 'unschedulable'].map((name) => ({ key: `node.kubernetes.io/${name}`, ...pause, effect: 'NoSchedule' })),
  ...(hostNetwork ? [{ key: 'node.kubernetes.io/network-unavailable', ...pause, effect: 'NoSchedule' }] : []),
];

/** One pod of each DaemonSet on each node that it tolerates and selects; new templates roll out one node at a time. */
export class DaemonSets implements Controller {
  private readonly queue: ReconcileQueue;

  constructor(private readonly context: ControllerContext) {
    this.queue = new ReconcileQueue((key) => this.reconcile(key), logFailure(context, 'daemon-sets'));
    this.addAll();
  }

  onChange({ resource, type, object, previous }: StoredChange): void {
    if (resource === id && type !== 'DELETED') this.queue.add(keyOf(object.metadata));
    if (resource === 'pods') this.addOwner(object as Pod);
    if (resource === 'nodes' && (type !== 'MODIFIED' || isPlacementChanged(previous as KubeNode, object as KubeNode))) this.addAll();
  }

  stop(): void {
    this.queue.stop();
  }

  private addOwner(pod: Pod): void {
    const owner = controllerOf(pod);
    if (owner?.kind === 'DaemonSet') this.queue.add(`${pod.metadata.namespace ?? ''}/${owner.name}`);
  }

  private addAll(): void {
    for (const set of this.context.store.values<Workload>(id)) this.queue.add(keyOf(set.metadata));
  }

  private reconcile(key: string): void {
    const { namespace, name } = splitKey(key);
    const set = this.context.store.get<Workload>(id, namespace, name);
    if (!set || set.metadata.deletionTimestamp !== undefined) return;
    const hash = templateHash(set.spec.template);
    const nodes = [...this.context.store.values<KubeNode>('nodes')].filter((node) => belongsOn(set, node));
    const pods = ownedBy(this.context.store.values<Pod>('pods'), set);
    const active = pods.filter(isActive);
    const nodeOf = (pod: Pod): string => pod.spec.nodeName ?? targetOf(pod) ?? '';
    const wanted = new Set(nodes.map((node) => node.metadata.name));
    for (const pod of active) if (!wanted.has(nodeOf(pod))) this.delete(pod);
    // A pod that is still ending keeps its place: two daemons on one node would fight over it.
    for (const node of wanted) if (!pods.some((pod) => nodeOf(pod) === node)) this.create(set, node, hash);
    this.rollOut(set, active.filter((pod) => wanted.has(nodeOf(pod))), hash);
    this.report(set, active.filter((pod) => wanted.has(nodeOf(pod))), wanted.size, hash);
  }

  private create(set: Workload, node: string, hash: string): void {
    const tolerations = [...(set.spec.template.spec.tolerations ?? []), ...daemonTolerations(set.spec.template.spec.hostNetwork === true)];
    const matchFields = [{ key: 'metadata.name', operator: 'In', values: [node] }];
    const affinity = { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchFields }] } } };
    createPod(this.context, set, set.spec.template, {
      labels: { [hashLabel]: hash, 'pod-template-generation': String(set.metadata.generation ?? 1) },
      spec: { tolerations, affinity },
    });
  }

  /** Replaces outdated pods while no more than maxUnavailable are missing. */
  private rollOut(set: Workload, pods: Pod[], hash: string): void {
    if (valueAt(set, 'spec', 'updateStrategy', 'type') === 'OnDelete') return;
    const limit = valueAt(set, 'spec', 'updateStrategy', 'rollingUpdate', 'maxUnavailable') ?? 1;
    const unavailableMax = typeof limit === 'string' ? Math.ceil((pods.length * Number.parseInt(limit, 10)) / 100) : Number(limit);
    const outdated = pods.filter((pod) => pod.metadata.labels?.[hashLabel] !== hash);
    const unavailable = pods.filter((pod) => !isPodReady(pod));
    // What is down already costs nothing.
    for (const pod of outdated.filter((candidate) => !isPodReady(candidate))) this.delete(pod);
    const room = Math.max(0, unavailableMax - unavailable.length);
    for (const pod of outdated.filter(isPodReady).slice(0, room)) this.delete(pod);
  }

  private delete(pod: Pod): void {
    deleteObject(this.context.store, this.context.catalogue.byId('pods'), pod);
  }

  private report(set: Workload, pods: Pod[], desired: number, hash: string): void {
    const ready = pods.filter(isPodReady).length;
    this.context.writer.change<Workload>(this.context.catalogue.byId(id), set, (copy) => {
      copy.status = {
        currentNumberScheduled: pods.length,
        numberMisscheduled: 0,
        desiredNumberScheduled: desired,
        numberReady: ready,
        observedGeneration: set.metadata.generation ?? 1,
        updatedNumberScheduled: pods.filter((pod) => pod.metadata.labels?.[hashLabel] === hash).length,
        numberAvailable: ready,
        ...(desired > ready && { numberUnavailable: desired - ready }),
      };
    });
  }
}

/** The node that a pod waits for, as its affinity says. */
function targetOf(pod: Pod): string | undefined {
  const terms = valueAt(pod.spec.affinity, 'nodeAffinity', 'requiredDuringSchedulingIgnoredDuringExecution', 'nodeSelectorTerms');
  return JSON.stringify(terms ?? '').match(/"values":\["([^"]+)"\]/)?.[1];
}

function belongsOn(set: Workload, node: KubeNode): boolean {
  const { spec } = set.spec.template;
  const tolerations = [...(spec.tolerations ?? []), ...daemonTolerations(spec.hostNetwork === true)];
  const isLeaving = node.metadata.deletionTimestamp !== undefined;
  return !isLeaving && isPlacedBySelector(spec, node) && untolerated(node.spec.taints, tolerations, ['NoSchedule', 'NoExecute']) === undefined;
}

const isPlacementChanged = (before: KubeNode, after: KubeNode): boolean =>
  JSON.stringify([before.metadata.labels, before.spec.taints]) !== JSON.stringify([after.metadata.labels, after.spec.taints]);
