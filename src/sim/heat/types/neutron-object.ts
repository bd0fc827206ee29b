import { pythonStr } from '../../python-repr.js';
import type { JsonObject } from '../../json.js';
import { isNotFound } from '../cloud/cloud-refusal.js';
import { idOf, member, members } from '../cloud/cloud.js';
import type { ResourceCall, ResourceType } from './resource-type.js';

interface NeutronObject {
  /** Key of one object in bodies, e.g. security_group. */
  key: string;
  /** Last part of the path, e.g. security-groups. */
  path: string;
  /** The object as POST sends it, without what `named` adds. */
  body: (call: ResourceCall) => Promise<JsonObject>;
  /** Properties that PUT changes under their own names. */
  puts?: readonly string[];
}

type Shared = Required<Pick<ResourceType, 'create' | 'complete' | 'findLost' | 'remove' | 'attribute' | 'show' | 'update'>>;

/** What the plain objects of Neutron have in common: named, created by one POST, read and removed by id. */
export function neutronObject({ key, path, body, puts = [] }: NeutronObject): Shared {
  const read = async (call: ResourceCall, id: string): Promise<JsonObject> => member(await call.cloud.network('GET', `/${path}/${id}`), key);
  return {
    async create(call) {
      const sent = await body(call);
      return idOf(member(await call.cloud.network('POST', `/${path}`, { [key]: sent }), key));
    },
    complete: (call, id) => setTags(call, path, id),
    async findLost(call) {
      const name = nameOf(call);
      const found = members(await call.cloud.network('GET', `/${path}?name=${encodeURIComponent(name)}`), path.replaceAll('-', '_'));
      return lostAmong(call, found);
    },
    async remove(call, id) {
      await ignoreMissing(call.cloud.network('DELETE', `/${path}/${id}`));
    },
    attribute: async (call, id, name) => (await read(call, id))[name] ?? null,
    show: read,
    async update(call, id, changed) {
      if (Object.keys(changed).some((name) => !puts.includes(name))) return false;
      await call.cloud.network('PUT', `/${path}/${id}`, { [key]: changed });
      return true;
    },
  };
}

/** The given name, or the generated one. */
export const nameOf = ({ properties, physicalName }: ResourceCall): string =>
  typeof properties['name'] === 'string' ? properties['name'] : physicalName;

/** Of things of the right name: the one of this project that came after the resource began and that no other resource owns. */
export function lostAmong(call: ResourceCall, found: readonly JsonObject[]): string | undefined {
  const started = Date.parse(call.startedAt);
  const lost = found.find((thing) => {
    const project = thing['project_id'] ?? thing['tenant_id'] ?? thing['os-vol-tenant-attr:tenant_id'];
    const created = Date.parse(pythonStr(thing['created_at'] ?? thing['created'] ?? ''));
    // Services tell whole seconds.
    const isLate = Number.isNaN(created) || created >= started - 1000;
    return (project === undefined || project === call.cloud.projectId) && isLate && !call.isOwned(idOf(thing));
  });
  return lost && idOf(lost);
}

async function setTags(call: ResourceCall, path: string, id: string): Promise<void> {
  const { tags } = call.properties;
  if (Array.isArray(tags) && tags.length > 0) await call.cloud.network('PUT', `/${path}/${id}/tags`, { tags });
}

export async function ignoreMissing(removal: Promise<unknown>): Promise<void> {
  try {
    await removal;
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
}

/** The given properties among `names`, under their own names. */
export function pick(properties: JsonObject, names: readonly string[]): JsonObject {
  return Object.fromEntries(names.filter((name) => properties[name] !== undefined).map((name) => [name, properties[name]]));
}
