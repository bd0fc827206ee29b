import { textAt, type JsonObject } from '../../json.js';
import { isNotFound } from '../cloud/cloud-refusal.js';
import { idOf, member, members } from '../cloud/cloud.js';
import { ignoreMissing, lostAmong } from './neutron-object.js';
import { ResourceFailure, type ResourceCall, type ResourceType } from './resource-type.js';

interface OctaviaObject {
  /** Key of one object in bodies, e.g. loadbalancer. */
  key: string;
  /** Where the collection is, e.g. /loadbalancers. */
  path: (call: ResourceCall) => string;
  /** The object as POST sends it. */
  body: (call: ResourceCall) => Promise<JsonObject>;
  /** Which of the collection is the one that this resource would have made. */
  isLikely: (call: ResourceCall, found: JsonObject) => boolean;
  /** What PUT is sent for changed properties. */
  change?: (call: ResourceCall, changed: JsonObject) => JsonObject;
}

type Shared = Required<Pick<ResourceType, 'create' | 'isCreated' | 'findLost' | 'remove' | 'isRemoved' | 'update' | 'isUpdated' | 'attribute' | 'show' | 'waitsForConflicts'>>;

/** What Octavia's resources have in common: asked for again while their load balancer is busy, and done when they are ACTIVE. */
export function octaviaObject({ key, path, body, isLikely, change = (_call, changed) => changed }: OctaviaObject): Shared {
  const read = async (call: ResourceCall, id: string): Promise<JsonObject> => member(await call.cloud.loadBalancer('GET', `${path(call)}/${id}`), key);
  const isActive = async (call: ResourceCall, id: string): Promise<boolean> => {
    const status = textAt(await read(call, id), 'provisioning_status');
    if (status === 'ERROR') throw new ResourceFailure('ResourceInError', 'Went to status ERROR due to "Unknown"');
    return status === 'ACTIVE';
  };
  return {
    waitsForConflicts: true,
    async create(call) {
      return idOf(member(await call.cloud.loadBalancer('POST', path(call), { [key]: await body(call) }), key));
    },
    isCreated: isActive,
    async findLost(call) {
      const found = members(await call.cloud.loadBalancer('GET', path(call)), `${key}s`);
      return lostAmong(
        call,
        found.filter((each) => isLikely(call, each)),
      );
    },
    async remove(call, id) {
      await ignoreMissing(call.cloud.loadBalancer('DELETE', `${path(call)}/${id}`));
    },
    async isRemoved(call, id) {
      try {
        await read(call, id);
        return false;
      } catch (error) {
        if (isNotFound(error)) return true;
        throw error;
      }
    },
    async update(call, id, changed) {
      await call.cloud.loadBalancer('PUT', `${path(call)}/${id}`, { [key]: change(call, changed) });
      return true;
    },
    isUpdated: isActive,
    attribute: async (call, id, name) => (await read(call, id))[name] ?? null,
    show: read,
  };
}
