import type { FastifyInstance, FastifyRequest } from 'fastify';
import { isAdmin, type ProjectToken } from '../http/authentication.js';
import { ServiceError } from '../http/service-error.js';
import { seedUuid } from '../ids.js';
import { isObject, objectAt, textAt, without, type JsonObject } from '../json.js';
import { pythonRepr, pythonStr } from '../python-repr.js';
import type { NewVolume } from './block-storage.js';
import { notAllowed, volumeCaller, volumeWriter, type VolumeService } from './volume-service.js';
import { defaultVolumeType, type Volume, type VolumeStatus, type VolumeType } from './volume-store.js';

interface WithId {
  Params: { projectId: string; id: string };
}

export function volumeRoutes(app: FastifyInstance, service: VolumeService): void {
  const { storage } = service;
  const { store } = storage;
  const base = '/v3/:projectId';

  app.get(`${base}/volumes`, (request) => volumeList(service, request, (volume) => briefView(service, volume)));
  app.get(`${base}/volumes/detail`, (request) => volumeList(service, request, (volume) => fullView(service, volume)));

  app.post(`${base}/volumes`, (request, reply) => {
    const caller = volumeWriter(service, request, 'volume:create');
    const volume = storage.create(newVolume(service, caller, request.body));
    reply.code(202);
    return { volume: volumeView(service, volume) };
  });

  app.get<WithId>(`${base}/volumes/:id`, (request) => {
    const volume = getVolume(service, volumeCaller(service, request), request.params.id);
    return { volume: { ...fullView(service, volume), ...newerFields(service, volume, request.microversion) } };
  });

  app.put<WithId>(`${base}/volumes/:id`, (request) => {
    const volume = getVolume(service, volumeWriter(service, request, 'volume:update'), request.params.id);
    const wanted = wantedVolume(request.body);
    const name = textAt(wanted, 'name') ?? volume.name;
    const description = textAt(wanted, 'description') ?? volume.description;
    return { volume: volumeView(service, storage.change(volume, { name, description, metadata: { ...volume.metadata, ...metadataOf(wanted) } })) };
  });

  app.delete<WithId>(`${base}/volumes/:id`, (request, reply) => {
    storage.delete(getVolume(service, volumeWriter(service, request, 'volume:delete'), request.params.id));
    return reply.code(202).send();
  });

  app.post<WithId>(`${base}/volumes/:id/action`, (request, reply) => {
    const caller = volumeWriter(service, request, 'volume:update');
    act(service, caller, getVolume(service, caller, request.params.id), request.body);
    return reply.code(202).send();
  });

  app.get(`${base}/types`, (request) => {
    volumeCaller(service, request);
    return { volume_types: store.types.values().map((type) => ({ ...typeView(type), 'os-volume-type-access:is_public': true })) };
  });

  app.get<WithId>(`${base}/types/:id`, (request) => {
    volumeCaller(service, request);
    const wanted = request.params.id === 'default' ? defaultVolumeType : request.params.id;
    const type = store.types.find((each) => each.id === wanted || each.name === wanted);
    if (!type) throw new ServiceError(404, `Volume type ${wanted} could not be found.`);
    return { volume_type: typeView(type) };
  });
}

export function getVolume({ storage }: VolumeService, caller: ProjectToken, id: string): Volume {
  const volume = storage.store.volumes.get(id);
  if (!volume || (volume.project_id !== caller.projectId && !isAdmin(caller))) throw new ServiceError(404, `Volume ${id} could not be found.`);
  return volume;
}

function wantedVolume(body: unknown): JsonObject {
  const wanted = objectAt(body, 'volume');
  if (!wanted) throw new ServiceError(400, "Invalid input for field/attribute volume. 'volume' is a required property");
  return wanted;
}

function newVolume({ storage, context }: VolumeService, caller: ProjectToken, body: unknown): NewVolume {
  const wanted = wantedVolume(body);
  const zone = textAt(wanted, 'availability_zone');
  if (zone !== undefined && zone !== 'nova') throw new ServiceError(400, `Availability zone '${zone}' is invalid.`);
  const type = textAt(wanted, 'volume_type') ?? defaultVolumeType;
  const known = storage.store.types.find((each) => each.id === type || each.name === type);
  if (!known) throw new ServiceError(404, `Volume type with name ${type} could not be found.`);
  const imageId = textAt(wanted, 'imageRef') ?? null;
  if (imageId !== null && !context.journal.collection('glance.images').get(imageId)) throw new ServiceError(400, 'Invalid image identifier or unable to access requested image.');
  return {
    project_id: caller.projectId,
    user_id: caller.userId,
    name: textAt(wanted, 'name') ?? null,
    description: textAt(wanted, 'description') ?? null,
    size: sizeOf(wanted['size']),
    volume_type: known.name,
    metadata: metadataOf(wanted),
    imageId,
  };
}

function sizeOf(size: unknown): number {
  const words = `Invalid input for field/attribute size. Value: ${pythonStr(size)}.`;
  if (size === undefined || size === null) throw new ServiceError(400, 'The server could not comply with the request since it is either malformed or otherwise incorrect.');
  if (typeof size === 'string' && !/^\d+$/.test(size)) throw new ServiceError(400, `${words} ${pythonRepr(size)} does not match '^[0-9]+$'`);
  const number = Number(size);
  if (!Number.isInteger(number)) throw new ServiceError(400, `${words} ${pythonRepr(size)} is not of type 'integer'`);
  if (number < 1) throw new ServiceError(400, `${words} ${number} is less than the minimum of 1`);
  return number;
}

function metadataOf(wanted: JsonObject): Record<string, string> {
  const given = wanted['metadata'];
  return isObject(given) ? Object.fromEntries(Object.entries(given).map(([key, value]) => [key, String(value)])) : {};
}

const statuses: VolumeStatus[] = ['available', 'in-use', 'error', 'creating', 'deleting', 'attaching', 'detaching'];

function act(service: VolumeService, caller: ProjectToken, volume: Volume, body: unknown): void {
  const { storage } = service;
  const [action = ''] = Object.keys(isObject(body) ? body : {});
  const details = objectAt(body, action);
  switch (action) {
    case 'os-extend': {
      const size = Number(details?.['new_size']);
      if (!(size > volume.size)) throw new ServiceError(400, `New size for extend must be greater than current size. (current: ${volume.size}, extended: ${size}).`);
      storage.change(volume, { size });
      return;
    }
    case 'os-reset_status': {
      if (!isAdmin(caller)) throw notAllowed('volume_extension:volume_admin_actions:reset_status');
      const status = statuses.find((each) => each === details?.['status']);
      if (status) storage.change(volume, { status });
      return;
    }
    case 'os-force_delete':
      if (!isAdmin(caller)) throw notAllowed('volume_extension:volume_admin_actions:force_delete');
      storage.delete(storage.change(volume, { status: 'available', attachments: [] }));
      return;
    default:
      throw new ServiceError(400, `There is no such action: ${action}`);
  }
}

function volumeList(service: VolumeService, request: FastifyRequest, view: (volume: Volume) => JsonObject): JsonObject {
  const caller = volumeCaller(service, request);
  const query = request.query as Record<string, string | undefined>;
  const allTenants = isAdmin(caller) && ['1', 'true', 'True'].includes(query['all_tenants'] ?? '');
  const found = service.storage.store.volumes
    .filter((volume) => allTenants || volume.project_id === caller.projectId)
    .filter((volume) => (query['name'] === undefined || volume.name === query['name']) && (query['status'] === undefined || volume.status === query['status']))
    .reverse();
  const start = query['marker'] === undefined ? 0 : found.findIndex((volume) => volume.id === query['marker']) + 1;
  const limit = Number(query['limit'] ?? 1000);
  const page = found.slice(start, start + limit);
  const next = new URL(request.url, service.context.baseUrl('volumev3'));
  next.searchParams.set('marker', page.at(-1)?.id ?? '');
  const more = found.length > start + limit;
  return { volumes: page.map(view), ...(more && { volumes_links: [{ rel: 'next', href: next.toString() }] }) };
}

function linksOf({ context }: VolumeService, { id, project_id }: Volume): JsonObject[] {
  const url = context.baseUrl('volumev3');
  return [
    { rel: 'self', href: `${url}/v3/${project_id}/volumes/${id}` },
    { rel: 'bookmark', href: `${url}/${project_id}/volumes/${id}` },
  ];
}

const briefView = (service: VolumeService, volume: Volume): JsonObject => ({ id: volume.id, name: volume.name, links: linksOf(service, volume) });

const fullView = (service: VolumeService, volume: Volume): JsonObject => ({ ...volumeView(service, volume), 'os-vol-tenant-attr:tenant_id': volume.project_id });

function volumeView(service: VolumeService, volume: Volume): JsonObject {
  return {
    ...without(volume, 'project_id', 'imageId'),
    availability_zone: 'nova',
    snapshot_id: null,
    source_volid: null,
    links: linksOf(service, volume),
    bootable: String(volume.bootable),
    encrypted: false,
    replication_status: null,
    consistencygroup_id: null,
    multiattach: false,
    attachments: volume.attachments.map((attachment) => ({ id: volume.id, volume_id: volume.id, host_name: null, ...attachment })),
  };
}

/** What later microversions added to a volume. */
function newerFields({ storage }: VolumeService, volume: Volume, microversion: number): JsonObject {
  return {
    ...(microversion >= 13 && { group_id: null }),
    ...(microversion >= 48 && { shared_targets: false, service_uuid: seedUuid('cinder-service', 'volume') }),
    ...(microversion >= 63 && { volume_type_id: storage.store.types.find((type) => type.name === volume.volume_type)?.id ?? null }),
    ...(microversion >= 65 && { consumes_quota: true }),
  };
}

const typeView = ({ id, name, description }: VolumeType): JsonObject => ({ id, name, is_public: true, description, extra_specs: {} });
