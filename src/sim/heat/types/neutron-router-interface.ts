import { pythonStr } from '../../python-repr.js';
import { HeatError } from '../heat-error.js';
import { isNotFound } from '../cloud/cloud-refusal.js';
import { members } from '../cloud/cloud.js';
import { findNetworkThing } from '../cloud/find.js';
import { custom } from '../schema/constraint.js';
import { required, string } from '../schema/property-schema.js';
import { ResourceFailure, type ResourceCall, type ResourceType } from './resource-type.js';

/** The physical id is `<router>:subnet_id=<subnet>` or `<router>:port_id=<port>`: Neutron has no object for it. */
export const routerInterface: ResourceType = {
  name: 'OS::Neutron::RouterInterface',
  properties: {
    router: string({ ...required, constraints: [custom('neutron.router')] }),
    subnet: string({ constraints: [custom('neutron.subnet')] }),
    port: string({ constraints: [custom('neutron.port')] }),
  },
  attributes: [],
  check(_properties, isGiven) {
    if (isGiven('subnet') && isGiven('port')) {
      throw new HeatError(400, 'ResourcePropertyConflict', 'Cannot define the following properties at the same time: subnet, port.');
    }
    if (!isGiven('subnet') && !isGiven('port')) {
      throw new HeatError(400, 'PropertyUnspecifiedError', 'At least one of the following properties must be specified: subnet, port.');
    }
  },
  async create(call) {
    const { router, key, value } = await target(call);
    await call.cloud.network('PUT', `/routers/${router}/add_router_interface`, { [key]: value });
    return `${router}:${key}=${value}`;
  },
  async findLost(call) {
    const { router, key, value } = await target(call);
    const ports = members(await call.cloud.network('GET', `/ports?device_id=${router}`), 'ports');
    const isThere = ports.some((port) => (key === 'port_id' ? port['id'] === value : JSON.stringify(port['fixed_ips']).includes(value)));
    return isThere ? `${router}:${key}=${value}` : undefined;
  },
  async remove(call, id) {
    const [, router, key, value] = /^(.+):(subnet_id|port_id)=(.+)$/.exec(id) ?? [];
    if (router === undefined || key === undefined) throw new Error(`${id} is no router interface`);
    try {
      await call.cloud.network('PUT', `/routers/${router}/remove_router_interface`, { [key]: value });
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  },
  attribute: () => Promise.resolve(null),
  show: () => Promise.reject(new ResourceFailure('TypeError', 'can only concatenate str (not "NoneType") to str')),
};

async function target({ cloud, properties }: ResourceCall): Promise<{ router: string; key: 'subnet_id' | 'port_id'; value: string }> {
  const router = await findNetworkThing(cloud, 'router', String(properties['router']));
  return properties['port'] === undefined
    ? { router, key: 'subnet_id', value: await findNetworkThing(cloud, 'subnet', String(properties['subnet'])) }
    : { router, key: 'port_id', value: await findNetworkThing(cloud, 'port', pythonStr(properties['port'])) };
}
