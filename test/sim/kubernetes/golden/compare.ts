import type { Answer } from '../api-caller.js';
import type { RecordedAnswer } from './recording.js';

/** Values of these fields must be equal; of all others only the type. */
const exactFields = new Set(['kind', 'apiVersion', 'status', 'reason', 'code', 'type', 'phase', 'effect', 'operator', 'field', 'unschedulable', 'priority', 'format', 'group', 'remainingItemCount', 'retryAfterSeconds', 'observedGeneration', 'disruptionsAllowed', 'currentHealthy', 'desiredHealthy', 'expectedPods', 'deletionGracePeriodSeconds', 'allowed']);
/** Keys of these objects are the data of whoever made them. */
const maps = new Set(['fieldsV1', 'labels', 'annotations', 'capacity', 'allocatable', 'matchLabels', 'disruptedPods']);
const comparedHeaders = ['content-type', 'x-content-type-options', 'retry-after'];

/** Where an answer differs from the recorded one, as `path: difference`. */
export function differences(recorded: RecordedAnswer, actual: Answer): string[] {
  const found: string[] = [];
  if (recorded.status !== actual.status) found.push(`status: ${recorded.status} became ${actual.status}`);
  for (const header of comparedHeaders) {
    if (recorded.headers[header] !== actual.headers[header]) found.push(`header ${header}: ${String(recorded.headers[header])} became ${String(actual.headers[header])}`);
  }
  if (recorded.bodyText !== undefined) compareText(recorded.bodyText, actual.text, found);
  if (recorded.body !== undefined) compareValues(recorded.body, actual.body, 'body', found);
  if (recorded.frames) compareFrames(recorded.frames, actual.text, found);
  return [...new Set(found)];
}

/** Health reports may have fewer checks than the real ones, but none that those do not have. */
function compareText(recorded: string, actual: string, found: string[]): void {
  const [wanted, lines] = [recorded, actual].map((text) => text.split('\n').filter((line) => line !== ''));
  if (!wanted || !lines) return;
  for (const line of lines) if (!wanted.includes(line)) found.push(`text: has "${line}"`);
  for (const line of [wanted[0], wanted.at(-1), ...wanted.filter((text) => text.includes('etcd'))])
    if (line !== undefined && !lines.includes(line)) found.push(`text: lacks "${line}"`);
}

interface Frame {
  type?: string;
  object?: unknown;
}

/** The same kinds of frames in the same order, repetitions aside, and at least one of each kind as recorded: the states between differ by timing. */
function compareFrames(recorded: unknown[], actual: string, found: string[]): void {
  const wanted = recorded.map((frame) => (isObject(frame) && 'frame' in frame ? frame['frame'] : frame) as Frame);
  const frames = actual.split('\n').filter((line) => line !== '').map((line) => JSON.parse(line) as Frame);
  // One document that is no frame: an error answer that the recorder read as a stream.
  const order = (list: Frame[]): string => list.map(({ type }) => type ?? 'document').filter((type, index, all) => type !== all[index - 1]).join(' ');
  if (order(wanted) !== order(frames)) found.push(`frames: ${order(wanted)} became ${order(frames)}`);
  for (const type of new Set(wanted.map((frame) => frame.type))) {
    const pairs = wanted.filter((frame) => frame.type === type).flatMap((theirs) => frames.filter((frame) => frame.type === type).map((ours) => [theirs, ours] as const));
    found.push(...nearest(pairs, `frame ${type ?? 'document'}`));
  }
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);
const typeOf = (value: unknown): string => (value === null ? 'null' : Array.isArray(value) ? 'list' : typeof value);

function compareValues(recorded: unknown, actual: unknown, path: string, found: string[]): void {
  if (typeOf(recorded) !== typeOf(actual)) {
    found.push(`${path}: ${typeOf(recorded)} became ${typeOf(actual)}`);
    return;
  }
  const field = path.slice(path.lastIndexOf('.') + 1);
  if (isObject(recorded) && isObject(actual)) {
    if (!maps.has(field)) for (const key of new Set([...Object.keys(recorded), ...Object.keys(actual)])) compareField(recorded, actual, key, `${path}.${key}`, found);
  } else if (Array.isArray(recorded) && Array.isArray(actual)) compareLists(recorded, actual, path, found);
  else if (exactFields.has(field) && recorded !== actual) found.push(`${path}: ${String(recorded)} became ${String(actual)}`);
}

function compareField(recorded: Record<string, unknown>, actual: Record<string, unknown>, key: string, path: string, found: string[]): void {
  if (!(key in actual)) found.push(`${path}: missing`);
  else if (!(key in recorded)) found.push(`${path}: not in the recording`);
  else compareValues(recorded[key], actual[key], path, found);
}

/** Elements with a name or type of their own are compared with their namesakes, others with the recorded one they are most like. */
function compareLists(recorded: unknown[], actual: unknown[], path: string, found: string[]): void {
  const key = ['name', 'type'].find((candidate) => [recorded, actual].every((list) => isKeyedBy(list, candidate)));
  // Owners have names, but those say nothing.
  if (key !== undefined && recorded.length > 0 && !path.endsWith('ownerReferences')) {
    const byKey = new Map(actual.map((element) => [(element as Record<string, unknown>)[key], element]));
    for (const element of recorded) {
      const name = String((element as Record<string, unknown>)[key]);
      if (!byKey.has(name)) found.push(`${path}[${name}]: missing`);
      else compareValues(element, byKey.get(name), `${path}[${name}]`, found);
      byKey.delete(name);
    }
    for (const name of byKey.keys()) found.push(`${path}[${String(name)}]: not in the recording`);
    return;
  }
  if (recorded.length > 0 && actual.length === 0) found.push(`${path}: became empty`);
  if (recorded.length === 0 && actual.length > 0) found.push(`${path}: was empty`);
  for (const element of recorded.length > 0 ? actual : []) {
    const pairs = recorded.map((candidate) => [candidate, element] as const);
    found.push(...nearest(pairs, `${path}[]`));
  }
}

const isKeyedBy = (list: unknown[], key: string): boolean =>
  list.every((element) => isObject(element) && typeof element[key] === 'string') && new Set(list.map((element) => (element as Record<string, unknown>)[key])).size === list.length;

/** The differences of the pair that is most alike. */
function nearest(pairs: (readonly [recorded: unknown, actual: unknown])[], path: string): string[] {
  const all = pairs.map(([recorded, actual]) => {
    const found: string[] = [];
    compareValues(recorded, actual, path, found);
    return found;
  });
  return all.sort((a, b) => a.length - b.length)[0] ?? [];
}
