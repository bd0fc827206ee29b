import { randomBytes, randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { alreadyExists, badRequest, conflict, modified, namespaceTerminating, notFound, invalid } from '../api/status-error.js';
import { managedFieldsAfterUpdate, type FieldManager } from '../apply/managed-fields.js';
import { resourceId, type ResourceType } from '../resources/resource-type.js';
import type { ObjectStore } from '../store/object-store.js';
import { copyOf, fieldsOf, timestamp, type Fields, type KubeObject, type ObjectMeta } from './kube-object.js';
import { applyDefaults } from './object-defaults.js';
import { validateObject } from './object-validation.js';

export interface WriteOptions {
  /** Absent: a controller's write that leaves ownership of fields alone. */
  manager?: FieldManager;
  subresource?: string;
  dryRun?: boolean;
  isCustom?: boolean;
  /** The new object brings its managedFields with it (server-side apply). */
  keepManagedFields?: boolean;
}

export const namespacesType = { group: '', plural: 'namespaces' };

/** Their status comes with the object; everywhere else a create begins with an empty one. */
const statusKeptOnCreate = new Set(['Node', 'Namespace', 'Event', 'PersistentVolume', 'CSINode']);

/** The rules that every write goes through, whoever makes it: names, namespaces, defaults, validation, versions, owners of fields. */
export class ObjectWriter {
  constructor(private readonly store: ObjectStore) {}

  create(type: ResourceType, namespace: string | undefined, body: Fields, options: WriteOptions = {}): KubeObject {
    const object = copyOf(body) as unknown as KubeObject;
    object.metadata = this.newMetadata(type, namespace, fieldsOf(body['metadata']));
    this.assertNamespaceOpen(type, object.metadata);
    if (this.store.get(resourceId(type), namespace, object.metadata.name)) throw alreadyExists(type, object.metadata.name);
    const hasOwnStatus = !type.subresources.includes('status') || statusKeptOnCreate.has(type.kind);
    if (!hasOwnStatus) delete object['status'];
    if (options.isCustom !== true) {
      applyDefaults(object);
      initialStatus(object);
    }
    validateObject(type, object);
    if (options.manager && options.keepManagedFields !== true)
      object.metadata.managedFields = managedFieldsAfterUpdate(kindOf(type, options), undefined, object, options.manager);
    return options.dryRun === true ? object : this.store.put(resourceId(type), object);
  }

  /**
   * Replaces an object, or one of its subresources only. The same content again changes nothing, not even the version.
   * @throws StatusError 409 for a version or uid that is not the current one.
   */
  update<T extends KubeObject>(type: ResourceType, current: T, wanted: KubeObject, options: WriteOptions = {}): T {
    const { name, resourceVersion, uid } = current.metadata;
    const asked = wanted.metadata.resourceVersion;
    if (asked && asked !== resourceVersion) throw modified(type, name);
    if (wanted.metadata.uid && wanted.metadata.uid !== uid) throw conflict(type, name, `the UID in the precondition (${wanted.metadata.uid}) does not match the UID in record (${uid})`);
    const next = combine(type, current, wanted, options.subresource);
    if (options.isCustom !== true && options.subresource === undefined) applyDefaults(next);
    validateObject(type, next);
    if (type.generational && !isDeepStrictEqual(next['spec'], current['spec'])) next.metadata.generation = (current.metadata.generation ?? 1) + 1;
    if (isDeepStrictEqual(withoutOwnership(next), withoutOwnership(current)) && (options.keepManagedFields !== true || sameOwners(next, current))) return current;
    if (options.manager && options.keepManagedFields !== true)
      next.metadata.managedFields = managedFieldsAfterUpdate(kindOf(type, options), current, next, options.manager);
    if (options.dryRun === true) return next as T;
    const isReleased = next.metadata.deletionTimestamp !== undefined && isWithoutFinalizers(type, next) && isFinished(type, next);
    if (!isReleased) return this.store.put(resourceId(type), next as T);
    this.store.delete(resourceId(type), next);
    return next as T;
  }

  /** A controller's change: reads the newest object, changes a copy and writes it back; a no-op when it is gone. */
  change<T extends KubeObject>(type: ResourceType, object: { metadata: Pick<ObjectMeta, 'namespace' | 'name' | 'uid'> }, edit: (copy: T) => void): T | undefined {
    const current = this.store.get<T>(resourceId(type), object.metadata.namespace, object.metadata.name);
    if (!current || (object.metadata.uid && current.metadata.uid !== object.metadata.uid)) return undefined;
    const copy = copyOf(current);
    edit(copy);
    if (isDeepStrictEqual(copy, current)) return current;
    if (type.generational && !isDeepStrictEqual(copy['spec'], current['spec'])) copy.metadata.generation = (current.metadata.generation ?? 1) + 1;
    if (current.metadata.managedFields)
      copy.metadata.managedFields = managedFieldsAfterUpdate(type.kind, current, copy, { name: 'kube-controller-manager', apiVersion: current.apiVersion });
    return this.store.put(resourceId(type), copy);
  }

  private newMetadata(type: ResourceType, namespace: string | undefined, metadata: Fields): ObjectMeta {
    const { name, generateName, resourceVersion } = metadata as Partial<ObjectMeta>;
    if (resourceVersion) throw badRequest('resourceVersion should not be set on objects to be created');
    if (metadata['namespace'] !== undefined && metadata['namespace'] !== namespace)
      throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
    const generated = generateName ? `${generateName}${randomSuffix()}` : undefined;
    const finalName = name ?? generated;
    if (!finalName) throw invalid(type.kind, type.group, '', [{ reason: 'FieldValueRequired', message: 'Required value: name or generateName is required', field: 'metadata.name' }]);
    const { labels, annotations, ownerReferences, finalizers, managedFields } = metadata as Partial<ObjectMeta>;
    return {
      name: finalName,
      ...(generateName && { generateName }),
      ...(namespace !== undefined && { namespace }),
      uid: randomUUID(),
      resourceVersion: '',
      ...(type.generational && { generation: 1 }),
      creationTimestamp: timestamp(),
      ...(labels && { labels }),
      ...(annotations && { annotations }),
      ...(ownerReferences && { ownerReferences }),
      ...(finalizers && { finalizers }),
      ...(managedFields && { managedFields }),
    };
  }

  private assertNamespaceOpen(type: ResourceType, { namespace, name }: ObjectMeta): void {
    if (namespace === undefined) return;
    const found = this.store.get('namespaces', undefined, namespace);
    if (!found) throw notFound(namespacesType, namespace);
    // Events about what is being deleted may still be written.
    if (found.metadata.deletionTimestamp !== undefined && type.plural !== 'events') throw namespaceTerminating(type, name, namespace);
  }
}

const kindOf = (type: ResourceType, options: WriteOptions): string | undefined => (options.isCustom === true ? undefined : type.kind);

function initialStatus(object: KubeObject): void {
  if (object.kind === 'Pod') object['status'] = { phase: 'Pending', qosClass: 'BestEffort' };
  if (object.kind === 'PodDisruptionBudget') object['status'] = { disruptionsAllowed: 0, currentHealthy: 0, desiredHealthy: 0, expectedPods: 0 };
}

/** What a write may touch: the status endpoint only the status, the main one everything else. */
function combine(type: ResourceType, current: KubeObject, wanted: KubeObject, subresource: string | undefined): KubeObject {
  const next = copyOf(subresource === undefined ? wanted : { ...current, status: wanted['status'] });
  if (subresource === undefined && type.subresources.includes('status')) {
    if (current['status'] === undefined) delete next['status'];
    else next['status'] = current['status'];
  }
  const given = subresource === undefined ? next.metadata : { ...current.metadata, ...pickLabels(wanted.metadata) };
  const { name, uid, resourceVersion, creationTimestamp, generation, deletionTimestamp, deletionGracePeriodSeconds, namespace, generateName, managedFields } = current.metadata;
  next.apiVersion = current.apiVersion;
  next.kind = current.kind;
  next.metadata = {
    ...given,
    name,
    uid,
    resourceVersion,
    creationTimestamp,
    ...(generateName !== undefined && { generateName }),
    ...(namespace !== undefined && { namespace }),
    ...(generation !== undefined && { generation }),
    ...(deletionTimestamp !== undefined && { deletionTimestamp }),
    ...(deletionGracePeriodSeconds !== undefined && { deletionGracePeriodSeconds }),
    ...(wanted.metadata.managedFields ? { managedFields: wanted.metadata.managedFields } : managedFields && { managedFields }),
  };
  return next;
}

/** Kubelets set annotations and labels through the status endpoint of their node; nothing else of metadata passes there. */
const pickLabels = ({ labels, annotations }: ObjectMeta): Partial<ObjectMeta> => ({ ...(labels && { labels }), ...(annotations && { annotations }) });

const withoutOwnership = (object: KubeObject): KubeObject => ({ ...object, metadata: { ...object.metadata, managedFields: [] } });
const sameOwners = (a: KubeObject, b: KubeObject): boolean => {
  const sets = (object: KubeObject): unknown => (object.metadata.managedFields ?? []).map(({ manager, operation, fieldsV1, subresource }) => [manager, operation, subresource, fieldsV1]);
  return isDeepStrictEqual(sets(a), sets(b));
};

export function isWithoutFinalizers(type: ResourceType, object: KubeObject): boolean {
  const ownFinalizers = type.kind === 'Namespace' ? (fieldsOf(object['spec'])['finalizers'] as string[] | undefined) : undefined;
  return (object.metadata.finalizers ?? []).length === 0 && (ownFinalizers ?? []).length === 0;
}

/** A pod whose grace has not run out stays, finalizers or not. */
const isFinished = (type: ResourceType, object: KubeObject): boolean =>
  type.kind !== 'Pod' || object.metadata.deletionGracePeriodSeconds === 0 || object.metadata.deletionGracePeriodSeconds === undefined;

/** Five characters without vowels and look-alikes, as Kubernetes draws them for generated names. */
export function randomSuffix(length = 5): string {
  const alphabet = 'bcdfghjklmnpqrstvwxz2456789';
  return [...randomBytes(length)].map((byte) => alphabet[byte % alphabet.length]).join('');
}
