import { createHash } from 'node:crypto';
import { controllerOf, copyOf, timestamp, type Fields } from '../objects/kube-object.js';
import { deleteObject } from '../objects/object-deletion.js';
import { isPodFinished, isPodReady, type KubeNode, type Pod } from '../objects/workloads.js';
import type { StoredChange } from '../store/object-store.js';
import { ReconcileQueue, keyOf, logFailure, splitKey, type Controller, type ControllerContext } from './controller.js';

/** Pulling an image and starting a container takes no time worth simulating. */
const defaultStartMs = 20;

/**
 * For tests of what waits for pods: a pod with this annotation becomes Ready so many milliseconds after it runs, or never
 * (and stops being Ready) when the value is `never`.
 */
const readyAfterAnnotation = 'sim.local/ready-after-milliseconds';

/**
 * The part of the kubelets that runs pods: those on nodes whose kubelet lives start, become Ready, and end when their
 * grace is over. On a silent node nothing moves.
 */
export class PodRunner implements Controller {
  private readonly queue: ReconcileQueue;
  /** Start of each running pod that is not Ready yet, in milliseconds: timestamps of the API have whole seconds only. */
  private readonly runningSince = new Map<string, number>();

  constructor(private readonly context: ControllerContext) {
    this.queue = new ReconcileQueue((key) => this.reconcile(key), logFailure(context, 'pod-runner'), defaultStartMs);
    for (const pod of context.store.values<Pod>('pods')) this.queue.add(keyOf(pod.metadata));
  }

  onChange({ resource, type, object, previous }: StoredChange): void {
    if (resource === 'pods' && type === 'DELETED') this.runningSince.delete(object.metadata.uid);
    if (resource === 'pods' && type !== 'DELETED') this.addPod(object as Pod, previous as Pod | undefined);
    // The network of a node comes up with one pod; the others may have waited for it.
    if (resource === 'pods' && isNetworkPod(object as Pod)) this.addPodsOf((object as Pod).spec.nodeName);
  }

  stop(): void {
    this.queue.stop();
  }

  /** A kubelet came (back) to life. */
  addPodsOf(nodeName: string | undefined): void {
    for (const pod of this.context.store.values<Pod>('pods')) if (pod.spec.nodeName === nodeName) this.queue.add(keyOf(pod.metadata));
  }

  private addPod(pod: Pod, previous: Pod | undefined): void {
    if (!pod.spec.nodeName) return;
    const grace = pod.metadata.deletionGracePeriodSeconds;
    if (pod.metadata.deletionTimestamp === undefined) {
      if (!isPodReady(pod) || pod.metadata.annotations?.[readyAfterAnnotation] === 'never') this.queue.add(keyOf(pod.metadata));
    } else if (grace !== previous?.metadata.deletionGracePeriodSeconds || pod.metadata.finalizers?.length !== previous?.metadata.finalizers?.length) {
      this.queue.add(keyOf(pod.metadata), Math.min((grace ?? 0) * 1000, this.context.podGraceMillisecondsMax()));
    }
  }

  private reconcile(key: string): void {
    const { namespace, name } = splitKey(key);
    const pod = this.context.store.get<Pod>('pods', namespace, name);
    if (!pod?.spec.nodeName || !this.context.isKubeletAlive(pod.spec.nodeName)) return;
    if (pod.metadata.deletionTimestamp !== undefined) {
      deleteObject(this.context.store, this.context.catalogue.byId('pods'), pod, { gracePeriodSeconds: 0 });
      return;
    }
    if (isPodFinished(pod) || (isPodReady(pod) && pod.metadata.annotations?.[readyAfterAnnotation] !== 'never')) return;
    if (pod.spec.hostNetwork !== true && !isNetworkReady(this.context.store.values<Pod>('pods'), pod.spec.nodeName)) {
      this.show(pod, waitingStatus(pod, 'ContainerCreating'));
      return;
    }
    this.start(pod);
  }

  private start(pod: Pod): void {
    const node = this.context.store.get<KubeNode>('nodes', undefined, pod.spec.nodeName ?? '');
    if (!node) return;
    if (controllerOf(pod)?.kind === 'Job') {
      this.show(pod, finishedStatus(pod, node));
      return;
    }
    const wait = pod.metadata.annotations?.[readyAfterAnnotation];
    const { uid } = pod.metadata;
    const since = this.runningSince.get(uid) ?? Date.now();
    const remaining = wait === undefined ? 0 : wait === 'never' ? Infinity : since + Number(wait) - Date.now();
    if (remaining > 0) this.runningSince.set(uid, since);
    else this.runningSince.delete(uid);
    this.show(pod, runningStatus(pod, node, remaining <= 0));
    if (remaining > 0 && remaining !== Infinity) this.queue.add(keyOf(pod.metadata), remaining);
  }

  private show(pod: Pod, status: Pod['status']): void {
    const next = copyOf(pod);
    next.status = { ...next.status, ...status };
    if (JSON.stringify(next.status) !== JSON.stringify(pod.status)) this.context.store.put('pods', next);
  }
}

const networkDaemon = /flannel|calico|cilium/;

/** A pod of the cluster's network plug-in, by the names that such DaemonSets carry. */
export function isNetworkPod(pod: Pod): boolean {
  const owner = controllerOf(pod);
  const isSystem = pod.metadata.namespace === 'kube-system' || pod.metadata.namespace === 'kube-flannel';
  return isSystem && owner?.kind === 'DaemonSet' && networkDaemon.test(owner.name);
}

export function isNetworkReady(pods: Iterable<Pod>, nodeName: string): boolean {
  for (const pod of pods) if (pod.spec.nodeName === nodeName && isNetworkPod(pod) && isPodReady(pod)) return true;
  return false;
}

function conditions(pod: Pod, ready: 'True' | 'False', reason?: string): Pod['status']['conditions'] {
  const before = new Map(pod.status.conditions?.map((condition) => [condition.type, condition]));
  const condition = (type: string, status: string): NonNullable<Pod['status']['conditions']>[number] => {
    const known = before.get(type);
    const lastTransitionTime = known?.status === status ? known.lastTransitionTime : timestamp();
    return { type, status, lastProbeTime: null, ...(lastTransitionTime !== undefined && { lastTransitionTime }), ...(status === 'False' && reason !== undefined && { reason }) };
  };
  return [condition('Initialized', 'True'), condition('Ready', ready), condition('ContainersReady', ready), condition('PodScheduled', 'True')];
}

function containerStatuses(pod: Pod, state: Fields, ready: boolean): Fields[] {
  return pod.spec.containers.map(({ name, image = '' }) => ({
    name,
    state,
    lastState: {},
    ready,
    restartCount: 0,
    image,
    imageID: `sim://${image}`,
    containerID: `containerd://${createHash('sha256').update(`${pod.metadata.uid}/${name}`).digest('hex')}`,
    started: ready,
  }));
}

const waitingStatus = (pod: Pod, reason: string): Pod['status'] => ({
  phase: 'Pending',
  startTime: pod.status.startTime ?? timestamp(),
  conditions: conditions(pod, 'False', 'ContainersNotReady') ?? [],
  containerStatuses: containerStatuses(pod, { waiting: { reason } }, false),
});

function runningStatus(pod: Pod, node: KubeNode, isReady: boolean): Pod['status'] {
  const startTime = pod.status.startTime ?? timestamp();
  const hostIP = node.status.addresses?.find(({ type }) => type === 'InternalIP')?.address ?? '';
  const podIP = pod.spec.hostNetwork === true ? hostIP : podAddress(pod, node);
  return {
    phase: 'Running',
    conditions: conditions(pod, isReady ? 'True' : 'False', 'ContainersNotReady') ?? [],
    hostIP,
    podIP,
    podIPs: [{ ip: podIP }],
    startTime,
    containerStatuses: containerStatuses(pod, { running: { startedAt: startTime } }, isReady),
  };
}

const finishedStatus = (pod: Pod, node: KubeNode): Pod['status'] => ({
  ...runningStatus(pod, node, false),
  phase: 'Succeeded',
  containerStatuses: containerStatuses(pod, { terminated: { exitCode: 0, reason: 'Completed', startedAt: timestamp(), finishedAt: timestamp() } }, false),
});

/** Some address of the node's range; nothing listens there, so two pods with the same one do no harm. */
function podAddress(pod: Pod, node: KubeNode): string {
  const prefix = (node.spec.podCIDR ?? '10.244.0.0/24').split('.').slice(0, 3).join('.');
  return `${prefix}.${2 + (createHash('sha256').update(pod.metadata.uid).digest()[0] ?? 0) % 250}`;
}
