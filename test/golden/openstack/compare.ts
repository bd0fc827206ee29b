import type { Answer, Exchange, Json } from './exchange.js';
import { covers } from './pointer.js';

export interface Difference {
  readonly pointer: string;
  readonly problem: string;
}

/**
 * Values under these keys are words of the protocol: a client decides on them, so they must agree. Everything else is
 * compared by its keys and JSON types alone. Messages are not here: their wording is each cloud's own.
 */
const wordsOfTheProtocol = new Set([
  ...['stack_status', 'resource_status', 'status', 'resource_type', 'output_key', 'logical_resource_id', 'resource_name', 'rel'],
  ...['code', 'title', 'type', 'Type', 'Default', 'NoEcho', 'AllowedValues', 'AllowedPattern', 'disable_rollback', 'timeout_mins'],
  ...['OS-EXT-STS:vm_state', 'OS-EXT-STS:power_state', 'OS-EXT-IPS:type', 'direction', 'protocol', 'ethertype', 'port_range_min', 'port_range_max'],
  ...['admin_state_up', 'router:external', 'interface', 'os_distro', 'enable_dhcp', 'ip_version', 'version', 'methods', 'is_domain'],
]);

/** Lists in which nothing may be missing either: a stack's outputs and resources follow from its template. */
const completeLists = new Set(['outputs', 'resources']);

/** How `actual` differs from the recorded answer; empty when it does not. */
export function differences(recorded: Answer, actual: Answer, rules: Pick<Exchange, 'ignore' | 'same'>): Difference[] {
  const status = recorded.status === actual.status ? [] : [{ pointer: 'status', problem: `is ${actual.status}, recorded ${recorded.status}` }];
  return [...status, ...headerDifferences(recorded.headers, actual.headers, rules), ...bodyDifferences(recorded.body, actual.body, '', rules)];
}

function headerDifferences(recorded: Answer['headers'], actual: Answer['headers'], rules: Pick<Exchange, 'ignore'>): Difference[] {
  const names = new Set([...Object.keys(recorded), ...Object.keys(actual)]);
  return [...names]
    .filter((name) => recorded[name] !== actual[name] && !isIgnored(`headers/${name}`, rules))
    .map((name) => ({ pointer: `headers/${name}`, problem: `is ${actual[name] ?? 'absent'}, recorded ${recorded[name] ?? 'absent'}` }));
}

function bodyDifferences(recorded: Json, actual: Json, pointer: string, rules: Pick<Exchange, 'ignore' | 'same'>): Difference[] {
  if (isIgnored(pointer, rules)) return [];
  if (typeOf(recorded) !== typeOf(actual)) return [{ pointer, problem: `is ${brief(actual)}, recorded ${brief(recorded)}` }];
  if (mustBeSame(pointer, rules)) return JSON.stringify(recorded) === JSON.stringify(actual) ? [] : [{ pointer, problem: `is ${brief(actual)}, recorded ${brief(recorded)}` }];
  if (Array.isArray(recorded) && Array.isArray(actual)) return elementDifferences(recorded, actual, pointer, rules);
  if (isObject(recorded) && isObject(actual)) return keyDifferences(recorded, actual, pointer, rules);
  return [];
}

type JsonMap = Readonly<Record<string, Json>>;

function keyDifferences(recorded: JsonMap, actual: JsonMap, pointer: string, rules: Pick<Exchange, 'ignore' | 'same'>): Difference[] {
  const keys = new Set([...Object.keys(recorded), ...Object.keys(actual)]);
  return [...keys].flatMap((key) => {
    const here = `${pointer}/${key}`;
    const [was, is] = [recorded[key], actual[key]];
    if (isIgnored(here, rules)) return [];
    if (was === undefined) return [{ pointer: here, problem: `is ${brief(is ?? null)}, but the real answer has no such key` }];
    if (is === undefined) return [{ pointer: here, problem: `is absent, recorded ${brief(was)}` }];
    return bodyDifferences(was, is, here, rules);
  });
}

/** Lists have no fixed length or order, so each element must be like one of the recorded ones; the nearest is reported. */
function elementDifferences(recorded: readonly Json[], actual: readonly Json[], pointer: string, rules: Pick<Exchange, 'ignore' | 'same'>): Difference[] {
  if ((recorded.length === 0) !== (actual.length === 0)) return [{ pointer, problem: `has ${actual.length} elements, recorded ${recorded.length}` }];
  const unexpected = actual.flatMap((element, index) => {
    const candidates = recorded.map((model) => bodyDifferences(model, element, `${pointer}/${index}`, rules));
    return candidates.reduce((best, next) => (next.length < best.length ? next : best));
  });
  if (!completeLists.has(lastKey(pointer))) return unexpected;
  const missing = recorded.filter((model) => actual.every((element, index) => bodyDifferences(model, element, `${pointer}/${index}`, rules).length > 0));
  return [...unexpected, ...missing.map((model) => ({ pointer, problem: `has none like ${brief(model)}` }))];
}

function mustBeSame(pointer: string, rules: Pick<Exchange, 'same'>): boolean {
  return wordsOfTheProtocol.has(lastKey(pointer)) || (rules.same ?? []).some((pattern) => covers(pattern, pointer));
}

const lastKey = (pointer: string): string => pointer.slice(pointer.lastIndexOf('/') + 1);
const isIgnored = (pointer: string, rules: Pick<Exchange, 'ignore'>): boolean => Object.keys(rules.ignore ?? {}).some((pattern) => covers(pattern, pointer));
const isObject = (value: Json): value is Record<string, Json> => value !== null && typeof value === 'object' && !Array.isArray(value);
const typeOf = (value: Json): string => (value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value);

function brief(value: Json): string {
  const text = JSON.stringify(value);
  return text.length <= 160 ? text : `${text.slice(0, 160)}…`;
}
