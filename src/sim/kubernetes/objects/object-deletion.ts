import { conflict, type Status } from '../api/status-error.js';
import { resourceId, type ResourceType } from '../resources/resource-type.js';
import type { ObjectStore } from '../store/object-store.js';
import { copyOf, timestamp, type KubeObject } from './kube-object.js';
import { isWithoutFinalizers } from './object-writer.js';
import { isPodFinished, type Pod } from './workloads.js';

export interface DeleteOptions {
  gracePeriodSeconds?: number;
  propagationPolicy?: string;
  preconditions?: { uid?: string; resourceVersion?: string };
  dryRun?: boolean;
}

/** What a delete did: `gone`, or the object that is now on its way out. */
export interface Deletion {
  object: KubeObject;
  isGone: boolean;
}

/** Deletes, or marks as deleted what needs time: pods their grace, namespaces their content, finalizers their controllers. */
export function deleteObject(store: ObjectStore, type: ResourceType, object: KubeObject, options: DeleteOptions = {}): Deletion {
  checkPreconditions(type, object, options.preconditions);
  const graceSeconds = type.kind === 'Pod' ? graceOf(object as Pod, options) : 0;
  const isHeld = graceSeconds > 0 || type.kind === 'Namespace' || !isWithoutFinalizers(type, object);
  // What goes at once was never seen as terminating; pods always are.
  if (!isHeld && type.kind !== 'Pod') return remove(store, type, withOrphanMark(copyOf(object), options), options);
  const marked = markDeleted(type, object, graceSeconds, options);
  if (options.dryRun === true) return { object: marked, isGone: !isHeld };
  if (!isHeld) return remove(store, type, marked, options);
  const isNews = JSON.stringify(marked.metadata) !== JSON.stringify(object.metadata);
  return { object: isNews ? store.put(resourceId(type), marked) : object, isGone: false };
}

function remove(store: ObjectStore, type: ResourceType, object: KubeObject, options: DeleteOptions): Deletion {
  if (options.dryRun !== true) store.delete(resourceId(type), object);
  return { object, isGone: true };
}

function withOrphanMark(object: KubeObject, options: DeleteOptions): KubeObject {
  const { metadata } = object;
  if (options.propagationPolicy === 'Orphan') metadata.annotations = { ...metadata.annotations, [orphanAnnotation]: 'true' };
  return object;
}

function checkPreconditions(type: ResourceType, object: KubeObject, preconditions: DeleteOptions['preconditions']): void {
  const { name, uid, resourceVersion } = object.metadata;
  // Unlike everywhere else the kind stands here where the plural does otherwise.
  const named = { group: type.group, plural: type.kind };
  if (preconditions?.uid !== undefined && preconditions.uid !== uid)
    throw conflict(named, name, `the UID in the precondition (${preconditions.uid}) does not match the UID in record (${uid}). The object might have been deleted and then recreated`);
  if (preconditions?.resourceVersion !== undefined && preconditions.resourceVersion !== resourceVersion)
    throw conflict(named, name, `the ResourceVersion in the precondition (${preconditions.resourceVersion}) does not match the ResourceVersion in record (${resourceVersion}). The object might have been modified`);
}

/** A pod without a node, or one that has finished, has nothing to wait for. A second delete may shorten a grace, never lengthen it. */
function graceOf(pod: Pod, options: DeleteOptions): number {
  if (!pod.spec.nodeName || isPodFinished(pod)) return 0;
  const asked = options.gracePeriodSeconds ?? pod.spec.terminationGracePeriodSeconds ?? 30;
  const running = pod.metadata.deletionGracePeriodSeconds;
  return running === undefined ? asked : Math.min(asked, running);
}

function markDeleted(type: ResourceType, object: KubeObject, graceSeconds: number, options: DeleteOptions): KubeObject {
  const marked = withOrphanMark(copyOf(object), options);
  const { metadata } = marked;
  const isShorter = type.kind === 'Pod' && graceSeconds < (metadata.deletionGracePeriodSeconds ?? Infinity);
  if (metadata.deletionTimestamp === undefined || isShorter) metadata.deletionTimestamp = timestamp(new Date(Date.now() + graceSeconds * 1000));
  // Only pods have a grace; other objects show 0 as soon as a finalizer keeps them.
  if (type.kind !== 'Namespace') metadata.deletionGracePeriodSeconds = graceSeconds;
  if (type.kind === 'Namespace') marked['status'] = { ...(marked['status'] as object), phase: 'Terminating' };
  return marked;
}

/** How the garbage collector of this simulator learns that dependents are to live on. */
export const orphanAnnotation = 'sim.local/orphan-dependents';

/** The answer to the delete of anything but a pod or namespace. */
export const deletedStatus = (type: ResourceType, { metadata }: KubeObject): Status => ({
  kind: 'Status',
  apiVersion: 'v1',
  metadata: {},
  status: 'Success',
  details: { name: metadata.name, ...(type.group !== '' && { group: type.group }), kind: type.plural, uid: metadata.uid },
});
