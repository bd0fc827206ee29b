import type { IncomingMessage } from 'node:http';
import type { FieldManager } from '../apply/managed-fields.js';
import { fieldsOf, textOf, type Fields, type KubeObject } from '../objects/kube-object.js';
import { deleteObject, deletedStatus, type DeleteOptions } from '../objects/object-deletion.js';
import type { WriteOptions } from '../objects/object-writer.js';
import { apiVersionOf, resourceId, type ResourceType } from '../resources/resource-type.js';
import { reviewAccess } from './access-reviews.js';
import type { ApiContext } from './api-context.js';
import type { ApiRequest } from './api-request.js';
import { evictPod } from './eviction.js';
import { listObjects } from './list.js';
import { applied, patchKindOf, patched } from './patch.js';
import { asObject, objectIn, parseDocument } from './request-body.js';
import { formOf, inVersion, represent, representList } from './representation.js';
import type { RequestInfo } from './request-info.js';
import { sendJson, sendText } from './response.js';
import { scaleOf, writeScale } from './scale.js';
import { selectionOf } from './selection.js';
import { StatusError, badRequest, methodNotAllowed, notFound } from './status-error.js';
import { postSubresource } from './subresources.js';
import { watchObjects } from './watch.js';

/** A request with everything that its verb needs. */
interface Call extends ApiRequest {
  context: ApiContext;
  type: ResourceType;
}

/** Answers a request for stored objects, their subresources and reviews. @throws StatusError that is the answer. */
export function handleResource(context: ApiContext, apiRequest: ApiRequest): void {
  const { info, request, response, user } = apiRequest;
  if (!context.hasQuorum()) throw new StatusError(500, undefined, 'etcdserver: request timed out');
  if (info.group === 'authorization.k8s.io') {
    sendJson(response, 201, reviewAccess(context.store, user, info, request.method === 'POST' ? objectIn(apiRequest) : {}, managerName(info, request)));
    return;
  }
  const type = context.catalogue.find(info.group, info.version, info.plural);
  const isPlaced = type && (type.namespaced || info.namespace === undefined);
  if (!isPlaced || (info.subresource !== undefined && !type.subresources.includes(info.subresource))) {
    sendText(response, 404, '404 page not found\n');
    return;
  }
  answer({ ...apiRequest, context, type });
}

function answer(call: Call): void {
  const { info } = call;
  if (info.subresource === 'portforward') {
    getObject(call);
    throw badRequest('Upgrade request required');
  }
  const isCollection = info.name === undefined;
  switch (info.verb) {
    case 'get':
      if (info.subresource === 'scale') sendJson(call.response, 200, scaleOf(getObject(call)));
      else sendObject(call, 200, getObject(call));
      return;
    case 'list':
      sendList(call);
      return;
    case 'watch':
      watchObjects(call.context.store, call.type, info, formOf(call.request.headers.accept, info.query.get('includeObject')), call.response);
      return;
    case 'create':
      if (info.name !== undefined && info.subresource !== undefined) {
        createBelow(call, info.name, info.subresource);
        return;
      }
      if (!isCollection || (call.type.namespaced && info.namespace === undefined)) throw methodNotAllowed();
      create(call);
      return;
    case 'update':
      update(call);
      return;
    case 'patch':
      patch(call);
      return;
    case 'delete':
      remove(call);
      return;
    case 'deletecollection':
      removeAll(call);
      return;
    default:
      throw methodNotAllowed();
  }
}

function sendObject({ type, info, request, response }: Call, code: number, object: KubeObject): void {
  sendJson(response, code, represent(formOf(request.headers.accept, info.query.get('includeObject')), type, info.version, object));
}

function sendList({ context, type, info, request, response }: Call): void {
  const { items, metadata } = listObjects(context.store, type, info);
  const form = formOf(request.headers.accept, info.query.get('includeObject'));
  sendJson(response, 200, representList(form, type, info.version, items, metadata, context.catalogue.isCustom(type)));
}

const idOf = ({ type }: Call): string => resourceId(type);

function getObject(call: Call): KubeObject {
  const name = call.info.name ?? '';
  const object = call.context.store.get(idOf(call), call.info.namespace, name);
  if (!object) throw notFound(call.type, name);
  return object;
}

function writeOptions({ context, type, info, request }: Call): WriteOptions {
  return {
    manager: managerOf(type, info, request),
    dryRun: info.query.get('dryRun') === 'All',
    isCustom: context.catalogue.isCustom(type),
    ...(info.subresource !== undefined && { subresource: info.subresource }),
  };
}

function managerOf(type: ResourceType, info: RequestInfo, request: IncomingMessage): FieldManager {
  return { name: managerName(info, request), apiVersion: apiVersionOf(type, info.version), ...(info.subresource !== undefined && { subresource: info.subresource }) };
}

/** fieldManager, or the first word of the user agent, as the API server falls back to. */
const managerName = (info: RequestInfo, request: IncomingMessage): string =>
  info.query.get('fieldManager') ?? /^[^/\s]+/.exec(request.headers['user-agent'] ?? '')?.[0] ?? 'unknown';

/** The body as an object of this resource, stored under its preferred version. @throws StatusError 400 when it says it is another one. */
function typed({ type, info }: Call, body: Fields): Fields {
  const { apiVersion, kind } = body;
  const expected = apiVersionOf(type, info.version);
  if ((kind !== undefined && kind !== type.kind) || (apiVersion !== undefined && apiVersion !== expected))
    throw badRequest(`the object provided is ${String(apiVersion)} ${String(kind)}, expected is ${expected} ${type.kind}`);
  return { ...body, kind: type.kind, apiVersion: apiVersionOf(type) };
}

function create(call: Call): void {
  const body = asRequestOf(call, typed(call, objectIn(call)));
  sendObject(call, 201, call.context.writer.create(call.type, call.info.namespace, body, writeOptions(call)));
}

/** A certificate request says who made it; the signer decides by that. */
function asRequestOf({ type, user }: Call, body: Fields): Fields {
  if (type.kind !== 'CertificateSigningRequest') return body;
  return { ...body, spec: { ...fieldsOf(body['spec']), username: user.name, groups: user.groups } };
}

function createBelow(call: Call, name: string, subresource: string): void {
  const body = objectIn(call);
  const { namespace = '' } = call.info;
  if (subresource === 'eviction') {
    const options = { ...deleteOptions(fieldsOf(body['deleteOptions']), call.info.query) };
    sendJson(call.response, 201, evictPod(call.context, namespace, name, body, options));
    return;
  }
  sendJson(call.response, 201, postSubresource(call.context, call.type, getObject(call), subresource, body));
}

function update(call: Call): void {
  const current = getObject(call);
  if (call.info.subresource === 'scale') {
    sendJson(call.response, 200, writeScale(call.context, call.type, current, objectIn(call) as unknown as KubeObject));
    return;
  }
  const body = typed(call, objectIn(call));
  const wanted = { ...body, metadata: fieldsOf(body['metadata']) } as unknown as KubeObject;
  if (wanted.metadata.name && wanted.metadata.name !== current.metadata.name) throw badRequest('the name of the object does not match the name on the URL');
  sendObject(call, 200, write(call, current, wanted));
}

function write(call: Call, current: KubeObject, wanted: KubeObject, options: WriteOptions = {}): KubeObject {
  return call.context.writer.update(call.type, current, wanted, { ...writeOptions(call), ...options });
}

function patch(call: Call): void {
  const { context, info, request, type, body } = call;
  const kind = patchKindOf(request, context.catalogue.isCustom(type));
  if (kind === 'apply') {
    apply(call, asObject(parseDocument(body, !body.trimStart().startsWith('{'))));
    return;
  }
  const current = getObject(call);
  if (info.subresource === 'scale') {
    sendJson(call.response, 200, writeScale(context, type, current, patched(kind, type, scaleOf(current), body)));
    return;
  }
  const result = patched(kind, type, current, body);
  const asked = fieldsOf(fieldsOf(result)['metadata'])['resourceVersion'];
  const wanted = { ...result, metadata: { ...fieldsOf(result.metadata), resourceVersion: asked ?? current.metadata.resourceVersion } } as KubeObject;
  if (textOf(wanted.metadata.name) !== info.name) throw badRequest('the name of the object does not match the name on the URL');
  sendObject(call, 200, write(call, current, { ...wanted, apiVersion: current.apiVersion }));
}

/** Creates what is not there, merges what is. */
function apply(call: Call, body: Fields): void {
  const { context, info, type } = call;
  const manager = info.query.get('fieldManager');
  if (manager === null || manager === '') throw new StatusError(400, 'BadRequest', 'fieldManager is required for apply patch', undefined);
  if (body['kind'] === undefined || body['apiVersion'] === undefined) throw badRequest('an applied object must say its apiVersion and kind');
  const wanted = typed(call, body);
  const metadata = fieldsOf(wanted['metadata']);
  if (metadata['managedFields'] !== undefined) throw badRequest('metadata.managedFields must be nil');
  const kind = context.catalogue.isCustom(type) ? undefined : type.kind;
  const options = { ...writeOptions(call), keepManagedFields: true };
  const fieldManager = { ...managerOf(type, info, call.request), name: manager };
  const current = context.store.get(idOf(call), info.namespace, info.name ?? '');
  const force = info.query.get('force') === 'true';
  if (current) {
    sendObject(call, 200, write(call, current, applied(kind, current, wanted, fieldManager, force), options));
    return;
  }
  if (info.subresource !== undefined) throw notFound(type, info.name ?? '');
  const empty = { apiVersion: apiVersionOf(type), kind: type.kind, metadata: { name: info.name } } as unknown as KubeObject;
  const created = applied(kind, empty, wanted, fieldManager, force);
  sendObject(call, 201, context.writer.create(type, info.namespace, created, options));
}

function deleteOptions(body: Fields, query: URLSearchParams): DeleteOptions {
  const grace = body['gracePeriodSeconds'] ?? (query.has('gracePeriodSeconds') ? Number(query.get('gracePeriodSeconds')) : undefined);
  const propagation = textOf(body['propagationPolicy']) ?? query.get('propagationPolicy') ?? undefined;
  const dryRun = query.get('dryRun') === 'All' || (Array.isArray(body['dryRun']) && body['dryRun'].includes('All'));
  return {
    ...(typeof grace === 'number' && { gracePeriodSeconds: grace }),
    ...(propagation !== undefined && { propagationPolicy: propagation }),
    ...(body['preconditions'] !== undefined && { preconditions: fieldsOf(body['preconditions']) }),
    dryRun,
  };
}

function remove(call: Call): void {
  const { context, type, info } = call;
  if (info.subresource !== undefined) throw methodNotAllowed();
  const body = asObject(parseDocument(call.body, false));
  const { object, isGone } = deleteObject(context.store, type, getObject(call), deleteOptions(body, info.query));
  // Pods, namespaces and whatever still waits for a finalizer are shown; the rest is only confirmed.
  const isShown = !isGone || type.kind === 'Pod' || type.kind === 'Namespace';
  sendJson(call.response, 200, isShown ? inVersion(type, info.version, object) : deletedStatus(type, object));
}

function removeAll(call: Call): void {
  const { context, type, info } = call;
  const body = asObject(parseDocument(call.body, false));
  const selection = selectionOf(type, info);
  const objects = context.store.list<KubeObject>(idOf(call), info.namespace).filter(selection.matches);
  for (const object of objects) deleteObject(context.store, type, object, deleteOptions(body, info.query));
  const metadata = { resourceVersion: String(context.store.revision) };
  sendJson(call.response, 200, representList({ kind: 'full' }, type, info.version, objects, metadata, context.catalogue.isCustom(type)));
}
