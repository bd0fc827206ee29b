import { controllerOf, copyOf } from '../objects/kube-object.js';
import { isNodeReady, isPodFinished, type KubeNode, type Pod } from '../objects/workloads.js';
import type { StoredChange } from '../store/object-store.js';
import { ReconcileQueue, keyOf, logFailure, splitKey, type Controller, type ControllerContext } from './controller.js';
import { isPlacedBySelector } from './node-affinity.js';
import { quantity } from './quantities.js';
import { untolerated } from './tolerations.js';

/** Puts pods on nodes: ready, not cordoned, tolerated, roomy enough, and the one with the fewest of the pod's siblings. */
export class Scheduler implements Controller {
  private readonly queue: ReconcileQueue;

  constructor(private readonly context: ControllerContext) {
    this.queue = new ReconcileQueue((key) => this.schedule(key), logFailure(context, 'scheduler'));
    this.addWaiting();
  }

  onChange({ resource, type, object }: StoredChange): void {
    if (resource === 'pods' && isWaiting(object as Pod) && type !== 'DELETED') this.queue.add(keyOf(object.metadata));
    // A node that appears or changes, or a pod that makes room, may be what a waiting pod waits for.
    if (resource === 'nodes' || (resource === 'pods' && type === 'DELETED')) this.addWaiting();
  }

  stop(): void {
    this.queue.stop();
  }

  private addWaiting(): void {
    for (const pod of this.context.store.values<Pod>('pods')) if (isWaiting(pod)) this.queue.add(keyOf(pod.metadata));
  }

  private schedule(key: string): void {
    const { namespace, name } = splitKey(key);
    const pod = this.context.store.get<Pod>('pods', namespace, name);
    if (!pod || !isWaiting(pod)) return;
    const nodes = [...this.context.store.values<KubeNode>('nodes')];
    const pods = [...this.context.store.values<Pod>('pods')];
    const choice = chooseNode(pod, nodes, pods);
    if (choice.kind === 'none' && pod.status.conditions?.some(({ message }) => message === choice.because)) return;
    const next = copyOf(pod);
    const at = new Date().toISOString().slice(0, 19) + 'Z';
    if (choice.kind === 'node') {
      next.spec.nodeName = choice.name;
      next.status.conditions = [{ type: 'PodScheduled', status: 'True', lastProbeTime: null, lastTransitionTime: at }];
    } else {
      next.status.conditions = [{ type: 'PodScheduled', status: 'False', lastProbeTime: null, lastTransitionTime: at, reason: 'Unschedulable', message: choice.because }];
    }
    this.context.store.put('pods', next);
  }
}

const isWaiting = (pod: Pod): boolean => !pod.spec.nodeName && pod.metadata.deletionTimestamp === undefined && !isPodFinished(pod);

export type NodeChoice = { kind: 'node'; name: string } | { kind: 'none'; because: string };

/** The node with the fewest siblings, then the fewest pods, then the first by name; or why there is none. */
export function chooseNode(pod: Pod, nodes: readonly KubeNode[], pods: readonly Pod[]): NodeChoice {
  const byNode = new Map<string, Pod[]>(nodes.map(({ metadata }) => [metadata.name, []]));
  for (const other of pods) if (!isPodFinished(other)) byNode.get(other.spec.nodeName ?? '')?.push(other);
  const onNode = ({ metadata }: KubeNode): Pod[] => byNode.get(metadata.name) ?? [];
  const fitting = nodes.filter((node) => isUsable(node, pod)).filter((node) => hasRoom(node, pod, onNode(node)));
  const owner = controllerOf(pod)?.uid;
  const scored = fitting.map((node) => {
    const there = onNode(node);
    const siblings = owner === undefined ? 0 : there.filter((other) => controllerOf(other)?.uid === owner).length;
    return { name: node.metadata.name, siblings, count: there.length };
  });
  scored.sort((a, b) => a.siblings - b.siblings || a.count - b.count || (a.name < b.name ? -1 : 1));
  const [best] = scored;
  if (best) return { kind: 'node', name: best.name };
  return { kind: 'none', because: `0/${nodes.length} nodes are available: none is ready, uncordoned, tolerated and large enough.` };
}

function isUsable(node: KubeNode, pod: Pod): boolean {
  // Whoever tolerates the taint of a cordoned node may also come there.
  const isOpen = (node.spec.unschedulable !== true || toleratesCordon(pod)) && node.metadata.deletionTimestamp === undefined;
  const isTolerated = untolerated(node.spec.taints, pod.spec.tolerations, ['NoSchedule', 'NoExecute']) === undefined;
  const isReadyEnough = isNodeReady(node) || isDaemonPod(pod);
  return (isOpen || isDaemonPod(pod)) && isReadyEnough && isTolerated && isPlacedBySelector(pod.spec, node);
}

const toleratesCordon = ({ spec }: Pod): boolean => untolerated([{ key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' }], spec.tolerations, ['NoSchedule']) === undefined;

const isDaemonPod = (pod: Pod): boolean => controllerOf(pod)?.kind === 'DaemonSet';

function hasRoom(node: KubeNode, pod: Pod, there: readonly Pod[]): boolean {
  const allocatable = node.status.allocatable ?? {};
  if (there.length + 1 > quantity(allocatable['pods'] ?? '110')) return false;
  return (['cpu', 'memory'] as const).every((resource) => {
    const used = there.reduce((sum, other) => sum + requested(other, resource), 0);
    return used + requested(pod, resource) <= quantity(allocatable[resource] ?? '1000000Gi');
  });
}

const requested = (pod: Pod, resource: 'cpu' | 'memory'): number =>
  pod.spec.containers.reduce((sum, { resources }) => sum + quantity(resources?.requests?.[resource]), 0);
