import { until } from '../support/until.js';
import { at, call, textAt, type CloudUser, type Json } from './cloud-user.js';

/** What there is beyond the seeds, by kind, counted. */
export async function leftoverCounts(user: CloudUser): Promise<Record<string, number>> {
  const { body } = await call(user.ready, 'admin', 'GET', '/leftovers');
  const kinds = Object.entries(body as Record<string, Json[]>).map(([kind, list]): [string, number] => [kind, list.length]);
  return Object.fromEntries(kinds.filter(([, count]) => count > 0));
}

type Map = Record<string, Json>;

/** A stack of the user's project, addressed as Heat's clients do. */
export class Stack {
  private constructor(
    readonly user: CloudUser,
    readonly name: string,
    readonly id: string,
  ) {}

  static async create(user: CloudUser, name: string, resources: Map, more: { outputs?: Map; parameters?: Map; body?: Map } = {}): Promise<Stack> {
    const template = hot(resources, more);
    const answer = await user.must('orchestration', 'POST', `/v1/${user.projectId}/stacks`, { stack_name: name, template, ...more.body });
    return new Stack(user, name, textAt(answer, 'stack.id'));
  }

  get path(): string {
    return `/v1/${this.user.projectId}/stacks/${this.name}/${this.id}`;
  }

  async show(): Promise<Json> {
    return at(await this.user.must('orchestration', 'GET', `${this.path}?resolve_outputs=false`), 'stack') ?? null;
  }

  async status(): Promise<string> {
    return textAt(await this.show(), 'stack_status');
  }

  becomes(status: string): Promise<void> {
    return until(async () => (await this.status()) === status, { what: `${this.name} ${status}`, deadlineMs: 15_000 });
  }

  /** Waits until the action is over and answers how. */
  async settle(): Promise<string> {
    await until(async () => !(await this.status()).endsWith('IN_PROGRESS'), { what: `the end of ${this.name}'s action`, deadlineMs: 15_000 });
    return this.status();
  }

  /** Statuses by resource. */
  async resources(): Promise<Record<string, string>> {
    return Object.fromEntries((await this.resourceList()).map((resource) => [textAt(resource, 'resource_name'), textAt(resource, 'resource_status')]));
  }

  async physicalId(resource: string): Promise<string> {
    return textAt(await this.user.must('orchestration', 'GET', `${this.path}/resources/${resource}`), 'resource.physical_resource_id');
  }

  async resourceList(): Promise<Json[]> {
    return at(await this.user.must('orchestration', 'GET', `${this.path}/resources`), 'resources') as Json[];
  }

  async output(key: string): Promise<Json | undefined> {
    return at(await this.user.must('orchestration', 'GET', `${this.path}/outputs/${key}`), 'output.output_value');
  }

  /** `<resource> <status>` of every event, oldest first. */
  async events(): Promise<string[]> {
    const list = at(await this.user.must('orchestration', 'GET', `${this.path}/events`), 'events') as Json[];
    return list.map((event) => `${textAt(event, 'resource_name')} ${textAt(event, 'resource_status')}`).reverse();
  }

  async update(resources: Map, more: { parameters?: Map; body?: Map } = {}): Promise<void> {
    await this.user.must('orchestration', 'PUT', this.path, { template: hot(resources, more), ...more.body });
  }

  async delete(): Promise<void> {
    await this.user.must('orchestration', 'DELETE', this.path);
  }
}

export function hot(resources: Map, more: { outputs?: Map; parameters?: Map } = {}): Map {
  return {
    heat_template_version: '2021-04-16',
    resources,
    ...(more.outputs && { outputs: more.outputs }),
    ...(more.parameters && { parameters: more.parameters }),
  };
}

const resource = (type: string, properties: Map, more: Map = {}): Map => ({ type, properties, ...more });
export const value = (inner: Json, more: Map = {}): Map => resource('OS::Heat::Value', { value: inner }, more);
export const net = (properties: Map = {}): Map => resource('OS::Neutron::Net', properties);

/** A network with a router, a machine on it with a volume and a floating address: 9 resources, one of each kind that holds another. */
export function machineResources(name: string): Map {
  const get = (from: string): Json => ({ get_resource: from });
  return {
    net: net(),
    subnet: resource('OS::Neutron::Subnet', { network: get('net'), cidr: '10.55.0.0/24' }),
    router: resource('OS::Neutron::Router', { external_gateway_info: { network: 'public' } }),
    leg: resource('OS::Neutron::RouterInterface', { router: get('router'), subnet: get('subnet') }),
    group: resource('OS::Neutron::SecurityGroup', { rules: [{ protocol: 'tcp', port_range_min: 22, port_range_max: 22 }] }),
    port: resource('OS::Neutron::Port', { network: get('net'), fixed_ips: [{ subnet: get('subnet') }], security_groups: [get('group')] }),
    address: resource('OS::Neutron::FloatingIP', { floating_network: 'public', port_id: get('port') }),
    server: resource('OS::Nova::Server', { name, image: 'ubuntu-2404-kube-v1.32.4', flavor: 'm1.small', networks: [{ port: get('port') }], user_data_format: 'RAW' }),
    disk: resource('OS::Cinder::Volume', { name: `${name}-disk`, size: 1 }),
    attachment: resource('OS::Cinder::VolumeAttachment', { instance_uuid: get('server'), volume_id: get('disk') }),
  };
}

/** What `machineResources` leaves in the cloud while it exists; the router's leg is a port too. */
export const machineLeftovers = {
  stacks: 1,
  servers: 1,
  ports: 2,
  volumes: 1,
  floating_ips: 1,
  networks: 1,
  subnets: 1,
  routers: 1,
  security_groups: 1,
};
