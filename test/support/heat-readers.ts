/**
 * Tools beside us that read Heat directly, as far as they read: the magnum provider of cluster-autoscaler, and
 * magnum-auto-healer. They call as gophercloud does: a stack of which only the id is known is asked for by it, and the
 * redirect to name and id is followed.
 */
export interface HeatSession {
  /** Public endpoint of a service type, without a slash at the end. */
  endpoint(type: string): string;
  /** Answers whatever status comes and follows nothing. */
  call(type: string, method: string, path: string): Promise<{ readonly status: number; readonly headers: Headers; readonly body: unknown }>;
}

interface Stack {
  readonly stack_name: string;
  readonly stack_status: string;
  readonly outputs?: readonly { readonly output_key: string; readonly output_value: unknown }[];
}

export interface Resource {
  readonly resource_name: string;
  readonly resource_type: string;
  readonly resource_status: string;
  readonly resource_status_reason: string;
  readonly physical_resource_id: string;
  readonly links: readonly { readonly href: string; readonly rel: string }[];
}

/** What the autoscaler makes of one entry; `fake:///<group>/<index>` stands for a node without a server. */
export interface Instance {
  readonly id: string;
  readonly state: 'creating' | 'running' | 'deleting';
  readonly problem?: string;
}

export class HeatReader {
  constructor(private readonly session: HeatSession) {}

  /** Reads 1 and 3: by id alone, answered by a redirect. */
  findStack(id: string): Promise<Stack> {
    return this.read<{ stack: Stack }>(`/stacks/${id}`, 302).then(({ stack }) => stack);
  }

  /** Read 2. */
  resource(stackName: string, stackId: string, name: string): Promise<Resource> {
    return this.read<{ resource: Resource }>(`/stacks/${stackName}/${stackId}/resources/${name}`, 200).then(({ resource }) => resource);
  }

  /** Read 4; with a depth, also what is nested in it. */
  resources(stackName: string, stackId: string, depth?: number): Promise<Resource[]> {
    const query = depth === undefined ? '' : `?nested_depth=${depth}`;
    return this.read<{ resources: Resource[] }>(`/stacks/${stackName}/${stackId}/resources${query}`, 200).then(({ resources }) => resources);
  }

  /** Read 5: with outputs. */
  stack(name: string, id: string): Promise<Stack> {
    return this.read<{ stack: Stack }>(`/stacks/${name}/${id}`, 200).then(({ stack }) => stack);
  }

  /** Read 6: resources of a stack of which only the id is known. */
  resourcesById(id: string): Promise<Resource[]> {
    return this.read<{ resources: Resource[] }>(`/stacks/${id}/resources`, 302).then(({ resources }) => resources);
  }

  private async read<T>(path: string, expected: 200 | 302): Promise<T> {
    const answer = await this.session.call('orchestration', 'GET', path);
    if (answer.status !== expected) throw new Error(`GET ${path} answered ${answer.status} instead of ${expected}: ${JSON.stringify(answer.body)}`);
    if (expected === 200) return answer.body as T;
    const location = answer.headers.get('location') ?? '';
    const endpoint = this.session.endpoint('orchestration');
    if (!location.startsWith(`${endpoint}/stacks/`)) throw new Error(`GET ${path} sends readers to ${location}`);
    return this.read<T>(location.slice(endpoint.length), 200);
  }
}

/** The stack in which the group's nodes are listed; the autoscaler remembers its id and name for good. */
export async function findMinions(heat: HeatReader, groupStackId: string): Promise<{ readonly name: string; readonly id: string }> {
  const { stack_name: groupStackName } = await heat.findStack(groupStackId);
  const { physical_resource_id: id } = await heat.resource(groupStackName, groupStackId, 'kube_minions');
  return { name: (await heat.findStack(id)).stack_name, id };
}

/** The nodes of a group as the autoscaler's provider counts them. */
export async function readInstances(heat: HeatReader, groupId: string, minions: { readonly name: string; readonly id: string }): Promise<Instance[]> {
  const entries = await heat.resources(minions.name, minions.id);
  const servers = serversOf(await heat.stack(minions.name, minions.id));
  const instances = await Promise.all(entries.map((entry) => instanceOf(heat, groupId, entry, servers.get(entry.resource_name))));
  return instances.filter((instance) => instance !== undefined);
}

/** refs_map without the placeholder of members that have no server. The provider takes for granted that all is text. */
function serversOf({ outputs = [] }: Stack): Map<string, string> {
  const value = outputs.find(({ output_key: key }) => key === 'refs_map')?.output_value ?? {};
  if (typeof value !== 'object' || Array.isArray(value)) throw new Error(`refs_map is no map: ${JSON.stringify(value)}`);
  const pairs = Object.entries(value);
  const foreign = pairs.find((pair) => typeof pair[1] !== 'string');
  if (foreign) throw new Error(`refs_map holds something else than text: ${JSON.stringify(foreign)}`);
  return new Map(pairs.filter(([, server]) => server !== 'kube-minion') as [string, string][]);
}

async function instanceOf(heat: HeatReader, groupId: string, entry: Resource, server: string | undefined): Promise<Instance | undefined> {
  const { resource_name: index, resource_status: status, resource_status_reason: reason } = entry;
  const nameless = `fake:///${groupId}/${index}`;
  const id = server === undefined ? nameless : `openstack:///${server}`;
  switch (status) {
    case 'INIT_COMPLETE':
    case 'CREATE_IN_PROGRESS':
      return { id: nameless, state: 'creating' };
    case 'CREATE_FAILED':
    case 'UPDATE_FAILED':
      return { id: nameless, state: 'creating', problem: reason };
    case 'CREATE_COMPLETE':
    case 'UPDATE_COMPLETE':
      return { id, state: 'running' };
    case 'UPDATE_IN_PROGRESS':
      return { id, state: server !== undefined && (await isConfigured(heat, entry)) ? 'running' : 'creating' };
    case 'DELETE_IN_PROGRESS':
      return server === undefined ? undefined : { id, state: 'deleting' };
    default:
      // Among them DELETE_COMPLETE, and CHECK_COMPLETE: the provider counts neither.
      return undefined;
  }
}

/** A node that is being updated runs if its stack's server and configuration were made before. */
async function isConfigured(heat: HeatReader, entry: Resource): Promise<boolean> {
  const own = await heat.resourcesById(entry.physical_resource_id);
  const wanted = ['kube-minion', 'node_config_deployment'];
  return wanted.every((name) => own.some((resource) => resource.resource_name === name && resource.resource_status === 'CREATE_COMPLETE'));
}

/** What magnum-auto-healer wants of the cluster's stack: its name and status, and servers (by id) in it or one level below. */
export async function readAsHealer(heat: HeatReader, clusterStackId: string): Promise<{ readonly name: string; readonly status: string; readonly servers: string[] }> {
  const { stack_name: name, stack_status: status } = await heat.findStack(clusterStackId);
  const resources = await heat.resources(name, clusterStackId, 2);
  const servers = resources.filter(({ resource_type: type }) => type === 'OS::Nova::Server').map(({ physical_resource_id: id }) => id);
  return { name, status, servers };
}
