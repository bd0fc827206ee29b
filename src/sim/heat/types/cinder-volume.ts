import { pythonStr } from '../../python-repr.js';
import type { JsonObject } from '../../json.js';
import { TemplateRefusal } from '../heat-error.js';
import { isNotFound } from '../cloud/cloud-refusal.js';
import { idOf, member, members } from '../cloud/cloud.js';
import { findImage, findVolumeType, orUndefined } from '../cloud/find.js';
import { custom, range } from '../schema/constraint.js';
import { integer, map, string, unsupported, updatable } from '../schema/property-schema.js';
import { pythonJson } from '../python-json.js';
import { ignoreMissing, lostAmong, nameOf, pick } from './neutron-object.js';
import { ResourceFailure, type ResourceCall, type ResourceType } from './resource-type.js';

const read = async (call: ResourceCall, id: string): Promise<JsonObject> => member(await call.cloud.volume('GET', `/volumes/${id}`), 'volume');

export const volume: ResourceType = {
  name: 'OS::Cinder::Volume',
  properties: {
    size: integer({ ...updatable, constraints: [range(1)] }),
    name: string(updatable),
    description: string(updatable),
    image: string({ constraints: [custom('glance.image')] }),
    volume_type: string({ ...updatable, constraints: [custom('cinder.vtype')] }),
    availability_zone: string(),
    metadata: map({ default: {}, ...updatable }),
    backup_id: unsupported('string'),
    snapshot_id: unsupported('string'),
    source_volid: unsupported('string'),
    read_only: unsupported('boolean'),
    scheduler_hints: unsupported('map'),
  },
  attributes: [
    'availability_zone',
    'size',
    'snapshot_id',
    'display_name',
    'display_description',
    'volume_type',
    'metadata',
    'source_volid',
    'status',
    'created_at',
    'bootable',
    'metadata_values',
    'encrypted',
    'attachments',
    'attachments_list',
    'multiattach',
  ],
  check(_properties, isGiven) {
    if (isGiven('size')) return;
    throw new TemplateRefusal(
      'If neither "backup_id" nor "size" is provided, one and only one of "source_volid", "snapshot_id" must be specified, but currently specified options: [].',
    );
  },
  async create(call) {
    const { properties, cloud } = call;
    const body = {
      name: nameOf(call),
      ...pick(properties, ['size', 'description', 'availability_zone', 'metadata']),
      ...(properties['image'] === undefined ? {} : { imageRef: await findImage(cloud, pythonStr(properties['image'])) }),
      ...(properties['volume_type'] === undefined ? {} : { volume_type: await findVolumeType(cloud, pythonStr(properties['volume_type'])) }),
    };
    return idOf(member(await cloud.volume('POST', '/volumes', { volume: body }), 'volume'));
  },
  async isCreated(call, id) {
    const status = String((await read(call, id))['status']);
    if (status === 'available') return true;
    if (status === 'creating' || status === 'downloading') return false;
    throw new ResourceFailure('ResourceInError', `Went to status ${status} due to "Unknown"`);
  },
  async findLost(call) {
    const found = members(await call.cloud.volume('GET', `/volumes/detail?name=${encodeURIComponent(nameOf(call))}`), 'volumes');
    return lostAmong(call, found.filter((each) => each['name'] === nameOf(call)));
  },
  async remove(call, id) {
    const found = await orUndefined(call.cloud.volume('GET', `/volumes/${id}`));
    if (!found) return;
    // Heat looks before it asks Cinder.
    if (member(found, 'volume')['status'] === 'in-use') throw new ResourceFailure('Error', 'Volume in use');
    await ignoreMissing(call.cloud.volume('DELETE', `/volumes/${id}`));
  },
  async isRemoved(call, id) {
    try {
      const { status } = await read(call, id);
      if (status === 'error_deleting') throw new ResourceFailure('ResourceInError', 'Went to status error_deleting due to "Unknown"');
      return false;
    } catch (error) {
      if (isNotFound(error)) return true;
      throw error;
    }
  },
  async update(call, id, changed) {
    if (Object.keys(changed).some((name) => !['name', 'description', 'metadata'].includes(name))) return false;
    await call.cloud.volume('PUT', `/volumes/${id}`, { volume: changed });
    return true;
  },
  attribute: async (call, id, name) => attributeOf(await read(call, id), name),
  show: read,
};

/** Heat shows Cinder's values as text, maps as JSON, but for those attributes that are typed. */
function attributeOf(body: JsonObject, name: string): unknown {
  switch (name) {
    case 'metadata_values':
      return body['metadata'] ?? null;
    case 'attachments_list':
      return body['attachments'] ?? null;
    case 'multiattach':
      return body['multiattach'] ?? null;
    case 'display_name':
      return body['name'] ?? null;
    case 'display_description':
      return body['description'] ?? null;
    default: {
      const found = body[name];
      if (found === undefined || found === null) return null;
      return typeof found === 'object' ? pythonJson(found) : typeof found === 'string' ? found : pythonText(found);
    }
  }
}

const pythonText = (found: unknown): string => (typeof found === 'boolean' ? (found ? 'True' : 'False') : String(found));
