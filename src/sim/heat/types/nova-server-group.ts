import type { JsonObject } from '../../json.js';
import { idOf, member, members } from '../cloud/cloud.js';
import { allowed } from '../schema/constraint.js';
import { list, map, integer, string } from '../schema/property-schema.js';
import { ignoreMissing, lostAmong, nameOf } from './neutron-object.js';
import type { ResourceCall, ResourceType } from './resource-type.js';

const read = async (call: ResourceCall, id: string): Promise<JsonObject> => member(await call.cloud.compute('GET', `/os-server-groups/${id}`), 'server_group');

export const serverGroup: ResourceType = {
  name: 'OS::Nova::ServerGroup',
  properties: {
    name: string(),
    policies: list({
      default: ['anti-affinity'],
      items: string(),
      constraints: [allowed('anti-affinity', 'affinity', 'soft-anti-affinity', 'soft-affinity')],
    }),
    rules: map({ keys: { max_server_per_host: integer() } }),
  },
  attributes: [],
  async create(call) {
    const [policy] = call.properties['policies'] as string[];
    const { rules } = call.properties;
    const group = { name: nameOf(call), policy, ...(rules === undefined ? {} : { rules }) };
    return idOf(member(await call.cloud.compute('POST', '/os-server-groups', { server_group: group }), 'server_group'));
  },
  async findLost(call) {
    const found = members(await call.cloud.compute('GET', '/os-server-groups'), 'server_groups');
    return lostAmong(call, found.filter((group) => group['name'] === nameOf(call)));
  },
  remove: (call, id) => ignoreMissing(call.cloud.compute('DELETE', `/os-server-groups/${id}`)),
  attribute: async (call, id, name) => (await read(call, id))[name] ?? null,
  show: read,
};
