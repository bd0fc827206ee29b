import { isDeepStrictEqual } from 'node:util';
import { copyOf, isFields, type Fields, type KubeObject, type ManagedFieldsEntry } from '../objects/kube-object.js';
import { difference, elementOf, fieldSetOf, has, hasLeaf, isEmpty, leavesOf, valueAtSegments, type FieldSet } from './field-set.js';
import { keyOfElement, listSemantics } from './list-semantics.js';
import { disown, entryFor, isEntryOf, setOf, type FieldManager } from './managed-fields.js';

export interface ApplyConflict {
  manager: string;
  /** As Kubernetes writes it: `.spec.replicas`, `.spec.template.spec.containers[name="c"].image`. */
  field: string;
}

export type ApplyResult = { kind: 'merged'; object: KubeObject } | { kind: 'conflicts'; conflicts: ApplyConflict[] };

/**
 * Merges what a manager wants into the live object: its fields win, fields that it no longer wants and nobody else owns
 * go, and what others own with another value is a conflict unless forced.
 */
export function applyServerSide(
  kind: string | undefined,
  live: KubeObject,
  wanted: Fields,
  manager: FieldManager,
  force: boolean,
): ApplyResult {
  const entries = live.metadata.managedFields ?? [];
  const own = entries.find((entry) => isEntryOf(entry, manager, 'Apply'));
  const others = entries.filter((entry) => entry !== own);
  const wantedSet = fieldSetOf(kind, wanted);

  const merged = mergeDocument(kind, live, wanted, []) as KubeObject;
  const disputed = disputes(live, merged, wantedSet, others);
  if (disputed.conflicts.length > 0 && !force) return { kind: 'conflicts', conflicts: disputed.conflicts };

  const dropped = own ? difference(setOf(own), wantedSet) : {};
  for (const path of leavesOf(dropped)) if (!others.some((entry) => has(setOf(entry), path))) removeAt(merged, path);

  const remaining = disown(others, disputed.fields, () => false);
  const mine = own && isDeepStrictEqual(own.fieldsV1, wantedSet) ? own : entryFor(manager, 'Apply', wantedSet);
  const managedFields = isEmpty(wantedSet) ? remaining : [mine, ...remaining];
  return { kind: 'merged', object: { ...merged, metadata: { ...merged.metadata, managedFields } } };
}

/** Leaves that another manager owns and whose value would change. */
function disputes(
  live: KubeObject,
  merged: KubeObject,
  wantedSet: FieldSet,
  others: ManagedFieldsEntry[],
): { conflicts: ApplyConflict[]; fields: FieldSet } {
  const conflicts: ApplyConflict[] = [];
  const fields: FieldSet = {};
  for (const path of leavesOf(wantedSet)) {
    if (path.at(-1) === '.') continue;
    const owners = others.filter((entry) => hasLeaf(setOf(entry), path));
    if (owners.length === 0 || isDeepStrictEqual(valueAtSegments(live, path), valueAtSegments(merged, path))) continue;
    for (const owner of owners) conflicts.push({ manager: owner.manager, field: printable(path) });
    addLeaf(fields, path);
  }
  return { conflicts, fields };
}

function addLeaf(set: FieldSet, path: readonly string[]): void {
  let current = set;
  for (const segment of path) current = current[segment] ??= {};
}

function printable(path: readonly string[]): string {
  return path
    .map((segment) => {
      if (segment.startsWith('f:')) return `.${segment.slice(2)}`;
      if (segment.startsWith('v:')) return `[${segment.slice(2)}]`;
      const keys = JSON.parse(segment.slice(2)) as Fields;
      return `[${Object.entries(keys).map(([key, value]) => `${key}=${JSON.stringify(value)}`).join(',')}]`;
    })
    .join('');
}

function mergeDocument(kind: string | undefined, live: unknown, wanted: unknown, path: readonly string[]): unknown {
  if (isFields(wanted)) {
    const result: Fields = isFields(live) ? { ...live } : {};
    for (const [field, value] of Object.entries(wanted)) {
      if (value === null) continue;
      result[field] = mergeDocument(kind, result[field], value, [...path, field]);
    }
    return result;
  }
  if (!Array.isArray(wanted)) return wanted;
  const semantics = listSemantics(kind, path);
  const current: unknown[] = Array.isArray(live) ? live : [];
  if (semantics.kind === 'atomic') return copyOf(wanted) as unknown;
  if (semantics.kind === 'set') return [...new Set([...current, ...(wanted as unknown[])])];
  const elements = [...current];
  for (const element of wanted.filter(isFields)) {
    const segment = `k:${keyOfElement(element, semantics.keys)}`;
    const existing = elementOf(elements, segment);
    if (existing === undefined) elements.push(copyOf(element));
    else elements[elements.indexOf(existing)] = mergeDocument(kind, existing, element, path);
  }
  return elements;
}

/** Removes one leaf; containers that it leaves empty go with it. Works on a copy of what lies on the way. */
function removeAt(container: unknown, path: readonly string[]): void {
  const [segment, ...rest] = path;
  if (segment === undefined) return;
  if (isFields(container) && segment.startsWith('f:')) {
    const field = segment.slice(2);
    const inner = copyOf(container[field]);
    if (inner === undefined) return;
    if (rest.length > 0) removeAt(inner, rest);
    const isGone = rest.length === 0 || (typeof inner === 'object' && inner !== null && Object.keys(inner).length === 0);
    if (isGone) delete container[field];
    else container[field] = inner;
  } else if (Array.isArray(container)) {
    const element = elementOf(container, segment);
    if (element === undefined) return;
    const index = container.indexOf(element);
    if (rest.length === 0 || rest[0] === '.') container.splice(index, 1);
    else removeAt(element, rest);
  }
}
