import { controllerOf } from '../objects/kube-object.js';
import { deleteObject } from '../objects/object-deletion.js';
import { isPodFinished, isPodReady, type Pod, type Workload } from '../objects/workloads.js';
import type { StoredChange } from '../store/object-store.js';
import { ReconcileQueue, keyOf, logFailure, splitKey, type Controller, type ControllerContext } from './controller.js';
import { createPod, isActive, ownedBy, templateHash } from './owned-pods.js';

const id = 'statefulsets.apps';
const hashLabel = 'controller-revision-hash';

/** Pods name-0, name-1, …: each made when the one before is Ready, removed and replaced from the last to the first. */
export class StatefulSets implements Controller {
  private readonly queue: ReconcileQueue;

  constructor(private readonly context: ControllerContext) {
    this.queue = new ReconcileQueue((key) => this.reconcile(key), logFailure(context, 'stateful-sets'));
    for (const set of context.store.values(id)) this.queue.add(keyOf(set.metadata));
  }

  onChange({ resource, type, object }: StoredChange): void {
    if (resource === id && type !== 'DELETED') this.queue.add(keyOf(object.metadata));
    const owner = resource === 'pods' ? controllerOf(object) : undefined;
    if (owner?.kind === 'StatefulSet') this.queue.add(`${object.metadata.namespace ?? ''}/${owner.name}`);
  }

  stop(): void {
    this.queue.stop();
  }

  private reconcile(key: string): void {
    const { namespace, name } = splitKey(key);
    const set = this.context.store.get<Workload>(id, namespace, name);
    if (!set || set.metadata.deletionTimestamp !== undefined) return;
    const hash = templateHash(set.spec.template);
    const desired = set.spec.replicas ?? 1;
    const pods = new Map(ownedBy(this.context.store.values<Pod>('pods'), set).map((pod) => [pod.metadata.name, pod]));
    const ordinals = [...Array(desired).keys()];
    const podAt = (ordinal: number): Pod | undefined => pods.get(`${name}-${ordinal}`);
    for (const pod of pods.values()) if (isPodFinished(pod)) this.delete(pod);
    const missing = ordinals.find((ordinal) => !podAt(ordinal));
    const isReadyBefore = (ordinal: number): boolean => ordinals.slice(0, ordinal).every((index) => isReady(podAt(index)));
    if (missing !== undefined && isReadyBefore(missing)) this.create(set, missing, hash);
    const surplus = [...pods.values()].filter((pod) => ordinalOf(pod) >= desired && isActive(pod)).sort((a, b) => ordinalOf(b) - ordinalOf(a));
    if (surplus[0]) this.delete(surplus[0]);
    const isSettled = ordinals.every((ordinal) => isReady(podAt(ordinal)));
    const outdated = ordinals.reverse().map(podAt).find((pod) => pod && isActive(pod) && pod.metadata.labels?.[hashLabel] !== hash);
    if (isSettled && outdated) this.delete(outdated);
    this.report(set, [...pods.values()].filter(isActive), hash);
  }

  private create(set: Workload, ordinal: number, hash: string): void {
    const name = `${set.metadata.name}-${ordinal}`;
    createPod(this.context, set, set.spec.template, {
      name,
      labels: { [hashLabel]: hash, 'statefulset.kubernetes.io/pod-name': name, 'apps.kubernetes.io/pod-index': String(ordinal) },
    });
  }

  private delete(pod: Pod): void {
    deleteObject(this.context.store, this.context.catalogue.byId('pods'), pod);
  }

  private report(set: Workload, pods: Pod[], hash: string): void {
    const ready = pods.filter(isPodReady).length;
    this.context.writer.change<Workload>(this.context.catalogue.byId(id), set, (copy) => {
      copy.status = {
        observedGeneration: set.metadata.generation ?? 1,
        replicas: pods.length,
        readyReplicas: ready,
        availableReplicas: ready,
        currentReplicas: pods.length,
        updatedReplicas: pods.filter((pod) => pod.metadata.labels?.[hashLabel] === hash).length,
      };
    });
  }
}

const isReady = (pod: Pod | undefined): boolean => pod !== undefined && isActive(pod) && isPodReady(pod);
const ordinalOf = (pod: Pod): number => Number(/-(\d+)$/.exec(pod.metadata.name)?.[1] ?? -1);
