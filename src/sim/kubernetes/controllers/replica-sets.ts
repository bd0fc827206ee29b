import { controllerOf } from '../objects/kube-object.js';
import { deleteObject } from '../objects/object-deletion.js';
import { isPodReady, type Pod, type Workload } from '../objects/workloads.js';
import type { StoredChange } from '../store/object-store.js';
import { ReconcileQueue, keyOf, logFailure, splitKey, type Controller, type ControllerContext } from './controller.js';
import { createPod, isActive, ownedBy } from './owned-pods.js';

const id = 'replicasets.apps';

/** As many pods as a ReplicaSet asks for: a pod that leaves is replaced as soon as it begins to leave. */
export class ReplicaSets implements Controller {
  private readonly queue: ReconcileQueue;

  constructor(private readonly context: ControllerContext) {
    this.queue = new ReconcileQueue((key) => this.reconcile(key), logFailure(context, 'replica-sets'));
    for (const set of context.store.values(id)) this.queue.add(keyOf(set.metadata));
  }

  onChange({ resource, type, object }: StoredChange): void {
    if (resource === id && type !== 'DELETED') this.queue.add(keyOf(object.metadata));
    const owner = resource === 'pods' ? controllerOf(object) : undefined;
    if (owner?.kind === 'ReplicaSet') this.queue.add(`${object.metadata.namespace ?? ''}/${owner.name}`);
  }

  stop(): void {
    this.queue.stop();
  }

  private reconcile(key: string): void {
    const { namespace, name } = splitKey(key);
    const set = this.context.store.get<Workload>(id, namespace, name);
    if (!set || set.metadata.deletionTimestamp !== undefined) return;
    const pods = ownedBy(this.context.store.values<Pod>('pods'), set).filter(isActive);
    const desired = set.spec.replicas ?? 1;
    for (let missing = desired - pods.length; missing > 0; missing -= 1) createPod(this.context, set, set.spec.template);
    for (const pod of [...pods].sort(dispensableFirst).slice(0, Math.max(0, pods.length - desired)))
      deleteObject(this.context.store, this.context.catalogue.byId('pods'), pod);
    const ready = pods.filter(isPodReady).length;
    this.context.writer.change<Workload>(this.context.catalogue.byId(id), set, (copy) => {
      copy.status = {
        replicas: pods.length,
        fullyLabeledReplicas: pods.length,
        ...(ready > 0 && { readyReplicas: ready, availableReplicas: ready }),
        observedGeneration: set.metadata.generation ?? 1,
      };
    });
  }
}

/** Pods without a node first, then those that are not ready, then the youngest. */
function dispensableFirst(a: Pod, b: Pod): number {
  const rank = (pod: Pod): number => (pod.spec.nodeName ? 2 : 0) + (isPodReady(pod) ? 1 : 0);
  return rank(a) - rank(b) || (a.metadata.creationTimestamp < b.metadata.creationTimestamp ? 1 : -1);
}
