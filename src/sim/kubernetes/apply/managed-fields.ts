import { isDeepStrictEqual } from 'node:util';
import { timestamp, type KubeObject, type ManagedFieldsEntry } from '../objects/kube-object.js';
import { changedFields, difference, isEmpty, union, type FieldSet } from './field-set.js';

/** Who writes, as `managedFields` records it. */
export interface FieldManager {
  name: string;
  apiVersion: string;
  subresource?: string;
}

export const setOf = (entry: ManagedFieldsEntry): FieldSet => entry.fieldsV1 as FieldSet;

export function isEntryOf(entry: ManagedFieldsEntry, manager: FieldManager, operation: ManagedFieldsEntry['operation']): boolean {
  return entry.manager === manager.name && entry.operation === operation && entry.subresource === manager.subresource;
}

export function entryFor(manager: FieldManager, operation: ManagedFieldsEntry['operation'], fields: FieldSet): ManagedFieldsEntry {
  return {
    manager: manager.name,
    operation,
    apiVersion: manager.apiVersion,
    time: timestamp(),
    fieldsType: 'FieldsV1',
    fieldsV1: fields,
    ...(manager.subresource !== undefined && { subresource: manager.subresource }),
  };
}

/** Takes fields away from every manager but the one that `keep` accepts; a manager without fields disappears. */
export function disown(entries: ManagedFieldsEntry[], fields: FieldSet, keep: (entry: ManagedFieldsEntry) => boolean): ManagedFieldsEntry[] {
  return entries.flatMap((entry) => {
    if (keep(entry)) return [entry];
    const rest = difference(setOf(entry), fields);
    if (isEmpty(rest)) return [];
    return [isDeepStrictEqual(rest, entry.fieldsV1) ? entry : { ...entry, fieldsV1: rest }];
  });
}

/** Ownership after an ordinary write: what the writer changed is the writer's from now on. */
export function managedFieldsAfterUpdate(
  kind: string | undefined,
  before: KubeObject | undefined,
  after: KubeObject,
  manager: FieldManager,
): ManagedFieldsEntry[] {
  const entries = before?.metadata.managedFields ?? [];
  const { changed, removed } = changedFields(kind, before, after);
  if (isEmpty(changed) && isEmpty(removed)) return entries;
  const own = entries.find((entry) => isEntryOf(entry, manager, 'Update'));
  const others = disown(
    entries.filter((entry) => entry !== own),
    union(changed, removed),
    () => false,
  );
  const fields = union(own ? difference(setOf(own), removed) : {}, changed);
  return isEmpty(fields) ? others : [...others, entryFor(manager, 'Update', fields)];
}
