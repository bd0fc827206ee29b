import { deleteObject } from '../objects/object-deletion.js';
import { isNodeReady, type KubeNode, type Pod } from '../objects/workloads.js';
import type { StoredChange } from '../store/object-store.js';
import { ReconcileQueue, keyOf, logFailure, splitKey, type Controller, type ControllerContext } from './controller.js';

/** Said of a node whose machine is off for certain: its pods need no kubelet to end. */
const outOfService = 'node.kubernetes.io/out-of-service';

/**
 * Removes pods whose node is gone, and at once those that are to go from a node out of service. Kubernetes waits 40 s and looks every 20 s (44 to 65 s were measured); here the wait
 * is the grace of nodes, so that both shrink together.
 */
export class PodCollector implements Controller {
  private readonly queue: ReconcileQueue;

  constructor(private readonly context: ControllerContext) {
    this.queue = new ReconcileQueue((key) => this.reconcile(key), logFailure(context, 'pod-collector'));
    for (const pod of context.store.values<Pod>('pods')) this.consider(pod);
  }

  onChange({ resource, type, object }: StoredChange): void {
    if (resource === 'pods' && type !== 'DELETED' && this.isStranded(object as Pod)) this.queue.add(keyOf(object.metadata));
    if (resource !== 'nodes' || (type !== 'DELETED' && !isOutOfService(object as KubeNode))) return;
    for (const pod of this.context.store.values<Pod>('pods')) if (pod.spec.nodeName === object.metadata.name) this.consider(pod);
  }

  stop(): void {
    this.queue.stop();
  }

  private consider(pod: Pod): void {
    if (this.isStranded(pod)) this.queue.add(keyOf(pod.metadata));
    if (this.isOrphan(pod)) this.queue.add(keyOf(pod.metadata), this.context.nodeGraceSeconds() * 1000);
  }

  private reconcile(key: string): void {
    const { namespace, name } = splitKey(key);
    const pod = this.context.store.get<Pod>('pods', namespace, name);
    if (pod && (this.isOrphan(pod) || this.isStranded(pod))) deleteObject(this.context.store, this.context.catalogue.byId('pods'), pod, { gracePeriodSeconds: 0 });
  }

  private isStranded({ metadata, spec }: Pod): boolean {
    const node = metadata.deletionTimestamp === undefined || !spec.nodeName ? undefined : this.context.store.get<KubeNode>('nodes', undefined, spec.nodeName);
    return node !== undefined && !isNodeReady(node) && isOutOfService(node);
  }

  private isOrphan({ spec }: Pod): boolean {
    return spec.nodeName !== undefined && spec.nodeName !== '' && this.context.store.get('nodes', undefined, spec.nodeName) === undefined;
  }
}

const isOutOfService = ({ spec }: KubeNode): boolean => spec.taints?.some(({ key }) => key === outOfService) === true;
