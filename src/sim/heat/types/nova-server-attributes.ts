import { isObject, listAt, objectAt, textAt, type JsonObject } from '../../json.js';
import { member, members, type Cloud } from '../cloud/cloud.js';
import { networkOf, subnetsOf } from './neutron-port.js';

/** An attribute of a server as Heat computes it from Nova's and Neutron's answers. */
export async function serverAttribute(cloud: Cloud, id: string, name: string): Promise<unknown> {
  const server = member(await cloud.compute('GET', `/servers/${id}`), 'server');
  switch (name) {
    case 'name':
    case 'accessIPv4':
    case 'accessIPv6':
    case 'tags':
      return server[name] ?? null;
    case 'addresses':
      return addresses(cloud, id, server);
    case 'networks':
      return networks(cloud, id, server);
    case 'first_address':
      return firstAddress(server);
    case 'os_collect_config':
      return {};
    default:
      // instance_name and console_urls are for administrators, or for machines with a console.
      return null;
  }
}

const byNetworkName = (server: JsonObject): [string, JsonObject[]][] =>
  Object.entries(objectAt(server, 'addresses') ?? {}).map(([name, list]) => [name, Array.isArray(list) ? list.filter(isObject) : []]);

function firstAddress(server: JsonObject): string {
  return textAt(byNetworkName(server).flatMap(([, list]) => list)[0], 'addr') ?? '';
}

async function portsOf(cloud: Cloud, id: string): Promise<JsonObject[]> {
  return members(await cloud.network('GET', `/ports?device_id=${id}`), 'ports');
}

/** Every network stands there twice: under its name and under its id. */
async function networks(cloud: Cloud, id: string, server: JsonObject): Promise<JsonObject> {
  const ids = await networkIds(cloud, id);
  const lists = byNetworkName(server).map(([name, list]): [string, unknown[]] => [name, list.map((entry) => entry['addr'])]);
  return Object.fromEntries(lists.flatMap(([name, list]) => withId(name, list, ids)));
}

async function addresses(cloud: Cloud, id: string, server: JsonObject): Promise<JsonObject> {
  const ports = await portsOf(cloud, id);
  const ids = await networkIds(cloud, id);
  const lists = await Promise.all(
    byNetworkName(server).map(async ([name, list]): Promise<[string, unknown[]]> => [
      name,
      await Promise.all(list.map((entry) => withPort(cloud, entry, ports))),
    ]),
  );
  return Object.fromEntries(lists.flatMap(([name, list]) => withId(name, list, ids)));
}

/** Floating addresses belong to no port; fixed ones carry port, subnets and network with them. The version comes as a list. */
async function withPort(cloud: Cloud, entry: JsonObject, ports: readonly JsonObject[]): Promise<JsonObject> {
  const own = ports.find((port) => (listAt(port, 'fixed_ips') ?? []).some((fixed) => textAt(fixed, 'ip_address') === entry['addr']));
  const shared = { ...entry, version: [entry['version']] };
  if (!own) return { ...shared, port: null };
  return { ...shared, port: own['id'], subnets: await subnetsOf(cloud, own), network: await networkOf(cloud, own) };
}

async function networkIds(cloud: Cloud, id: string): Promise<Map<string, string>> {
  const found = await Promise.all((await portsOf(cloud, id)).map((port) => networkOf(cloud, port)));
  return new Map(found.map((network) => [String(network['name']), String(network['id'])]));
}

function withId(name: string, list: unknown[], ids: ReadonlyMap<string, string>): [string, unknown[]][] {
  const id = ids.get(name);
  return id === undefined ? [[name, list]] : [[name, list], [id, list]];
}
