/** JSON object of which nothing is known yet. */
export type Fields = Record<string, unknown>;

export interface OwnerReference {
  apiVersion: string;
  kind: string;
  name: string;
  uid: string;
  controller?: boolean;
  blockOwnerDeletion?: boolean;
}

export interface ManagedFieldsEntry {
  manager: string;
  operation: 'Apply' | 'Update';
  apiVersion: string;
  time: string;
  fieldsType: 'FieldsV1';
  fieldsV1: Fields;
  subresource?: string;
}

export interface ObjectMeta {
  name: string;
  generateName?: string;
  namespace?: string;
  uid: string;
  resourceVersion: string;
  generation?: number;
  creationTimestamp: string;
  deletionTimestamp?: string;
  deletionGracePeriodSeconds?: number;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  ownerReferences?: OwnerReference[];
  finalizers?: string[];
  managedFields?: ManagedFieldsEntry[];
}

/** What the store holds. Stored objects are never changed in place: whoever wants a change makes a copy. */
export interface KubeObject {
  apiVersion: string;
  kind: string;
  metadata: ObjectMeta;
  [field: string]: unknown;
}

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function fieldsOf(value: unknown): Fields {
  return isFields(value) ? value : {};
}

export function listOf(value: unknown): Fields[] {
  return Array.isArray(value) ? value.filter(isFields) : [];
}

export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** The value at a path of field names, or undefined as soon as one of them is missing. */
export function valueAt(value: unknown, ...path: string[]): unknown {
  let current = value;
  for (const field of path) {
    if (!isFields(current)) return undefined;
    current = current[field];
  }
  return current;
}

/** A string, number or boolean at a path as text. */
export function scalarAt(value: unknown, ...path: string[]): string | undefined {
  const found = valueAt(value, ...path);
  return typeof found === 'string' || typeof found === 'number' || typeof found === 'boolean' ? String(found) : undefined;
}

/** A deep copy of JSON. Not structuredClone: it is slower, and its objects are of another realm inside a test runner. */
export function copyOf<T>(value: T): T {
  if (Array.isArray(value)) return value.map((element: unknown) => copyOf(element)) as T;
  if (!isFields(value)) return value;
  const copy: Fields = {};
  for (const field of Object.keys(value)) copy[field] = copyOf(value[field]);
  return copy as T;
}

export function controllerOf(object: KubeObject): OwnerReference | undefined {
  return object.metadata.ownerReferences?.find((owner) => owner.controller === true);
}

/** Kubernetes' timestamps have whole seconds and no fraction (RFC 3339). */
export function timestamp(date: Date = new Date()): string {
  return `${date.toISOString().slice(0, 19)}Z`;
}
