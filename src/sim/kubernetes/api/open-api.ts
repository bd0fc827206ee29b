import type { ResourceCatalogue } from '../resources/resource-catalogue.js';
import { apiVersionOf, type ResourceType } from '../resources/resource-type.js';

/**
 * Schemas that say no more than "an object": enough for kubectl to find each kind and to see that the server validates
 * fields itself, so that it sends manifests unchecked.
 */
const anyObject = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };

export function swagger(kubernetesVersion: string): object {
  return { swagger: '2.0', info: { title: 'Kubernetes', version: kubernetesVersion }, paths: {}, definitions: {} };
}

/** Clients up to 1.23 read the same document as protobuf: Document{swagger = 1, info = 2{title = 1, version = 2}}. */
export const swaggerProtobufType = 'application/com.github.proto-openapi.spec.v2@v1.0+protobuf';

export function swaggerProtobuf(kubernetesVersion: string): Buffer {
  const field = (number: number, content: Buffer): Buffer => Buffer.concat([Buffer.from([number * 8 + 2, content.length]), content]);
  const info = Buffer.concat([field(1, Buffer.from('Kubernetes')), field(2, Buffer.from(kubernetesVersion))]);
  return Buffer.concat([field(1, Buffer.from('2.0')), field(2, info)]);
}

export function openApiIndex(catalogue: ResourceCatalogue): object {
  const groupVersions = new Set(catalogue.all().flatMap((type) => type.versions.map((version) => pathOf(type, version))));
  return { paths: Object.fromEntries([...groupVersions].map((path) => [path, { serverRelativeURL: `/openapi/v3/${path}` }])) };
}

export function openApiOf(catalogue: ResourceCatalogue, path: string): object | undefined {
  const served = catalogue.all().flatMap((type) => type.versions.filter((version) => pathOf(type, version) === path).map((version) => ({ type, version })));
  if (served.length === 0) return undefined;
  return {
    openapi: '3.0.0',
    info: { title: 'Kubernetes', version: 'unversioned' },
    paths: Object.fromEntries(served.map(({ type, version }) => [objectPath(type, version), { patch: patchOperation(type, version) }])),
    components: { schemas: Object.fromEntries(served.map(({ type, version }) => [schemaName(type, version), { ...anyObject, 'x-kubernetes-group-version-kind': [gvk(type, version)] }])) },
  };
}

const pathOf = (type: ResourceType, version: string): string => (type.group === '' ? `api/${version}` : `apis/${type.group}/${version}`);
const gvk = (type: ResourceType, version: string): object => ({ group: type.group, version, kind: type.kind });
const schemaName = (type: ResourceType, version: string): string => `${apiVersionOf(type, version).replaceAll('/', '.')}.${type.kind}`;
const objectPath = (type: ResourceType, version: string): string => `/${pathOf(type, version)}/${type.namespaced ? 'namespaces/{namespace}/' : ''}${type.plural}/{name}`;

const query = (name: string): object => ({ name, in: 'query', schema: { type: 'string' } });

function patchOperation(type: ResourceType, version: string): object {
  return {
    'x-kubernetes-action': 'patch',
    'x-kubernetes-group-version-kind': gvk(type, version),
    parameters: [query('dryRun'), query('fieldManager'), query('fieldValidation'), query('force')],
    responses: { '200': { description: 'OK' } },
  };
}
