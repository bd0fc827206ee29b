import { pythonStr } from '../../python-repr.js';
import { isObject, listAt, type JsonObject } from '../../json.js';
import type { Cloud } from '../cloud/cloud.js';
import { findFlavor, findImage, findNetworkThing } from '../cloud/find.js';
import { nameOf, pick } from './neutron-object.js';
import { ResourceFailure, type ResourceCall } from './resource-type.js';

/** What Heat sends to `POST /servers`. */
export async function serverBody(call: ResourceCall): Promise<JsonObject> {
  const { cloud, properties } = call;
  const devices = listAt(properties, 'block_device_mapping_v2')?.filter(isObject);
  const networks = listAt(properties, 'networks')?.filter(isObject);
  const groups = listAt(properties, 'security_groups') ?? [];
  const userData = pythonStr(properties['user_data'] ?? '');
  const server: JsonObject = {
    name: nameOf(call),
    flavorRef: await findFlavor(cloud, String(properties['flavor'])),
    imageRef: properties['image'] === undefined ? '' : await findImage(cloud, pythonStr(properties['image'])),
    ...pick(properties, ['key_name', 'availability_zone', 'metadata', 'tags', 'config_drive']),
    ...(properties['diskConfig'] === undefined ? {} : { 'OS-DCF:diskConfig': properties['diskConfig'] }),
    ...(userData === '' ? {} : { user_data: Buffer.from(userData).toString('base64') }),
    ...(groups.length === 0 ? {} : { security_groups: groups.map((group) => ({ name: String(group) })) }),
    ...(devices && { block_device_mapping_v2: await Promise.all(devices.map((device) => blockDevice(cloud, device))) }),
    networks: await networksBody(cloud, networks),
  };
  const hints = properties['scheduler_hints'];
  return { server, ...(isObject(hints) ? { 'os:scheduler_hints': hints } : {}) };
}

async function networksBody(cloud: Cloud, networks: readonly JsonObject[] | undefined): Promise<unknown> {
  // Heat's client library refuses what Nova has refused since microversion 2.37.
  if (!networks || networks.length === 0) throw new ResourceFailure('ValueError', 'nics are required after microversion 2.36');
  const allocate = networks.find((network) => network['allocate_network'] !== undefined)?.['allocate_network'];
  if (allocate !== undefined) return allocate;
  return Promise.all(
    networks.map(async (network) => ({
      ...(network['port'] === undefined ? {} : { port: await findNetworkThing(cloud, 'port', pythonStr(network['port'])) }),
      ...(network['port'] === undefined && network['network'] !== undefined
        ? { uuid: await findNetworkThing(cloud, 'network', pythonStr(network['network'])) }
        : {}),
      ...pick(network, ['fixed_ip', 'tag']),
    })),
  );
}

async function blockDevice(cloud: Cloud, device: JsonObject): Promise<JsonObject> {
  const shared = pick(device, ['boot_index', 'delete_on_termination', 'device_name', 'device_type', 'disk_bus', 'volume_size']);
  if (device['volume_id'] !== undefined) {
    return { ...shared, uuid: device['volume_id'], source_type: 'volume', destination_type: 'volume' };
  }
  return { ...shared, uuid: await findImage(cloud, String(device['image'])), source_type: 'image', destination_type: 'volume' };
}
