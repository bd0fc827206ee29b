import type { IncomingMessage } from 'node:http';
import jsonPatch, { type Operation } from 'fast-json-patch';
import { applyServerSide, type ApplyConflict } from '../apply/server-side-apply.js';
import type { FieldManager } from '../apply/managed-fields.js';
import { mergePatch, strategicMerge } from '../apply/strategic-merge.js';
import { copyOf, fieldsOf, isFields, type Fields, type KubeObject } from '../objects/kube-object.js';
import type { ResourceType } from '../resources/resource-type.js';
import { mediaTypeOf, parseDocument } from './request-body.js';
import { StatusError, badRequest, unsupportedMediaType } from './status-error.js';

export type PatchKind = 'json' | 'merge' | 'strategic' | 'apply';

const kindByMediaType: Record<string, PatchKind> = {
  'application/json-patch+json': 'json',
  'application/merge-patch+json': 'merge',
  'application/strategic-merge-patch+json': 'strategic',
  'application/apply-patch+yaml': 'apply',
};

/** @throws StatusError 415 for another content type, and for a strategic merge of a custom resource. */
export function patchKindOf(request: IncomingMessage, isCustom: boolean): PatchKind {
  const kind = kindByMediaType[mediaTypeOf(request)];
  if (kind === undefined || (kind === 'strategic' && isCustom)) throw unsupportedMediaType();
  return kind;
}

/** The object with the patch applied. @throws StatusError 400 for a malformed patch, 422 for one that does not fit the object. */
export function patched(kind: Exclude<PatchKind, 'apply'>, type: ResourceType, current: KubeObject, body: string): KubeObject {
  const patch = parseDocument(body, false);
  switch (kind) {
    case 'json':
      return applyJsonPatch(current, patch);
    case 'merge':
      if (!isFields(patch)) throw badRequest('a merge patch is an object');
      return mergePatch(current, patch) as KubeObject;
    case 'strategic':
      if (!isFields(patch)) throw badRequest('a strategic merge patch is an object');
      return strategicMerge(type.kind, copyOf(current), patch) as unknown as KubeObject;
  }
}

function applyJsonPatch(current: KubeObject, patch: unknown): KubeObject {
  if (!Array.isArray(patch)) throw badRequest('json: cannot unmarshal object into Go value of type jsonpatch.Patch');
  try {
    return jsonPatch.applyPatch(copyOf(current), patch as Operation[], true).newDocument;
  } catch (error) {
    if (!(error instanceof jsonPatch.JsonPatchError)) throw error;
    throw new StatusError(422, 'Invalid', 'the server rejected our request due to an error in our request', {});
  }
}

/** The merged object of a server-side apply. @throws StatusError 409 that names each conflicting field and its owner. */
export function applied(kind: string | undefined, live: KubeObject, wanted: Fields, manager: FieldManager, force: boolean): KubeObject {
  const result = applyServerSide(kind, live, wanted, manager, force);
  if (result.kind === 'conflicts') throw applyConflict(result.conflicts);
  const askedVersion = fieldsOf(wanted['metadata'])['resourceVersion'];
  if (typeof askedVersion === 'string') result.object.metadata.resourceVersion = askedVersion;
  return result.object;
}

function applyConflict(conflicts: ApplyConflict[]): StatusError {
  const causes = conflicts.map(({ manager, field }) => ({ reason: 'FieldManagerConflict', message: `conflict with "${manager}"`, field }));
  const list = conflicts.map(({ manager, field }) => `${field} (owned by "${manager}")`).join(', ');
  return new StatusError(409, 'Conflict', `Apply failed with ${conflicts.length} conflict${conflicts.length === 1 ? '' : 's'}: ${list}`, { causes });
}
