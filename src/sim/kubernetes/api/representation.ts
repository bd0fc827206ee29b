import type { KubeObject, ObjectMeta } from '../objects/kube-object.js';
import { apiVersionOf, type ResourceType } from '../resources/resource-type.js';
import { tableOf, type Table } from './table.js';
import { notAcceptable } from './status-error.js';

/** The form in which a client wants objects: as they are, as a table for people, or their metadata only. */
export type Form = { kind: 'full' } | { kind: 'table'; version: string; include: string } | { kind: 'metadata'; version: string };

/** Reads the Accept header; the first form that is served wins. @throws StatusError 406 when none is. */
export function formOf(accept: string | undefined, includeObject: string | null): Form {
  if (accept === undefined || accept === '') return { kind: 'full' };
  for (const range of accept.split(',')) {
    const [mediaType, ...parameters] = range.split(';').map((part) => part.trim());
    if (mediaType !== 'application/json' && mediaType !== '*/*' && mediaType !== 'application/*') continue;
    const values = new Map(parameters.map((parameter) => parameter.split('=')).map(([key = '', value = '']) => [key, value]));
    const version = `meta.k8s.io/${values.get('v') ?? 'v1'}`;
    switch (values.get('as')) {
      case undefined:
        return { kind: 'full' };
      case 'Table':
        return { kind: 'table', version, include: includeObject ?? 'Metadata' };
      case 'PartialObjectMetadata':
      case 'PartialObjectMetadataList':
        return { kind: 'metadata', version };
      default:
    }
  }
  throw notAcceptable();
}

export type ListMeta = { resourceVersion: string; continue?: string; remainingItemCount?: number };

/** An object in the version of the request's path. */
export const inVersion = (type: ResourceType, version: string, object: KubeObject): KubeObject => ({
  ...object,
  kind: type.kind,
  apiVersion: apiVersionOf(type, version),
});

export function represent(form: Form, type: ResourceType, version: string, object: KubeObject): object {
  switch (form.kind) {
    case 'full':
      return inVersion(type, version, object);
    case 'table':
      return representTable(form, type, version, [object], { resourceVersion: object.metadata.resourceVersion });
    case 'metadata':
      return metadataOnly(form.version, object.metadata);
  }
}

export function representList(form: Form, type: ResourceType, version: string, objects: KubeObject[], metadata: ListMeta, isCustom: boolean): object {
  switch (form.kind) {
    case 'full':
      return { kind: `${type.kind}List`, apiVersion: apiVersionOf(type, version), metadata, items: objects.map((object) => (isCustom ? inVersion(type, version, object) : withoutType(object))) };
    case 'table':
      return representTable(form, type, version, objects, metadata);
    case 'metadata': {
      // A continued metadata list does not count what remains.
      const counted = without(metadata, 'remainingItemCount');
      return { kind: 'PartialObjectMetadataList', apiVersion: form.version, metadata: counted, items: objects.map((object) => metadataOnly(form.version, object.metadata)) };
    }
  }
}

/** Items of built-in lists say neither kind nor apiVersion; those of custom resources do. */
const withoutType = (object: KubeObject): object => without(object, 'kind', 'apiVersion');

const without = (object: object, ...fields: string[]): object => Object.fromEntries(Object.entries(object).filter(([field]) => !fields.includes(field)));

const metadataOnly = (version: string, metadata: ObjectMeta): object => ({ kind: 'PartialObjectMetadata', apiVersion: version, metadata });

function representTable(form: Form & { kind: 'table' }, type: ResourceType, version: string, objects: KubeObject[], metadata: ListMeta): Table {
  return tableOf(type, objects, form.version, metadata, (object) => {
    if (form.include === 'None') return undefined;
    return form.include === 'Object' ? inVersion(type, version, object) : metadataOnly(form.version, object.metadata);
  });
}
