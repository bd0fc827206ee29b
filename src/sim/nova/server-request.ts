import { isObject, listAt, objectAt, textAt, type JsonObject } from '../json.js';
import { pythonRepr, pythonStr } from '../python-repr.js';
import { badRequest } from './compute.js';

/** What a body for `POST /servers` asks for, checked in itself but against nothing else yet. */
export interface ServerRequest {
  name: string;
  imageRef: string;
  flavorRef: string;
  networks: { port?: string; uuid?: string; fixedIp?: string }[] | 'auto' | 'none' | undefined;
  blockDevices: BlockDevice[];
  userData: string;
  keyName: string | null;
  metadata: Record<string, string>;
  tags: string[];
  configDrive: boolean;
  description: string | null;
  zone: string | null;
  securityGroups: string[];
  groupId: string | null;
}
export interface BlockDevice {
  source: 'image' | 'volume' | 'blank' | 'snapshot';
  destination: 'volume' | 'local';
  uuid: string | null;
  size: number | null;
  volumeType: string | null;
  bootIndex: number | null;
  deleteOnTermination: boolean;
}

/** Properties of a server by the microversion that knows them first; the last number, if any, is the first that no longer does. */
const properties: Record<string, [number, number?]> = {
  name: [1],
  imageRef: [1],
  flavorRef: [1],
  adminPass: [1],
  metadata: [1],
  networks: [1],
  'OS-DCF:diskConfig': [1],
  accessIPv4: [1],
  accessIPv6: [1],
  personality: [1, 57],
  availability_zone: [1],
  block_device_mapping: [1],
  block_device_mapping_v2: [1],
  config_drive: [1],
  key_name: [1],
  min_count: [1],
  max_count: [1],
  return_reservation_id: [1],
  security_groups: [1],
  user_data: [1],
  description: [19],
  tags: [52],
  trusted_image_certificates: [63],
  host: [74],
  hypervisor_hostname: [74],
  hostname: [90],
};
/** What this cloud does not play: asked for, it is refused rather than ignored. */
const unplayed = ['block_device_mapping', 'personality', 'host', 'hypervisor_hostname', 'trusted_image_certificates'];
/** base64 of 65535 bytes. */
const userDataMax = 65_535;

/** Throws Nova's 400 for anything that its schema refuses. */
export function readServerRequest(body: unknown, microversion: number): ServerRequest {
  const server = objectAt(body, 'server');
  if (!server) throw badRequest(`Invalid input for field/attribute server. Value: ${pythonStr(isObject(body) ? body['server'] : body)}. 'server' is a required property`);
  refuseUnknown(server, microversion);
  for (const required of ['name', 'flavorRef']) {
    if (server[required] === undefined) throw invalid('server', server, `${pythonRepr(required)} is a required property`);
  }
  const name = textAt(server, 'name');
  if (name === undefined || name.trim() === '' || name.length > 255) throw invalid('name', server['name'], `${pythonRepr(server['name'])} is not a valid name`);
  if (microversion >= 37 && server['networks'] === undefined) throw invalid('server', server, "'networks' is a required property");
  const hints = objectAt(body, 'os:scheduler_hints') ?? objectAt(body, 'OS-SCH-HNT:scheduler_hints');
  return {
    name,
    imageRef: textAt(server, 'imageRef') ?? '',
    flavorRef: String(server['flavorRef']),
    networks: networksOf(server['networks']),
    blockDevices: (listAt(server, 'block_device_mapping_v2') ?? []).map(blockDeviceOf),
    userData: userDataOf(server['user_data']),
    keyName: textAt(server, 'key_name') ?? null,
    metadata: metadataOf(server['metadata']),
    tags: (listAt(server, 'tags') ?? []).map(String),
    configDrive: [true, 'true', 'True', '1'].includes(server['config_drive'] as string | boolean),
    description: textAt(server, 'description') ?? null,
    zone: textAt(server, 'availability_zone') ?? null,
    securityGroups: (listAt(server, 'security_groups') ?? []).flatMap((group) => textAt(group, 'name') ?? []),
    groupId: textAt(hints, 'group') ?? null,
  };
}

const invalid = (field: string, value: unknown, problem: string): Error => badRequest(`Invalid input for field/attribute ${field}. Value: ${pythonStr(value)}. ${problem}`);

function refuseUnknown(server: JsonObject, microversion: number): void {
  const unknown = Object.keys(server).filter((name) => {
    const [from, until] = properties[name] ?? [Infinity];
    return microversion < from || (until !== undefined && microversion >= until);
  });
  if (unknown.length > 0) {
    const words = unknown.length === 1 ? 'was' : 'were';
    throw invalid('server', server, `Additional properties are not allowed (${unknown.map(pythonRepr).join(', ')} ${words} unexpected)`);
  }
  const notHere = unplayed.find((name) => server[name] !== undefined);
  if (notHere !== undefined) throw badRequest(`${notHere} is not played by this simulated cloud`);
  for (const count of ['min_count', 'max_count']) if (server[count] !== undefined && Number(server[count]) !== 1) throw badRequest(`${count} above 1 is not played by this simulated cloud`);
}

function networksOf(given: unknown): ServerRequest['networks'] {
  if (given === undefined || given === 'auto' || given === 'none') return given;
  if (!Array.isArray(given)) throw invalid('networks', given, `${pythonRepr(given)} is not of type 'array'`);
  return given.map((each) => {
    if (!isObject(each)) throw invalid('networks', each, `${pythonRepr(each)} is not of type 'object'`);
    const [port, uuid, fixedIp] = [textAt(each, 'port'), textAt(each, 'uuid'), textAt(each, 'fixed_ip')];
    return { ...(port !== undefined && { port }), ...(uuid !== undefined && { uuid }), ...(fixedIp !== undefined && { fixedIp }) };
  });
}

function userDataOf(given: unknown): string {
  if (given === undefined || given === null) return '';
  const isBase64 = typeof given === 'string' && /^[A-Za-z0-9+/\s]*={0,2}\s*$/.test(given) && given.replaceAll(/\s/g, '').length % 4 === 0;
  if (!isBase64) throw invalid('user_data', given, `${pythonRepr(given)} is not a 'base64'`);
  if (given.length > userDataMax) throw invalid('user_data', `${given.slice(0, 40)}…`, `it is too long`);
  return given;
}

function metadataOf(given: unknown): Record<string, string> {
  if (given === undefined) return {};
  if (!isObject(given)) throw invalid('metadata', given, `${pythonRepr(given)} is not of type 'object'`);
  for (const [key, value] of Object.entries(given)) {
    if (typeof value !== 'string') throw invalid(key, value, `${pythonRepr(value)} is not of type 'string'`);
    if (value.length > 255) throw invalid(key, value, `${pythonRepr(value)} is too long`);
  }
  return given as Record<string, string>;
}

function blockDeviceOf(given: unknown): BlockDevice {
  if (!isObject(given)) throw invalid('block_device_mapping_v2', given, `${pythonRepr(given)} is not of type 'object'`);
  const source = (['image', 'volume', 'blank', 'snapshot'] as const).find((each) => each === given['source_type']);
  if (!source) throw invalid('source_type', given['source_type'], "it is not one of ['volume', 'image', 'snapshot', 'blank']");
  if (source === 'snapshot') throw badRequest('source_type snapshot is not played by this simulated cloud');
  const destination = given['destination_type'] === 'local' ? 'local' : 'volume';
  const size = given['volume_size'];
  if ((source === 'image' || source === 'blank') && destination === 'volume' && (size === undefined || size === null)) {
    throw badRequest('Block Device Mapping is Invalid: Images with destination_type \'volume\' need to have a non-zero size specified');
  }
  return {
    source,
    destination,
    uuid: textAt(given, 'uuid') ?? null,
    size: size === undefined || size === null ? null : Number(size),
    volumeType: textAt(given, 'volume_type') ?? null,
    bootIndex: given['boot_index'] === undefined || given['boot_index'] === null ? null : Number(given['boot_index']),
    deleteOnTermination: given['delete_on_termination'] === true,
  };
}
