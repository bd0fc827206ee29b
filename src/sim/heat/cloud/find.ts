import type { JsonObject } from '../../json.js';
import { isNotFound } from './cloud-refusal.js';
import { idOf, member, members, type Cloud } from './cloud.js';

/** A name or id that stands for nothing, or for several things; the text is the Python client's. */
export class NotFindable extends Error {}

export type NetworkKind = 'network' | 'subnet' | 'port' | 'router' | 'security_group' | 'floatingip';

const plural: Record<NetworkKind, string> = {
  network: 'networks',
  subnet: 'subnets',
  port: 'ports',
  router: 'routers',
  security_group: 'security-groups',
  floatingip: 'floatingips',
};

const listKey = (kind: NetworkKind): string => plural[kind].replace('-', '_');

/** Finds by id first, then by name. Throws NotFindable. */
export async function findNetworkThing(cloud: Cloud, kind: NetworkKind, nameOrId: string): Promise<string> {
  for (const key of ['id', 'name']) {
    const found = members(await cloud.network('GET', `/${plural[kind]}?${key}=${encodeURIComponent(nameOrId)}`), listKey(kind));
    if (found.length > 1) throw new NotFindable(`Multiple ${kind} matches found for name '${nameOrId}', use an ID to be more specific.`);
    if (found[0]) return idOf(found[0]);
  }
  throw new NotFindable(`Unable to find ${kind} with name or id '${nameOrId}'`);
}

export async function findFlavor(cloud: Cloud, nameOrId: string): Promise<string> {
  const flavors = members(await cloud.compute('GET', '/flavors/detail?is_public=None'), 'flavors');
  const found = flavors.find((flavor) => flavor['id'] === nameOrId) ?? flavors.find((flavor) => flavor['name'] === nameOrId);
  if (!found) throw new NotFindable(`No Flavor matching {'name': '${nameOrId}'}. (HTTP 404)`);
  return idOf(found);
}

export async function findImage(cloud: Cloud, nameOrId: string): Promise<string> {
  if (/^[0-9a-f-]{36}$/.test(nameOrId)) {
    const byId = await orUndefined(cloud.image('GET', `/images/${nameOrId}`));
    if (byId) return idOf(byId);
  }
  const found = members(await cloud.image('GET', `/images?name=${encodeURIComponent(nameOrId)}`), 'images');
  if (found.length > 1) throw new NotFindable(`No single image matching {'name': '${nameOrId}'}.`);
  if (!found[0]) throw new NotFindable(`No images matching {'name': '${nameOrId}'}.`);
  return idOf(found[0]);
}

export async function findKeypair(cloud: Cloud, name: string): Promise<string> {
  const found = await orUndefined(cloud.compute('GET', `/os-keypairs/${encodeURIComponent(name)}`));
  if (!found) throw new NotFindable(`The Key (${name}) could not be found.`);
  return name;
}

export async function findServer(cloud: Cloud, id: string): Promise<string> {
  const found = await orUndefined(cloud.compute('GET', `/servers/${encodeURIComponent(id)}`));
  if (!found) throw new NotFindable(`The Server (${id}) could not be found.`);
  return id;
}

export async function findVolume(cloud: Cloud, id: string): Promise<string> {
  const found = await orUndefined(cloud.volume('GET', `/volumes/${encodeURIComponent(id)}`));
  if (!found) throw new NotFindable(`The Volume (${id}) could not be found.`);
  return idOf(member(found, 'volume'));
}

export async function findVolumeType(cloud: Cloud, nameOrId: string): Promise<string> {
  const types = members(await cloud.volume('GET', '/types'), 'volume_types');
  const found = types.find((type) => type['id'] === nameOrId || type['name'] === nameOrId);
  if (!found) throw new NotFindable(`The VolumeType (${nameOrId}) could not be found.`);
  return idOf(found);
}

export type LbaasKind = 'loadbalancers' | 'listeners' | 'pools' | 'flavors' | 'availabilityzones';

/** Finds by id first, then by name. */
export async function findLbaasThing(cloud: Cloud, kind: LbaasKind, nameOrId: string): Promise<string> {
  const byId = kind === 'availabilityzones' ? undefined : await orUndefined(cloud.loadBalancer('GET', `/${kind}/${encodeURIComponent(nameOrId)}`));
  if (byId) return nameOrId;
  const named = await cloud.loadBalancer('GET', `/${kind}?name=${encodeURIComponent(nameOrId)}`);
  const [found] = members(named, kind === 'availabilityzones' ? 'availability_zones' : kind);
  if (!found) throw new NotFindable(`${nameOrId} not found (HTTP 404)`);
  return kind === 'availabilityzones' ? nameOrId : idOf(found);
}

export async function findProject(cloud: Cloud, id: string): Promise<string> {
  const found = await orUndefined(cloud.identity('GET', `/projects/${encodeURIComponent(id)}`));
  if (!found) throw new NotFindable(`The Project (${id}) could not be found.`);
  return id;
}

/** What a lookup gives, or undefined for a 404. Other refusals go through. */
export async function orUndefined(lookup: Promise<JsonObject>): Promise<JsonObject | undefined> {
  try {
    return await lookup;
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}
