import type { ResourceType } from '../resources/resource-type.js';

export interface StatusCause {
  reason?: string;
  message?: string;
  field?: string;
}

/** Kubernetes' answer to everything that is not an object: `kind: Status`. */
export interface Status {
  kind: 'Status';
  apiVersion: 'v1';
  metadata: { continue?: string };
  status: 'Success' | 'Failure';
  message?: string;
  reason?: string;
  details?: { name?: string; group?: string; kind?: string; uid?: string; causes?: StatusCause[]; retryAfterSeconds?: number };
  code?: number;
}

/** A refusal with the Status document that the client gets. */
export class StatusError extends Error {
  readonly status: Status;

  constructor(
    readonly code: number,
    reason: string | undefined,
    message: string,
    details?: Status['details'],
    metadata: Status['metadata'] = {},
  ) {
    super(message);
    this.status = {
      kind: 'Status',
      apiVersion: 'v1',
      metadata,
      status: 'Failure',
      message,
      ...(reason !== undefined && { reason }),
      ...(details && { details }),
      code,
    };
  }
}

/** How errors name a resource: `deployments.apps "web"`, and in `details` group and plural apart. */
export type NamedType = Pick<ResourceType, 'group' | 'plural'>;

export const qualified = ({ group, plural }: NamedType): string => (group === '' ? plural : `${plural}.${group}`);

const detailsOf = (type: NamedType, name: string): { name: string; group?: string; kind: string } => ({
  name,
  ...(type.group !== '' && { group: type.group }),
  kind: type.plural,
});

export const notFound = (type: NamedType, name: string): StatusError =>
  new StatusError(404, 'NotFound', `${qualified(type)} "${name}" not found`, detailsOf(type, name));

export const alreadyExists = (type: NamedType, name: string): StatusError =>
  new StatusError(409, 'AlreadyExists', `${qualified(type)} "${name}" already exists`, detailsOf(type, name));

export const conflict = (type: NamedType, name: string, why: string): StatusError =>
  new StatusError(409, 'Conflict', `Operation cannot be fulfilled on ${qualified(type)} "${name}": ${why}`, detailsOf(type, name));

export const modified = (type: NamedType, name: string): StatusError =>
  conflict(type, name, 'the object has been modified; please apply your changes to the latest version and try again');

export const badRequest = (message: string): StatusError => new StatusError(400, 'BadRequest', message);

export const unauthorized = (): StatusError => new StatusError(401, 'Unauthorized', 'Unauthorized');

export const methodNotAllowed = (): StatusError =>
  new StatusError(405, 'MethodNotAllowed', 'the server does not allow this method on the requested resource', {});

export const unsupportedMediaType = (): StatusError => new StatusError(415, 'UnsupportedMediaType', '415: Unsupported Media Type', {});

export const notAcceptable = (): StatusError =>
  new StatusError(406, 'NotAcceptable', 'only application/json and its Table and PartialObjectMetadata forms are served', {});

/** An object that fails validation; the kind, not the plural, stands in its details. */
export function invalid(kind: string, group: string, name: string, causes: Required<StatusCause>[]): StatusError {
  const text = causes.map(({ field, message }) => `${field}: ${message}`).join(', ');
  return new StatusError(422, 'Invalid', `${kind} "${name}" is invalid: ${text}`, { name, ...(group !== '' && { group }), kind, causes });
}

export const namespaceTerminating = (type: NamedType, name: string, namespace: string): StatusError =>
  new StatusError(
    403,
    'Forbidden',
    `${qualified(type)} "${name}" is forbidden: unable to create new content in namespace ${namespace} because it is being terminated`,
    {
      ...detailsOf(type, name),
      causes: [{ reason: 'NamespaceTerminating', message: `namespace ${namespace} is being terminated`, field: 'metadata.namespace' }],
    },
  );

/** A watch or list from before the oldest change that is still remembered. */
export const expired = (message: string, metadata: Status['metadata'] = {}): StatusError =>
  new StatusError(410, 'Expired', message, undefined, metadata);
