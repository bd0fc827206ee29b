import { z } from 'zod';
import type { CallOptions } from '../call-options.js';
import { looksLikeId, theOnlyOne } from '../find-by-name.js';
import { segment, ServiceApi } from '../service-api.js';
import type { OpenStackSession } from '../session.js';

export interface Network {
  readonly id: string;
  readonly name: string;
  readonly status: string;
  /** Floating addresses can be taken from it. */
  readonly external: boolean;
  readonly shared: boolean;
  readonly projectId: string;
  readonly subnetIds: readonly string[];
}

export interface Subnet {
  readonly id: string;
  readonly name: string;
  readonly networkId: string;
  readonly cidr: string;
  readonly ipVersion: number;
  readonly gatewayIp: string | null;
  readonly dhcp: boolean;
}

export interface SecurityGroup {
  readonly id: string;
  readonly name: string;
}

/** A limit of -1 is none. What is reserved by requests under way counts as used. */
export interface NetworkQuota {
  readonly limit: number;
  readonly used: number;
}

export type NetworkQuotas = Readonly<
  Record<'networks' | 'subnets' | 'routers' | 'ports' | 'floatingIps' | 'securityGroups' | 'securityGroupRules', NetworkQuota>
>;

const networkSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    status: z.string(),
    'router:external': z.boolean().default(false),
    shared: z.boolean(),
    project_id: z.string(),
    subnets: z.array(z.string()),
  })
  .transform((network): Network => ({
    id: network.id,
    name: network.name,
    status: network.status,
    external: network['router:external'],
    shared: network.shared,
    projectId: network.project_id,
    subnetIds: network.subnets,
  }));

const subnetSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    network_id: z.string(),
    cidr: z.string(),
    ip_version: z.number(),
    gateway_ip: z.string().nullish(),
    enable_dhcp: z.boolean(),
  })
  .transform((subnet): Subnet => ({
    id: subnet.id,
    name: subnet.name,
    networkId: subnet.network_id,
    cidr: subnet.cidr,
    ipVersion: subnet.ip_version,
    gatewayIp: subnet.gateway_ip ?? null,
    dhcp: subnet.enable_dhcp,
  }));

export interface FloatingIp {
  readonly id: string;
  readonly address: string;
  readonly description: string;
  /** Null: it leads nowhere. */
  readonly portId: string | null;
}

const floatingIpSchema = z
  .object({ id: z.string(), floating_ip_address: z.string(), description: z.string().nullish(), port_id: z.string().nullish() })
  .transform((found): FloatingIp => ({ id: found.id, address: found.floating_ip_address, description: found.description ?? '', portId: found.port_id ?? null }));

const quotaSchema = z
  .object({ limit: z.number(), used: z.number(), reserved: z.number().default(0) })
  .transform(({ limit, used, reserved }): NetworkQuota => ({ limit, used: used + reserved }));

const quotasSchema = z.object({
  quota: z.object({
    network: quotaSchema,
    subnet: quotaSchema,
    router: quotaSchema,
    port: quotaSchema,
    floatingip: quotaSchema,
    security_group: quotaSchema,
    security_group_rule: quotaSchema,
  }),
});

/** An address on a network that servers are plugged into. */
export interface Port {
  readonly id: string;
  /** Whoever it is plugged into; null: nobody. */
  readonly deviceId: string | null;
}

const portSchema = z.object({ id: z.string(), device_id: z.string().nullish() }).transform(({ id, device_id: device }): Port => ({ id, deviceId: device ? device : null }));

export class NeutronClient {
  private readonly api: ServiceApi;

  constructor(session: OpenStackSession) {
    this.api = new ServiceApi(session, { service: 'neutron', type: 'network', version: '/v2.0' });
  }

  async findPort(id: string, options?: CallOptions): Promise<Port | undefined> {
    return (await this.api.find(`/ports/${segment(id)}`, z.object({ port: portSchema }), {}, options))?.port;
  }

  /** A network that the project can see; AmbiguousNameError when several have the name. */
  async findNetwork(nameOrId: string, filter: { readonly external?: boolean } = {}, options?: CallOptions): Promise<Network | undefined> {
    const external = filter.external === undefined ? undefined : String(filter.external);
    const find = async (by: Record<string, string>): Promise<Network[]> =>
      (await this.api.get('/networks', z.object({ networks: z.array(networkSchema) }), { ...by, 'router:external': external }, options)).networks;
    if (looksLikeId(nameOrId)) {
      const [network] = await find({ id: nameOrId });
      if (network) return network;
    }
    return theOnlyOne(await find({ name: nameOrId }), 'network', nameOrId);
  }

  /** A subnet that the project can see, of one network when that is given; AmbiguousNameError when several have the name. */
  async findSubnet(nameOrId: string, filter: { readonly networkId?: string } = {}, options?: CallOptions): Promise<Subnet | undefined> {
    const find = async (by: Record<string, string>): Promise<Subnet[]> =>
      (await this.api.get('/subnets', z.object({ subnets: z.array(subnetSchema) }), { ...by, network_id: filter.networkId }, options)).subnets;
    if (looksLikeId(nameOrId)) {
      const [subnet] = await find({ id: nameOrId });
      if (subnet) return subnet;
    }
    return theOnlyOne(await find({ name: nameOrId }), 'subnet', nameOrId);
  }

  /**
   * By id any group that the session can see; by name one of the project's own, because every project has a `default`.
   * AmbiguousNameError when several have the name.
   */
  async findSecurityGroup(nameOrId: string, projectId: string, options?: CallOptions): Promise<SecurityGroup | undefined> {
    const schema = z.object({ security_groups: z.array(z.object({ id: z.string(), name: z.string() })) });
    const find = async (by: Record<string, string>): Promise<SecurityGroup[]> => (await this.api.get('/security-groups', schema, by, options)).security_groups;
    if (looksLikeId(nameOrId)) {
      const [group] = await find({ id: nameOrId });
      if (group) return group;
    }
    return theOnlyOne(await find({ name: nameOrId, project_id: projectId }), 'security group', nameOrId);
  }

  /** All of a project. */
  async listFloatingIps(projectId: string, options?: CallOptions): Promise<FloatingIp[]> {
    const schema = z.object({ floatingips: z.array(floatingIpSchema) });
    return (await this.api.get('/floatingips', schema, { project_id: projectId }, options)).floatingips;
  }

  deleteFloatingIp(id: string, options?: CallOptions): Promise<'accepted' | 'gone'> {
    return this.api.delete(`/floatingips/${segment(id)}`, options);
  }

  async getQuotas(projectId: string, options?: CallOptions): Promise<NetworkQuotas> {
    const { quota } = await this.api.get(`/quotas/${segment(projectId)}/details.json`, quotasSchema, {}, options);
    return {
      networks: quota.network,
      subnets: quota.subnet,
      routers: quota.router,
      ports: quota.port,
      floatingIps: quota.floatingip,
      securityGroups: quota.security_group,
      securityGroupRules: quota.security_group_rule,
    };
  }
}
