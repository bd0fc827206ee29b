import { resourceId, type ResourceType } from '../resources/resource-type.js';
import { isFields, textOf, type KubeObject } from '../objects/kube-object.js';
import type { ObjectStore } from '../store/object-store.js';
import type { ListMeta } from './representation.js';
import type { RequestInfo } from './request-info.js';
import { selectionOf } from './selection.js';
import { StatusError, badRequest, expired } from './status-error.js';

export interface ListResult {
  items: KubeObject[];
  metadata: ListMeta;
}

interface ContinueToken {
  revision: number;
  start: string;
}

/** One page of a list, consistent with the revision of its first page. */
export function listObjects(store: ObjectStore, type: ResourceType, info: RequestInfo): ListResult {
  const selection = selectionOf(type, info);
  const token = parseContinue(info.query.get('continue'));
  const revision = token ? revisionOfPage(store, token) : revisionOfList(store, info.query);
  const all = store.listAt<KubeObject>(resourceId(type), info.namespace, revision);
  const startOf = (object: KubeObject): string => (info.namespace === undefined && type.namespaced ? `${object.metadata.namespace ?? ''}/` : '') + object.metadata.name;
  const rest = all.filter((object) => selection.matches(object) && (!token || startOf(object) >= token.start));
  // Revision 0 is answered from the watch cache, which knows no pages.
  const limit = info.query.get('resourceVersion') === '0' ? 0 : Number(info.query.get('limit') ?? 0);
  const items = limit > 0 ? rest.slice(0, limit) : rest;
  const last = items.at(-1);
  const metadata: ListMeta = { resourceVersion: String(revision) };
  if (last && items.length < rest.length) {
    metadata.continue = encodeContinue({ revision, start: `${startOf(last)}\0` });
    if (selection.isEverything) metadata.remainingItemCount = rest.length - items.length;
  }
  return { items, metadata };
}

const encodeContinue = ({ revision, start }: ContinueToken): string => Buffer.from(JSON.stringify({ v: 'meta.k8s.io/v1', rv: revision, start })).toString('base64url');

function parseContinue(text: string | null): ContinueToken | undefined {
  if (text === null || text === '') return undefined;
  const token = parseJson(Buffer.from(text, 'base64url').toString('utf8'));
  const start = isFields(token) ? textOf(token['start']) : undefined;
  const revision = isFields(token) ? token['rv'] : undefined;
  if (start === undefined || typeof revision !== 'number') throw badRequest('continue key is not valid: it was not made by this server');
  return { revision, start };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** A token with revision -1 goes on with what is there now, consistent or not. */
function revisionOfPage(store: ObjectStore, { revision, start }: ContinueToken): number {
  if (revision === -1) return store.revision;
  if (store.isRemembered(revision)) return revision;
  throw expired(
    'The continue token is too old for a consistent list. Start again without it, or go on with the token of this answer and accept that objects changed between the pages.',
    { continue: encodeContinue({ revision: -1, start }) },
  );
}

function revisionOfList(store: ObjectStore, query: URLSearchParams): number {
  const asked = query.get('resourceVersion') ?? '';
  if (asked === '' || asked === '0') return store.revision;
  const revision = parseRevision(asked);
  if (revision > store.revision) throw tooLarge(revision, store.revision);
  if (query.get('resourceVersionMatch') !== 'Exact') return store.revision;
  if (!store.isRemembered(revision)) throw expired('The resourceVersion for the provided list is too old.');
  return revision;
}

/** A resourceVersion that is no number: 500 and no reason, as the real server answers. */
export function parseRevision(text: string): number {
  if (/^\d+$/.test(text)) return Number(text);
  throw new StatusError(500, undefined, `resourceVersion: Invalid value: "${text}": strconv.ParseUint: parsing "${text}": invalid syntax`);
}

const tooLarge = (asked: number, current: number): StatusError =>
  new StatusError(504, 'Timeout', `Timeout: Too large resource version: ${asked}, current: ${current}`, {
    causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
    retryAfterSeconds: 1,
  });
