import { isDeepStrictEqual } from 'node:util';
import { isFields, type Fields } from '../objects/kube-object.js';
import { keyOfElement, listSemantics } from './list-semantics.js';

/**
 * A set of fields in the form in which `managedFields` shows it: a tree whose segments are `f:<field>`,
 * `k:<element's key>` and `v:<scalar>`, with `.` for an element itself and `{}` for a leaf.
 */
export interface FieldSet {
  [segment: string]: FieldSet;
}

/** Written by the server alone: nobody owns them. */
const serverFields = new Set(['apiVersion', 'kind']);
const serverMetadata = new Set([
  ...['name', 'namespace', 'generateName', 'uid', 'resourceVersion', 'generation', 'creationTimestamp', 'deletionTimestamp'],
  ...['deletionGracePeriodSeconds', 'managedFields', 'selfLink'],
]);

type Path = readonly string[];

/** Every field that a document states. `kind` is undefined for custom resources. */
export function fieldSetOf(kind: string | undefined, value: unknown, path: Path = []): FieldSet {
  const set: FieldSet = {};
  for (const [segment, child, childPath] of childrenOf(kind, value, path)) {
    const inner = fieldSetOf(kind, child, childPath);
    // A part of which only the server's own fields are stated (metadata with a name) states nothing.
    if (isEmpty(inner) && isFields(child) && Object.keys(child).length > 0) continue;
    set[segment] = { ...(segment.startsWith('k:') && { '.': {} }), ...inner };
  }
  return set;
}

/** Fields whose value differs between two states of an object, and those that are gone. */
export function changedFields(kind: string | undefined, before: unknown, after: unknown, path: Path = []): { changed: FieldSet; removed: FieldSet } {
  const changed: FieldSet = {};
  const removed: FieldSet = {};
  const old = new Map(childrenOf(kind, before, path).map(([segment, child]) => [segment, child]));
  for (const [segment, child, childPath] of childrenOf(kind, after, path)) {
    if (!old.has(segment)) changed[segment] = { ...(segment.startsWith('k:') && { '.': {} }), ...fieldSetOf(kind, child, childPath) };
    else if (!isDeepStrictEqual(old.get(segment), child)) {
      const inner = changedFields(kind, old.get(segment), child, childPath);
      const isLeaf = isEmpty(fieldSetOf(kind, child, childPath));
      if (isLeaf || !isEmpty(inner.changed)) changed[segment] = isLeaf ? {} : inner.changed;
      if (!isEmpty(inner.removed)) removed[segment] = inner.removed;
    }
    old.delete(segment);
  }
  for (const [segment, child] of old) removed[segment] = { '.': {}, ...fieldSetOf(kind, child, childPathOf(path, segment)) };
  return { changed, removed };
}

/** The parts below a value, each with its segment, unless the value is a leaf. */
function childrenOf(kind: string | undefined, value: unknown, path: Path): [segment: string, child: unknown, path: Path][] {
  if (isFields(value)) {
    return Object.entries(value)
      .filter(([field, child]) => child !== undefined && !isServerField(path, field))
      .map(([field, child]) => [`f:${field}`, child, [...path, field]]);
  }
  if (!Array.isArray(value)) return [];
  const semantics = listSemantics(kind, path);
  if (semantics.kind === 'atomic') return [];
  if (semantics.kind === 'set') return value.map((item) => [`v:${JSON.stringify(item)}`, undefined, path]);
  return value.filter(isFields).map((element) => [`k:${keyOfElement(element, semantics.keys)}`, element, path]);
}

const isServerField = (path: Path, field: string): boolean =>
  (path.length === 0 && serverFields.has(field)) || (path.length === 1 && path[0] === 'metadata' && serverMetadata.has(field));

const childPathOf = (path: Path, segment: string): Path => (segment.startsWith('f:') ? [...path, segment.slice(2)] : path);

export const isEmpty = (set: FieldSet): boolean => Object.keys(set).length === 0;

export function union(a: FieldSet, b: FieldSet): FieldSet {
  const result: FieldSet = { ...a };
  for (const [segment, inner] of Object.entries(b)) result[segment] = union(result[segment] ?? {}, inner);
  return result;
}

/** `a` without the leaves of `b`; branches that lose their last leaf go too. */
export function difference(a: FieldSet, b: FieldSet): FieldSet {
  const result: FieldSet = {};
  for (const [segment, inner] of Object.entries(a)) {
    const other = b[segment];
    if (!other) result[segment] = inner;
    else if (!isEmpty(inner)) {
      const rest = difference(inner, other);
      if (!isEmpty(rest)) result[segment] = rest;
    }
  }
  return result;
}

/** The leaves of a set as paths of segments. */
export function leavesOf(set: FieldSet, prefix: readonly string[] = []): string[][] {
  return Object.entries(set).flatMap(([segment, inner]) => {
    const path = [...prefix, segment];
    return isEmpty(inner) ? [path] : leavesOf(inner, path);
  });
}

export function has(set: FieldSet, path: readonly string[]): boolean {
  let current: FieldSet | undefined = set;
  for (const segment of path) {
    current = current[segment];
    if (!current) return false;
  }
  return true;
}

/** Whether a set holds the path itself and not only something below it. */
export function hasLeaf(set: FieldSet, path: readonly string[]): boolean {
  const [segment, ...rest] = path;
  const inner = segment === undefined ? undefined : set[segment];
  if (!inner) return false;
  return rest.length === 0 ? isEmpty(inner) : hasLeaf(inner, rest);
}

/** What a document holds at a path of segments; undefined when it has no such part. */
export function valueAtSegments(value: unknown, segments: readonly string[]): unknown {
  let current = value;
  for (const segment of segments) {
    if (segment === '.') return current;
    if (segment.startsWith('f:')) current = isFields(current) ? current[segment.slice(2)] : undefined;
    else if (!Array.isArray(current)) return undefined;
    else current = elementOf(current, segment);
  }
  return current;
}

export function elementOf(list: unknown[], segment: string): unknown {
  if (segment.startsWith('v:')) return list.find((item) => JSON.stringify(item) === segment.slice(2));
  const keys = Object.keys(JSON.parse(segment.slice(2)) as Fields);
  return list.find((element) => isFields(element) && keyOfElement(element, keys) === segment.slice(2));
}
