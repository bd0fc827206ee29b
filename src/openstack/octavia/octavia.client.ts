import { z } from 'zod';
import type { CallOptions } from '../call-options.js';
import { collectPages } from '../pagination.js';
import { segment, ServiceApi, undefinedWhenNotFound } from '../service-api.js';
import type { OpenStackSession } from '../session.js';

const serviceType = 'load-balancer';

export interface BalancingQuota {
  /** -1 is none. */
  readonly limit: number;
  readonly used: number;
}

export type BalancingQuotas = Readonly<Record<'loadBalancers' | 'listeners' | 'pools' | 'members' | 'healthMonitors', BalancingQuota>>;

// Old answers spell two of them in one word; null means that there is no limit.
const limit = z.number().nullish();
const quotaSchema = z.object({
  quota: z
    .object({ load_balancer: limit, loadbalancer: limit, listener: limit, pool: limit, member: limit, health_monitor: limit, healthmonitor: limit })
    .transform((quota) => ({
      loadBalancers: quota.load_balancer ?? quota.loadbalancer ?? -1,
      listeners: quota.listener ?? -1,
      pools: quota.pool ?? -1,
      members: quota.member ?? -1,
      healthMonitors: quota.health_monitor ?? quota.healthmonitor ?? -1,
    })),
});

export interface LoadBalancer {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  /** `ACTIVE`, `ERROR`, or one of `PENDING_…`, in which Octavia takes no other request for it. */
  readonly status: string;
  readonly vipAddress: string;
  readonly vipPortId: string;
  readonly vipSubnetId: string;
}

const loadBalancerSchema = z.object({
  id: z.string(),
  name: z.string().nullish(),
  description: z.string().nullish(),
  provisioning_status: z.string(),
  vip_address: z.string().nullish(),
  vip_port_id: z.string().nullish(),
  vip_subnet_id: z.string().nullish(),
});

const loadBalancerOf = (balancer: z.output<typeof loadBalancerSchema>): LoadBalancer => ({
  id: balancer.id,
  name: balancer.name ?? '',
  description: balancer.description ?? '',
  status: balancer.provisioning_status,
  vipAddress: balancer.vip_address ?? '',
  vipPortId: balancer.vip_port_id ?? '',
  vipSubnetId: balancer.vip_subnet_id ?? '',
});

const listed = z.object({ id: z.string() });

/** One address behind a pool. */
export interface PoolMember {
  readonly id: string;
  readonly address: string;
  readonly port: number;
  /** False: it gets no new connections. */
  readonly enabled: boolean;
}

const memberSchema = z
  .object({ id: z.string(), address: z.string(), protocol_port: z.number(), admin_state_up: z.boolean() })
  .transform(({ id, address, protocol_port: port, admin_state_up: enabled }): PoolMember => ({ id, address, port, enabled }));
const linksSchema = z.array(z.object({ rel: z.string() })).default([]);

/** Load balancing v2. */
export class OctaviaClient {
  private readonly api: ServiceApi;

  constructor(private readonly session: OpenStackSession) {
    this.api = new ServiceApi(session, { service: 'octavia', type: serviceType, version: '/v2' });
  }

  /** Whether the cloud has a load-balancing service at all. */
  isAvailable(options?: CallOptions): Promise<boolean> {
    return this.session.hasService(serviceType, options);
  }

  /** Throws CloudNotFoundError for a pool that is not there. */
  async listMembers(poolId: string, options?: CallOptions): Promise<PoolMember[]> {
    const page = z.object({ members: z.array(memberSchema), members_links: linksSchema });
    return collectPages(
      async (marker) => {
        const answer = await this.api.get(`/lbaas/pools/${segment(poolId)}/members`, page, { marker }, options);
        return { items: answer.members, hasNext: answer.members_links.some(({ rel }) => rel === 'next') };
      },
      ({ id }) => id,
    );
  }

  /** Gives a member new connections or no more. May be repeated; CloudConflictError while its load balancer is being changed. */
  async setMemberEnabled(poolId: string, memberId: string, enabled: boolean, options?: CallOptions): Promise<void> {
    await this.api.send('PUT', `/lbaas/pools/${segment(poolId)}/members/${segment(memberId)}`, { body: { member: { admin_state_up: enabled } } }, options);
  }

  /** Octavia tells limits but not what is used of them, so that is counted. */
  async getQuotas(projectId: string, options?: CallOptions): Promise<BalancingQuotas> {
    const [{ quota }, loadBalancers, listeners, pools, healthMonitors] = await Promise.all([
      this.api.get(`/lbaas/quotas/${segment(projectId)}`, quotaSchema, {}, options),
      this.list('loadbalancers', listed, projectId, options),
      this.list('listeners', listed, projectId, options),
      this.list('pools', listed.extend({ members: z.array(listed).default([]) }), projectId, options),
      this.list('healthmonitors', listed, projectId, options),
    ]);
    return {
      loadBalancers: { limit: quota.loadBalancers, used: loadBalancers.length },
      listeners: { limit: quota.listeners, used: listeners.length },
      pools: { limit: quota.pools, used: pools.length },
      members: { limit: quota.members, used: pools.reduce((sum, { members }) => sum + members.length, 0) },
      healthMonitors: { limit: quota.healthMonitors, used: healthMonitors.length },
    };
  }

  /** All of a project, one that is being deleted included. */
  async listLoadBalancers(projectId: string, options?: CallOptions): Promise<LoadBalancer[]> {
    return (await this.list('loadbalancers', loadBalancerSchema, projectId, options)).map(loadBalancerOf);
  }

  /** With its listeners, pools and members. Throws CloudConflictError while it is in one of the states `PENDING_…`. */
  async deleteLoadBalancer(id: string, options?: CallOptions): Promise<'accepted' | 'gone'> {
    const sent = this.api.send('DELETE', `/lbaas/loadbalancers/${segment(id)}`, { query: { cascade: 'true' } }, options);
    return (await undefinedWhenNotFound(sent)) ? 'accepted' : 'gone';
  }

  private list<Item extends { id: string }>(collection: string, schema: z.ZodType<Item>, projectId: string, options?: CallOptions): Promise<Item[]> {
    const page = z.looseObject({ [`${collection}_links`]: linksSchema, [collection]: z.array(schema) });
    return collectPages(
      async (marker) => {
        const answer = await this.api.get(`/lbaas/${collection}`, page, { project_id: projectId, marker }, options);
        const links = linksSchema.parse(answer[`${collection}_links`]);
        return { items: z.array(schema).parse(answer[collection]), hasNext: links.some(({ rel }) => rel === 'next') };
      },
      ({ id }) => id,
    );
  }
}
