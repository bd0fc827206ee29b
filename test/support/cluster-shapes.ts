import { CloudSession } from './cloud-session.js';

/** A node as our API shows it. */
export interface ShapeNode {
  readonly name: string;
  readonly role: string;
  readonly server_id: string;
  readonly address: string;
  readonly floating_address: string | null;
}

/** What a shape is given: an admin's token of the project itself, and what is there already for clusters to use. */
export interface ShapeSurroundings {
  readonly overseer: CloudSession;
  readonly network: string;
  readonly subnet: string;
  readonly securityGroup: string;
  readonly volumeType: string;
}

export interface Shape {
  readonly name: string;
  readonly masters?: number;
  readonly workers: number;
  readonly template?: (surroundings: ShapeSurroundings) => Record<string, unknown>;
  readonly cluster?: (surroundings: ShapeSurroundings) => Record<string, unknown>;
  /** Labels of the cluster. */
  readonly labels?: (surroundings: ShapeSurroundings) => Record<string, string>;
  /** Asks the real services whether the cluster is as it was wished; answers what they say, which must equal `expected`. */
  readonly seen: (facts: ShapeFacts, nodes: readonly ShapeNode[]) => Promise<unknown>;
  readonly expected: unknown;
}

interface Server {
  readonly id: string;
  readonly image: unknown;
  readonly config_drive: string;
  readonly key_name: string | null;
  readonly 'OS-EXT-AZ:availability_zone': string;
  readonly 'OS-EXT-SRV-ATTR:user_data'?: string;
  readonly 'os-extended-volumes:volumes_attached': readonly { readonly id: string }[];
}

/** What the cloud's services themselves say of a cluster. */
export class ShapeFacts {
  constructor(
    readonly surroundings: ShapeSurroundings,
    readonly clusterId: string,
  ) {}

  async server(id: string): Promise<Server> {
    return (await this.get<{ server: Server }>('compute', `/servers/${id}`, { 'OpenStack-API-Version': 'compute 2.3' })).server;
  }

  async userData(id: string): Promise<string> {
    return Buffer.from((await this.server(id))['OS-EXT-SRV-ATTR:user_data'] ?? '', 'base64').toString('utf8');
  }

  /** Volumes attached to a server, by size. */
  async volumesOf(serverId: string): Promise<{ size: number; type: string; bootable: boolean }[]> {
    const { volumes } = await this.get<{ volumes: { size: number; volume_type: string; bootable: string; attachments: { server_id: string }[] }[] }>('volumev3', '/volumes/detail');
    const own = volumes.filter(({ attachments }) => attachments.some((attachment) => attachment.server_id === serverId));
    return own.map(({ size, volume_type: type, bootable }) => ({ size, type, bootable: bootable === 'true' })).sort((one, other) => one.size - other.size);
  }

  async serverGroups(): Promise<string[][]> {
    const { server_groups: groups } = await this.get<{ server_groups: { name: string; policies: string[]; members: string[] }[] }>('compute', '/os-server-groups');
    return groups.filter(({ name }) => name.includes(this.clusterId)).map(({ policies }) => policies);
  }

  async ports(serverId: string): Promise<{ network_id: string; security_groups: string[]; fixed_ips: { subnet_id: string }[] }[]> {
    return (await this.get<{ ports: { network_id: string; security_groups: string[]; fixed_ips: { subnet_id: string }[] }[] }>('network', `/v2.0/ports?device_id=${serverId}`)).ports;
  }

  /** Networks, subnets and so on that carry the cluster's id in their name. */
  async named(collection: 'networks' | 'subnets' | 'routers'): Promise<{ id: string; dns_nameservers?: string[] }[]> {
    const listed = await this.get<Record<string, { id: string; name: string; dns_nameservers?: string[] }[]>>('network', `/v2.0/${collection}`);
    return (listed[collection] ?? []).filter(({ name }) => name.includes(this.clusterId));
  }

  async floatingAddresses(): Promise<string[]> {
    const { floatingips } = await this.get<{ floatingips: { floating_ip_address: string }[] }>('network', `/v2.0/floatingips?project_id=${this.surroundings.overseer.projectId}`);
    return floatingips.map(({ floating_ip_address: address }) => address);
  }

  /** The API load balancer with its listener's ranges and the addresses of its members. */
  async loadBalancer(): Promise<{ status: string; vip: string; allowed: string[]; members: string[]; port: number }> {
    const { loadbalancers } = await this.get<{ loadbalancers: { id: string; name: string; provisioning_status: string; vip_address: string }[] }>('load-balancer', '/v2/lbaas/loadbalancers');
    const own = loadbalancers.find(({ name }) => name.includes(this.clusterId));
    if (!own) throw new Error(`Octavia has no load balancer of cluster ${this.clusterId}`);
    // Octavia refuses a filter by load balancer on both lists.
    const isOwn = ({ loadbalancers: of }: { loadbalancers: { id: string }[] }): boolean => of.some(({ id }) => id === own.id);
    const listed = await this.get<{ listeners: { loadbalancers: { id: string }[]; allowed_cidrs: string[] | null; protocol_port: number }[] }>('load-balancer', '/v2/lbaas/listeners');
    const listeners = listed.listeners.filter(isOwn);
    const pools = (await this.get<{ pools: { id: string; loadbalancers: { id: string }[] }[] }>('load-balancer', '/v2/lbaas/pools')).pools.filter(isOwn);
    const members = await Promise.all(
      pools.map(async ({ id }) => (await this.get<{ members: { address: string }[] }>('load-balancer', `/v2/lbaas/pools/${id}/members`)).members),
    );
    return {
      status: own.provisioning_status,
      vip: own.vip_address,
      allowed: [...(listeners[0]?.allowed_cidrs ?? [])].sort(),
      port: listeners[0]?.protocol_port ?? 0,
      members: members.flat().map(({ address }) => address).sort(),
    };
  }

  private get<T>(service: string, path: string, headers?: Record<string, string>): Promise<T> {
    return this.surroundings.overseer.get<T>(service, path, headers);
  }
}

const controlPlaneOf = (nodes: readonly ShapeNode[]): readonly ShapeNode[] => nodes.filter(({ role }) => role === 'control-plane');
const workersOf = (nodes: readonly ShapeNode[]): readonly ShapeNode[] => nodes.filter(({ role }) => role === 'worker');
const floats = (nodes: readonly ShapeNode[]): boolean[] => nodes.map(({ floating_address: address }) => address !== null);
const addresses = (nodes: readonly ShapeNode[]): string[] => nodes.map(({ address }) => address).sort();
const first = (nodes: readonly ShapeNode[]): string => nodes[0]?.server_id ?? '';

/** Shapes of clusters that need no load balancer. */
export const plainShapes: readonly Shape[] = [
  {
    name: 'without workers and keypair, with name servers of its own',
    workers: 0,
    template: () => ({ keypair_id: null, dns_nameserver: '192.0.2.53,192.0.2.54' }),
    seen: async (facts, nodes) => {
      const server = await facts.server(first(nodes));
      const userData = await facts.userData(first(nodes));
      const [subnet] = await facts.named('subnets');
      return { nodes: nodes.length, drive: server.config_drive, key: server.key_name, holdsKey: userData.includes('ssh-'), names: subnet?.dns_nameservers };
    },
    expected: { nodes: 1, drive: 'True', key: null, holdsKey: false, names: ['192.0.2.53', '192.0.2.54'] },
  },
  {
    name: 'floating addresses for workers only, and an extra security group',
    workers: 1,
    labels: ({ securityGroup }) => ({ master_floating_ip_enabled: 'false', extra_security_groups: securityGroup }),
    seen: async (facts, nodes) => {
      const ports = await Promise.all(nodes.map(({ server_id: id }) => facts.ports(id)));
      const extra = ports.flat().map(({ security_groups: groups }) => groups.includes(facts.surroundings.securityGroup));
      return { masters: floats(controlPlaneOf(nodes)), workers: floats(workersOf(nodes)), extra, inProject: (await facts.floatingAddresses()).length };
    },
    expected: { masters: [false], workers: [true], extra: [true, true], inProject: 1 },
  },
  {
    name: 'floating addresses for the control plane only, soft affinity',
    workers: 1,
    labels: () => ({ worker_floating_ip_enabled: 'false', server_group_policies: 'soft-affinity' }),
    seen: async (facts, nodes) => ({ masters: floats(controlPlaneOf(nodes)), workers: floats(workersOf(nodes)), policies: await facts.serverGroups() }),
    expected: { masters: [true], workers: [false], policies: [['soft-affinity'], ['soft-affinity']] },
  },
  {
    name: 'on an existing network, without floating addresses and server groups',
    workers: 2,
    cluster: ({ network, subnet }) => ({ fixed_network: network, fixed_subnet: subnet, floating_ip_enabled: false }),
    labels: () => ({ server_group_policies: 'none' }),
    seen: async (facts, nodes) => {
      const ports = (await Promise.all(nodes.map(({ server_id: id }) => facts.ports(id)))).flat();
      const there = ports.every(({ network_id: network, fixed_ips: [fixed] }) => network === facts.surroundings.network && fixed?.subnet_id === facts.surroundings.subnet);
      return { ports: ports.length, there, networks: await facts.named('networks'), routers: await facts.named('routers'), groups: await facts.serverGroups(), floating: await facts.floatingAddresses() };
    },
    expected: { ports: 3, there: true, networks: [], routers: [], groups: [], floating: [] },
  },
  {
    name: 'etcd and docker volumes of a type',
    workers: 1,
    template: () => ({ docker_volume_size: 3 }),
    labels: ({ volumeType }) => ({ etcd_volume_size: '2', etcd_volume_type: volumeType, docker_volume_type: volumeType }),
    seen: async (facts, nodes) => {
      const [master, worker] = await Promise.all([first(controlPlaneOf(nodes)), first(workersOf(nodes))].map((id) => facts.volumesOf(id)));
      const named = (volumes: { size: number; type: string }[] = []): string[] => volumes.map(({ size, type }) => `${size} ${type === facts.surroundings.volumeType ? 'of the type' : type}`);
      return { master: named(master), worker: named(worker) };
    },
    expected: { master: ['2 of the type', '3 of the type'], worker: ['3 of the type'] },
  },
  {
    name: 'booted from volumes, in a named zone',
    workers: 1,
    labels: ({ volumeType }) => ({
      ...{ boot_volume_size: '21', boot_volume_type: volumeType, etcd_volume_size: '2' },
      ...{ availability_zone: 'nova', control_plane_availability_zones: 'nova' },
    }),
    seen: async (facts, nodes) => {
      const servers = await Promise.all(nodes.map(({ server_id: id }) => facts.server(id)));
      const volumes = await Promise.all([...controlPlaneOf(nodes), ...workersOf(nodes)].map(({ server_id: id }) => facts.volumesOf(id)));
      return {
        zones: servers.map((server) => server['OS-EXT-AZ:availability_zone']),
        images: servers.map(({ image }) => image),
        volumes: volumes.map((own) => own.map(({ size, bootable }) => ({ size, bootable }))),
      };
    },
    expected: { zones: ['nova', 'nova'], images: ['', ''], volumes: [[{ size: 2, bootable: false }, { size: 21, bootable: true }], [{ size: 21, bootable: true }]] },
  },
  {
    name: 'behind a proxy, with an insecure registry',
    workers: 1,
    template: () => ({ http_proxy: 'http://proxy.example:3128', https_proxy: 'http://proxy.example:3128', no_proxy: 'intranet.example', insecure_registry: 'registry.example:5000' }),
    seen: async (facts, nodes) => Promise.all(nodes.map(async ({ server_id: id }) => /proxy\.example:3128/.test(await facts.userData(id)))),
    expected: [true, true],
  },
];

/** Shapes with an Octavia load balancer before the Kubernetes API. */
export const balancedShapes: readonly Shape[] = [
  {
    name: 'three control-plane nodes behind a load balancer that floats, etcd and docker volumes',
    masters: 3,
    workers: 3,
    template: () => ({ docker_volume_size: 3 }),
    cluster: () => ({ master_lb_enabled: true }),
    labels: () => ({ etcd_volume_size: '2', master_floating_ip_enabled: 'false' }),
    seen: async (facts, nodes) => {
      const balancer = await facts.loadBalancer();
      const volumes = await Promise.all(nodes.map(async ({ server_id: id }) => (await facts.volumesOf(id)).map(({ size }) => size)));
      return {
        status: balancer.status,
        port: balancer.port,
        allowed: balancer.allowed,
        members: balancer.members.join() === addresses(controlPlaneOf(nodes)).join(),
        volumes: volumes.map((sizes) => sizes.join('+')).sort(),
        floating: (await facts.floatingAddresses()).length,
      };
    },
    expected: { status: 'ACTIVE', port: 6443, allowed: [], members: true, volumes: ['2+3', '2+3', '2+3', '3', '3', '3'], floating: 4 },
  },
  {
    name: 'three control-plane nodes booted from volumes, behind a load balancer',
    masters: 3,
    workers: 1,
    cluster: () => ({ master_lb_enabled: true }),
    labels: () => ({ boot_volume_size: '21', etcd_volume_size: '0' }),
    seen: async (facts, nodes) => {
      const volumes = await Promise.all(nodes.map(({ server_id: id }) => facts.volumesOf(id)));
      return { volumes: volumes.map((own) => own.map(({ size, bootable }) => ({ size, bootable }))), members: (await facts.loadBalancer()).members.length };
    },
    expected: { volumes: Array(4).fill([{ size: 21, bootable: true }]), members: 3 },
  },
  {
    name: 'one control-plane node behind a load balancer without floating address, for some ranges only',
    workers: 1,
    cluster: () => ({ master_lb_enabled: true }),
    labels: () => ({ master_lb_floating_ip_enabled: 'false', master_lb_allowed_cidrs: '127.0.0.0/8,192.0.2.0/24', fixed_subnet_cidr: '10.77.0.0/24' }),
    seen: async (facts, nodes) => {
      const balancer = await facts.loadBalancer();
      return { allowed: balancer.allowed, inSubnet: balancer.vip.startsWith('10.77.0.'), floating: (await facts.floatingAddresses()).length, nodes: nodes.length };
    },
    expected: { allowed: ['10.77.0.0/24', '127.0.0.0/8', '192.0.2.0/24'], inSubnet: true, floating: 2, nodes: 2 },
  },
];

/** More than a laptop's lab likes to build. */
export const largeShapes: readonly Shape[] = [
  {
    name: 'five control-plane nodes behind a load balancer',
    masters: 5,
    workers: 0,
    cluster: () => ({ master_lb_enabled: true }),
    seen: async (facts, nodes) => ({ members: (await facts.loadBalancer()).members.length, nodes: nodes.length }),
    expected: { members: 5, nodes: 5 },
  },
];

/** Body parts of a shape's cluster. */
export const clusterFields = (shape: Shape, surroundings: ShapeSurroundings): Record<string, unknown> => ({
  node_count: shape.workers,
  master_count: shape.masters ?? 1,
  ...shape.cluster?.(surroundings),
  ...(shape.labels && { labels: shape.labels(surroundings), merge_labels: true }),
});
