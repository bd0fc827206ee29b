import type { ServerResponse } from 'node:http';
import type { KubeObject } from '../objects/kube-object.js';
import { apiVersionOf, resourceId, type ResourceType } from '../resources/resource-type.js';
import type { ObjectStore, StoredChange } from '../store/object-store.js';
import { represent, type Form } from './representation.js';
import { isTrue, type RequestInfo } from './request-info.js';
import { parseRevision } from './list.js';
import { selectionOf, type Selection } from './selection.js';
import { expired, invalid } from './status-error.js';

/** Without timeoutSeconds the server ends a watch after a random 30 to 60 minutes. */
const defaultTimeoutMs = (): number => 1_800_000 * (1 + Math.random());
/** The last bookmark comes two seconds before the end of the watch. */
const bookmarkBeforeEndMs = 2_000;
const bookmarkEveryMs = 60_000;

/** Streams the changes of a resource, one JSON document a line, until the time is over or the client leaves. */
export function watchObjects(store: ObjectStore, type: ResourceType, info: RequestInfo, form: Form, response: ServerResponse): void {
  const selection = selectionOf(type, info);
  const start = startOf(store, type, info);
  response.writeHead(200, { 'cache-control': 'no-cache, private', 'content-type': 'application/json' });
  response.flushHeaders();
  const write = (kind: string, object: object): void => {
    // Between the end of the answer and its last byte the store goes on.
    if (!response.writableEnded) response.write(`${JSON.stringify({ type: kind, object })}\n`);
  };
  if (start.kind === 'expired') {
    write('ERROR', expired(`too old resource version: ${start.asked} (${store.revision})`).status);
    response.end();
    return;
  }
  const show = (change: StoredChange): void => {
    const frame = frameOf(selection, change);
    if (frame) write(frame.type, represent(form, type, info.version, frame.object));
  };
  for (const object of start.objects.filter(selection.matches)) write('ADDED', represent(form, type, info.version, object));
  if (start.endsInitialEvents) write('BOOKMARK', bookmark(type, info.version, store.revision, { 'k8s.io/initial-events-end': 'true' }));
  start.changes.forEach(show);
  const unsubscribe = store.onChange((change) => {
    if (change.resource === resourceId(type) && change.revision > start.after) show(change);
  });
  keepTime(info, response, unsubscribe, () => write('BOOKMARK', bookmark(type, info.version, store.revision)));
}

type Start =
  | { kind: 'from'; objects: KubeObject[]; changes: StoredChange[]; after: number; endsInitialEvents: boolean }
  | { kind: 'expired'; asked: string };

/** No revision, or 0: everything that is there, as ADDED. A revision: what changed since, if it is still remembered. */
function startOf(store: ObjectStore, type: ResourceType, { query, namespace }: RequestInfo): Start {
  const asked = query.get('resourceVersion') ?? '';
  const wantsInitial = query.get('sendInitialEvents') === 'true';
  if (query.has('sendInitialEvents') && query.get('resourceVersionMatch') !== 'NotOlderThan')
    throw invalid('ListOptions', 'meta.k8s.io', '', [
      { reason: 'FieldValueForbidden', message: 'Forbidden: sendInitialEvents goes with resourceVersionMatch NotOlderThan only', field: 'resourceVersionMatch' },
    ]);
  if (asked === '' || asked === '0' || wantsInitial) {
    const objects = query.get('sendInitialEvents') === 'false' ? [] : store.list<KubeObject>(resourceId(type), namespace);
    return { kind: 'from', objects, changes: [], after: store.revision, endsInitialEvents: wantsInitial };
  }
  const revision = parseRevision(asked);
  const changes = store.changesSince(resourceId(type), revision);
  if (!changes) return { kind: 'expired', asked };
  return { kind: 'from', objects: [], changes, after: Math.max(revision, store.revision), endsInitialEvents: false };
}

/** An object that begins to match is ADDED to this watch, one that ceases to match DELETED from it. */
function frameOf(selection: Selection, { type, object, previous }: StoredChange): { type: string; object: KubeObject } | undefined {
  const matched = previous !== undefined && selection.matches(previous);
  const matches = type !== 'DELETED' && selection.matches(object);
  if (!matched && !matches) return undefined;
  if (!matched) return { type: 'ADDED', object };
  return { type: matches ? 'MODIFIED' : 'DELETED', object };
}

const bookmark = (type: ResourceType, version: string, revision: number, annotations?: Record<string, string>): object => ({
  kind: type.kind,
  apiVersion: apiVersionOf(type, version),
  metadata: { resourceVersion: String(revision), creationTimestamp: null, ...(annotations && { annotations }) },
});

function keepTime({ query }: RequestInfo, response: ServerResponse, unsubscribe: () => void, sendBookmark: () => void): void {
  const timeoutSeconds = Number(query.get('timeoutSeconds') ?? 0);
  const timeoutMs = timeoutSeconds > 0 ? timeoutSeconds * 1000 : defaultTimeoutMs();
  const timers = [setTimeout(() => response.end(), timeoutMs)];
  if (isTrue(query.get('allowWatchBookmarks') ?? 'false')) {
    if (timeoutMs > bookmarkBeforeEndMs) timers.push(setTimeout(sendBookmark, timeoutMs - bookmarkBeforeEndMs));
    timers.push(setInterval(sendBookmark, bookmarkEveryMs));
  }
  response.on('close', () => {
    unsubscribe();
    timers.forEach((timer) => clearTimeout(timer));
  });
}
