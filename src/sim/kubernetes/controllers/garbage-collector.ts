import { copyOf, type KubeObject } from '../objects/kube-object.js';
import { deleteObject, orphanAnnotation } from '../objects/object-deletion.js';
import type { ObjectStore, StoredChange } from '../store/object-store.js';
import { logFailure, ReconcileQueue, type Controller, type ControllerContext } from './controller.js';

/** Deletes what a deleted object owned, in the background; with propagationPolicy Orphan it only loses its owner. */
export class GarbageCollector implements Controller {
  private readonly queue: ReconcileQueue;
  private readonly orphaning = new Set<string>();

  constructor(private readonly context: ControllerContext) {
    this.queue = new ReconcileQueue((uid) => this.collect(uid), logFailure(context, 'garbage-collector'));
    for (const uid of missingOwners(context.store)) this.queue.add(uid);
  }

  onChange({ type, object }: StoredChange): void {
    if (type !== 'DELETED') return;
    if (object.metadata.annotations?.[orphanAnnotation] !== undefined) this.orphaning.add(object.metadata.uid);
    this.queue.add(object.metadata.uid);
  }

  stop(): void {
    this.queue.stop();
  }

  private collect(ownerUid: string): void {
    const { store, catalogue } = this.context;
    const isOrphaning = this.orphaning.delete(ownerUid);
    for (const resource of store.resourcesInUse()) {
      const owned = store.list<KubeObject>(resource).filter(({ metadata }) => metadata.ownerReferences?.some(({ uid }) => uid === ownerUid));
      for (const object of owned) {
        if (!isOrphaning && object.metadata.ownerReferences?.length === 1) deleteObject(store, catalogue.byId(resource), object);
        else this.release(resource, object, ownerUid);
      }
    }
  }

  private release(resource: string, object: KubeObject, ownerUid: string): void {
    const copy = copyOf(object);
    const others = (copy.metadata.ownerReferences ?? []).filter(({ uid }) => uid !== ownerUid);
    if (others.length > 0) copy.metadata.ownerReferences = others;
    else delete copy.metadata.ownerReferences;
    this.context.store.put(resource, copy);
  }
}

/** Owners that went while nobody was collecting: before a crash. */
function missingOwners(store: ObjectStore): Set<string> {
  const objects = store.resourcesInUse().flatMap((resource) => [...store.values<KubeObject>(resource)]);
  const present = new Set(objects.map(({ metadata }) => metadata.uid));
  return new Set(objects.flatMap(({ metadata }) => (metadata.ownerReferences ?? []).map(({ uid }) => uid)).filter((uid) => !present.has(uid)));
}
