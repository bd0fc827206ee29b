import { isFields, type Fields } from '../objects/kube-object.js';
import { keyOfElement, listSemantics } from './list-semantics.js';

/** RFC 7386: null removes, objects merge, everything else replaces. */
export function mergePatch(target: unknown, patch: unknown): unknown {
  if (!isFields(patch)) return patch;
  const result: Fields = isFields(target) ? { ...target } : {};
  for (const [field, value] of Object.entries(patch)) {
    if (value === null) delete result[field];
    else result[field] = mergePatch(result[field], value);
  }
  return result;
}

/** Like a merge patch, but lists with keyed elements merge by element, and `$patch`, `$retainKeys` and their like are obeyed. */
export function strategicMerge(kind: string, target: Fields, patch: Fields, path: readonly string[] = []): Fields {
  if (patch['$patch'] === 'delete') return {};
  if (patch['$patch'] === 'replace') return withoutDirectives(patch);
  const result: Fields = retained(target, patch['$retainKeys']);
  for (const [field, value] of Object.entries(patch)) {
    if (field.startsWith('$')) {
      deletePrimitives(result, field, value);
      continue;
    }
    const at = [...path, field];
    const current = result[field];
    if (value === null) delete result[field];
    else if (isFields(value)) result[field] = strategicMerge(kind, isFields(current) ? current : {}, value, at);
    else if (Array.isArray(value)) result[field] = mergeLists(kind, Array.isArray(current) ? current : [], value, at);
    else result[field] = value;
  }
  orderElements(kind, result, patch, path);
  return result;
}

function mergeLists(kind: string, current: unknown[], patch: unknown[], path: readonly string[]): unknown[] {
  const semantics = listSemantics(kind, path);
  if (patch.some((element) => isFields(element) && element['$patch'] === 'replace'))
    return patch.filter((element) => !(isFields(element) && element['$patch'] === 'replace'));
  if (semantics.kind === 'atomic') return patch;
  if (semantics.kind === 'set') return [...new Set([...current, ...patch])];
  // Strategic merge knows one key a list: the first one.
  const keys = semantics.keys.slice(0, 1);
  const result = current.filter(isFields);
  for (const element of patch.filter(isFields)) {
    const index = result.findIndex((other) => keyOfElement(other, keys) === keyOfElement(element, keys));
    if (element['$patch'] === 'delete') {
      if (index >= 0) result.splice(index, 1);
    } else if (index < 0) result.push(strategicMerge(kind, {}, element, path));
    else result[index] = strategicMerge(kind, result[index] ?? {}, element, path);
  }
  return result;
}

function retained(target: Fields, retainKeys: unknown): Fields {
  if (!Array.isArray(retainKeys)) return { ...target };
  return Object.fromEntries(Object.entries(target).filter(([field]) => retainKeys.includes(field)));
}

const withoutDirectives = (patch: Fields): Fields => Object.fromEntries(Object.entries(patch).filter(([field]) => !field.startsWith('$')));

function deletePrimitives(result: Fields, directive: string, value: unknown): void {
  const [name, field] = directive.split('/');
  const current = field === undefined ? undefined : result[field];
  if (name !== '$deleteFromPrimitiveList' || field === undefined || !Array.isArray(current) || !Array.isArray(value)) return;
  result[field] = current.filter((item) => !value.includes(item));
}

/** `$setElementOrder/containers: [{name: b}, {name: a}]`: listed elements first and in that order. */
function orderElements(kind: string, result: Fields, patch: Fields, path: readonly string[]): void {
  for (const [directive, order] of Object.entries(patch)) {
    const [name, field] = directive.split('/');
    const list = field === undefined ? undefined : result[field];
    if (name !== '$setElementOrder' || field === undefined || !Array.isArray(order) || !Array.isArray(list)) continue;
    const semantics = listSemantics(kind, [...path, field]);
    const keys = semantics.kind === 'map' ? semantics.keys.slice(0, 1) : [];
    const identity = (element: unknown): string => (isFields(element) ? keyOfElement(element, keys) : JSON.stringify(element));
    const positions = new Map(order.map((element, index): [string, number] => [identity(element), index]));
    const position = (element: unknown): number => positions.get(identity(element)) ?? order.length;
    result[field] = [...(list as unknown[])].sort((a, b) => position(a) - position(b));
  }
}
