import { Inject, Injectable } from '@nestjs/common';
import type { QuotaLook } from '../../database/reservations.js';
import type { QuotaLimits } from '../../domain/quota.js';
import type { CallOptions } from '../../openstack/call-options.js';
import { CloudForbiddenError, CloudNotFoundError, CloudUnavailableError } from '../../openstack/cloud-error.js';
import type { CloudClients } from '../../openstack/cloud.js';
import type { NetworkQuotas } from '../../openstack/neutron/neutron.client.js';
import { askCloud, isAskersFault } from '../cloud-lookups/ask-cloud.js';
import { LookupCache } from '../cloud-lookups/lookup-cache.js';
import type { Asking } from '../http/request-context.js';
import { RUNTIME, type Runtime } from '../runtime.js';

/** What the cloud says of a project's quotas, and of limits that no use is counted against; -1 is none. */
export interface CloudQuotas extends QuotaLook {
  readonly serverGroupMembersMax: number;
  readonly perVolumeGibMax: number;
}

export interface QuotaQuestion {
  readonly projectId: string;
  /** Octavia is asked, and its things are counted, only when a load balancer is wanted. */
  readonly loadBalancers: boolean;
}

/**
 * Reads limits and use with the requester's own token, all services side by side. Requests of one project that come at the
 * same time share one reading; none is kept after it.
 */
@Injectable()
export class ProjectQuotas {
  private readonly shared = new LookupCache({ keepMs: 0, isAskersFault });

  constructor(@Inject(RUNTIME) private readonly runtime: Runtime) {}

  async look(asking: Asking, question: QuotaQuestion): Promise<CloudQuotas> {
    const { projectId, loadBalancers } = question;
    const key = [projectId, loadBalancers ? 'with load balancers' : 'without'];
    const look = await this.shared.find(key, () => askCloud(this.runtime, asking, 'the quotas of your project', (clients, call) => this.read(clients, question, call)));
    if (!look) throw new Error('a reading of quotas cannot be missing');
    return look;
  }

  private async read(clients: CloudClients, { projectId, loadBalancers }: QuotaQuestion, call: CallOptions): Promise<CloudQuotas> {
    const { dataSource } = this.runtime;
    // Before the first question: what is released from now on is still counted as held.
    const [{ now }]: [{ now: string }] = await dataSource.query(`SELECT clock_timestamp()::text AS now`);
    const [compute, network, volumes, stacks, balancing] = await Promise.all([
      clients.nova.getLimits(call),
      clients.neutron.getQuotas(projectId, call),
      clients.cinder.isAvailable(call).then((exists) => (exists ? clients.cinder.getQuotas(projectId, call) : undefined)),
      this.stackLimit(clients, projectId, call),
      loadBalancers ? balancingLimits(clients, projectId, call) : {},
    ]);
    return {
      startedAt: now,
      limits: {
        ...stacks,
        instances: compute.instances,
        cores: compute.cores,
        ram_mib: compute.ramMib,
        server_groups: compute.serverGroups,
        networks: network.networks,
        subnets: network.subnets,
        routers: network.routers,
        ports: network.ports,
        floating_ips: network.floatingIps,
        ...groupLimits(network),
        ...volumes?.byName,
        ...balancing,
      },
      serverGroupMembersMax: compute.serverGroupMembersMax,
      perVolumeGibMax: volumes?.perVolumeGibMax ?? -1,
    };
  }

  /**
   * A Heat that is away for a while keeps nobody from asking for a cluster: the operation waits for it, and explains its
   * refusal should the project have too many stacks by then. So it is waited for no longer than a connection may take.
   */
  private async stackLimit({ heat }: CloudClients, projectId: string, call: CallOptions): Promise<QuotaLimits> {
    const { config, log } = this.runtime;
    // In any case well within the time for all questions together.
    const patience = AbortSignal.timeout(Math.min(config.HTTP_CONNECT_TIMEOUT_SECONDS, config.HTTP_TIMEOUT_SECONDS / 2) * 1000);
    try {
      const used = await heat.countStacks(projectId, { ...call, signal: call.signal ? AbortSignal.any([call.signal, patience]) : patience });
      return { stacks: { limit: config.HEAT_STACKS_PER_PROJECT, used } };
    } catch (error) {
      if (!(error instanceof CloudUnavailableError || patience.aborted)) throw error;
      log.warn({ message: 'Heat is away: stacks are not counted for this request', projectId, err: error });
      return {};
    }
  }
}

/** A project without any group gets `default`, with two rules each for egress and ingress, as soon as it uses Neutron at all. */
function groupLimits({ securityGroups, securityGroupRules }: NetworkQuotas): QuotaLimits {
  const isFresh = securityGroups.used === 0;
  return {
    security_groups: { ...securityGroups, used: securityGroups.used + (isFresh ? 1 : 0) },
    security_group_rules: { ...securityGroupRules, used: securityGroupRules.used + (isFresh ? 4 : 0) },
  };
}

/** Octavia shows quotas to those who have one of its roles; whoever has none is refused by Octavia itself, and not here. */
async function balancingLimits({ octavia }: CloudClients, projectId: string, call: CallOptions): Promise<QuotaLimits> {
  if (!(await octavia.isAvailable(call))) return {};
  try {
    const quotas = await octavia.getQuotas(projectId, call);
    return {
      load_balancers: quotas.loadBalancers,
      listeners: quotas.listeners,
      pools: quotas.pools,
      members: quotas.members,
      health_monitors: quotas.healthMonitors,
    };
  } catch (error) {
    if (error instanceof CloudForbiddenError || error instanceof CloudNotFoundError) return {};
    throw error;
  }
}
