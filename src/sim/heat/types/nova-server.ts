import { pythonStr } from '../../python-repr.js';
import { isObject, listAt, objectAt, textAt, type JsonObject } from '../../json.js';
import { TemplateRefusal } from '../heat-error.js';
import { isNotFound } from '../cloud/cloud-refusal.js';
import { idOf, member, members } from '../cloud/cloud.js';
import { ignoreMissing, lostAmong, nameOf } from './neutron-object.js';
import { serverAttribute } from './nova-server-attributes.js';
import { serverBody } from './nova-server-body.js';
import { serverAttributes, serverProperties } from './nova-server-schema.js';
import { ResourceFailure, type ResourceCall, type ResourceType } from './resource-type.js';

const read = async (call: ResourceCall, id: string): Promise<JsonObject> => member(await call.cloud.compute('GET', `/servers/${id}`), 'server');

export const server: ResourceType = {
  name: 'OS::Nova::Server',
  properties: serverProperties,
  attributes: serverAttributes,
  check,
  // A server on a whole network needs its subnets; one on a port gets them through the port.
  needs: (own, other) =>
    other.type === 'OS::Neutron::Subnet' &&
    (Array.isArray(own.properties['networks']) ? own.properties['networks'] : []).some(
      (network: unknown) =>
        isObject(network) && network['network'] !== undefined && JSON.stringify(network['network']) === JSON.stringify(other.properties['network']),
    ),
  async create(call) {
    return idOf(member(await call.cloud.compute('POST', '/servers', await serverBody(call)), 'server'));
  },
  async isCreated(call, id) {
    const found = await read(call, id);
    const status = String(found['status']);
    if (status === 'ACTIVE') return true;
    if (status === 'BUILD') return false;
    const fault = objectAt(found, 'fault');
    const reason = `Message: ${textAt(fault, 'message') ?? 'Unknown'}, Code: ${pythonStr(fault?.['code'] ?? 'Unknown')}`;
    if (status === 'ERROR') throw new ResourceFailure('ResourceInError', `Went to status ERROR due to "${reason}"`);
    throw new ResourceFailure('ResourceUnknownStatus', `${call.resourceName} is not active - Unknown status ${status} due to "${reason}"`);
  },
  async findLost(call) {
    const found = members(await call.cloud.compute('GET', `/servers/detail?name=${encodeURIComponent(`^${nameOf(call)}$`)}`), 'servers');
    return lostAmong(call, found.filter((each) => each['name'] === nameOf(call)));
  },
  remove: (call, id) => ignoreMissing(call.cloud.compute('DELETE', `/servers/${id}`)),
  async isRemoved(call, id) {
    try {
      const found = await read(call, id);
      if (found['status'] === 'ERROR' && found['OS-EXT-STS:task_state'] === null && objectAt(found, 'fault')) {
        throw new ResourceFailure('ResourceInError', `Server ${nameOf(call)} delete failed: ${textAt(objectAt(found, 'fault'), 'message') ?? ''}`);
      }
      return ['DELETED', 'SOFT_DELETED'].includes(String(found['status']));
    } catch (error) {
      if (isNotFound(error)) return true;
      throw error;
    }
  },
  attribute: (call, id, name) => serverAttribute(call.cloud, id, name),
  show: async (call, id) => ({ ...(await read(call, id)), os_collect_config: {} }),
};

function check(properties: JsonObject, isGiven: (name: string) => boolean, resourceName: string): void {
  if (Object.keys(objectAt(properties, 'personality') ?? {}).length > 0) {
    throw new TemplateRefusal('Cannot use the personality parameter as nova no longer supports it. Use user_data instead.');
  }
  checkBoot(properties, isGiven, resourceName);
  for (const network of (listAt(properties, 'networks') ?? []).filter(isObject)) {
    if (['network', 'port', 'allocate_network', 'subnet'].every((key) => network[key] === undefined)) {
      throw new TemplateRefusal(
        `One of the properties "network", "port", "allocate_network" or "subnet" should be set for the specified network of server "${resourceName}".`,
      );
    }
  }
  const format = properties['user_data_format'];
  if (format === 'SOFTWARE_CONFIG') throw notRaw(resourceName, format);
  if (format === 'HEAT_CFNTOOLS' && isGiven('user_data') && properties['user_data'] !== '') throw notRaw(resourceName, format);
}

function checkBoot(properties: JsonObject, isGiven: (name: string) => boolean, resourceName: string): void {
  const devices = listAt(properties, 'block_device_mapping_v2')?.filter(isObject) ?? [];
  for (const device of devices) {
    if (device['volume_id'] === undefined && device['image'] === undefined) {
      throw new TemplateRefusal('Either volume_id, snapshot_id, image_id, swap_size, ephemeral_size or ephemeral_format must be specified.');
    }
  }
  if (isGiven('image')) return;
  const boots = devices.some((device) => device['boot_index'] === 0 || device['device_name'] === 'vda');
  // Devices whose values are not known yet cannot be judged.
  if (boots || (isGiven('block_device_mapping_v2') && devices.length === 0)) return;
  throw new TemplateRefusal(`Neither image nor bootable volume is specified for instance ${resourceName}`);
}

const notRaw = (resourceName: string, format: string): TemplateRefusal =>
  new TemplateRefusal(
    `user_data in the format ${format} is not part of the simulated Heat; use RAW`,
    `resources.${resourceName}.properties.user_data_format`,
    'Property error',
  );
