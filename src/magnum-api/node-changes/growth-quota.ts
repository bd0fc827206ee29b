import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { heldDemand, type QuotaLook } from '../../database/reservations.js';
import { InvalidParameterError } from '../../domain/domain-error.js';
import { describeShortage } from '../../domain/insufficient-quota.error.js';
import { addDemands, planShortages, type QuotaDemand } from '../../domain/quota.js';
import { growthUnits, type QuotaFacts, type QuotaUnit } from '../../driver-contract/quota-units.js';
import { CloudLookups } from '../cloud-lookups/cloud-lookups.js';
import { ProjectQuotas } from '../cloud-quotas/project-quotas.js';
import { checkServerGroup } from '../clusters/fit-single-limits.js';
import type { Asking } from '../http/request-context.js';
import { RUNTIME, type Runtime } from '../runtime.js';
import type { ChangeableGroup } from './read-groups.js';

/** What nodes that come take of the project's quotas, as the cloud was asked before the transaction that reserves them. */
export interface GrowthLook {
  readonly look: QuotaLook;
  readonly facts: QuotaFacts;
  readonly serverGroupMembersMax: number;
  /** False for an admin of another project: their token shows the quotas of their own. */
  readonly isCounted: boolean;
}

export interface Growth {
  readonly group: ChangeableGroup;
  readonly standing: number;
  readonly count: number;
}

@Injectable()
export class GrowthQuota {
  constructor(
    @Inject(RUNTIME) private readonly runtime: Runtime,
    private readonly lookups: CloudLookups,
    private readonly quotas: ProjectQuotas,
  ) {}

  async look(asking: Asking, projectId: string, { role, spec }: Pick<ChangeableGroup, 'role' | 'spec'>): Promise<GrowthLook> {
    const ids = [...new Set(spec.groups.map(({ flavorId }) => flavorId))];
    const isCounted = asking.caller.projectId === projectId;
    const [flavors, defaultType, look] = await Promise.all([
      Promise.all(ids.map(async (id) => [id, await this.lookups.flavor(asking, 'flavor_id', id, { ownDisk: false })] as const)),
      this.lookups.hasVolumes(asking).then((exists) => (exists ? this.lookups.defaultVolumeType(asking) : null)),
      isCounted ? this.quotas.look(asking, { projectId, loadBalancers: role === 'master' && spec.masterLbEnabled }) : this.uncounted(),
    ]);
    return { look, facts: { flavors: new Map(flavors), defaultVolumeType: defaultType?.name ?? null }, serverGroupMembersMax: look.serverGroupMembersMax, isCounted };
  }

  /** Throws LimitExceededError when Nova would refuse the servers whatever the quotas say. */
  units({ group, standing, count }: Growth, { facts, serverGroupMembersMax }: GrowthLook): readonly QuotaUnit[] {
    checkServerGroup(group.spec, group.id, standing + count, serverGroupMembersMax);
    const driver = this.runtime.drivers.find(({ name }) => name === group.spec.driver);
    if (!driver) throw new InvalidParameterError(`The cluster's driver ${group.spec.driver} is not installed here any more; install it to change the cluster.`);
    return growthUnits(driver, group.spec, { groupId: group.id, standing, count }, facts);
  }

  /** What the quotas would say, without holding anything. */
  async forecast(manager: EntityManager, projectId: string, units: readonly QuotaUnit[], { look, isCounted }: GrowthLook): Promise<{ resources: QuotaDemand; fits: boolean | null; shortages: string[] }> {
    const resources = addDemands(units.map(({ demand }) => demand));
    if (!isCounted) return { resources, fits: null, shortages: [] };
    const shortages = planShortages(resources, look.limits, await heldDemand(manager, projectId, look.startedAt));
    return { resources, fits: shortages.length === 0, shortages: shortages.map((shortage) => describeShortage(shortage, projectId)) };
  }

  private async uncounted(): Promise<QuotaLook & { serverGroupMembersMax: number }> {
    const [{ now }]: [{ now: string }] = await this.runtime.dataSource.query(`SELECT clock_timestamp()::text AS now`);
    return { startedAt: now, limits: {}, serverGroupMembersMax: -1 };
  }
}
