import { addDemands, type QuotaDemand } from '../domain/quota.js';
import type { ClusterDriver, ClusterSpec, GroupSpec, StackContents, StackUnit } from './index.js';

export type UnitLevel = StackUnit['level'];

/**
 * What one stack that is still to be made will take of the project's quotas. `ordinal` counts the stacks of that level in
 * its group from 0, those that stand already included: the unit has become real when more than `ordinal` of them stand.
 */
export interface QuotaUnit {
  readonly level: UnitLevel;
  /** Null for the infra stack. */
  readonly groupId: string | null;
  readonly ordinal: number;
  readonly demand: QuotaDemand;
}

export interface FlavorSize {
  readonly vcpus: number;
  readonly ramMib: number;
}

/** What a demand rests on besides the spec. */
export interface QuotaFacts {
  /** By id. */
  readonly flavors: ReadonlyMap<string, FlavorSize>;
  /** The type Cinder gives a volume that names none; null: no type's own quota is charged. */
  readonly defaultVolumeType: string | null;
}

/** Nodes of a group to be added to those that stand: `standing` is how many there are, and `count` how many come. */
export interface GroupGrowth {
  readonly groupId: string;
  readonly standing: number;
  readonly count: number;
}

/** All stacks of a new cluster. A control-plane node stands in a slot of its own. */
export function clusterUnits(driver: ClusterDriver, spec: ClusterSpec, counts: ReadonlyMap<string, number>, facts: QuotaFacts): readonly QuotaUnit[] {
  const infra = { level: 'infra', groupId: null, ordinal: 0, demand: demandOf(driver.stackContents(spec, { level: 'infra' }), facts) } as const;
  const groups = spec.groups.map((group): QuotaUnit => groupUnit(driver, spec, group, facts));
  const nodes = spec.groups.flatMap(({ groupId }) => growthUnits(driver, spec, { groupId, standing: 0, count: counts.get(groupId) ?? 0 }, facts));
  return [infra, ...groups, ...nodes];
}

/** The stack of a new node group, without its nodes. */
export const groupUnit = (driver: ClusterDriver, spec: ClusterSpec, group: GroupSpec, facts: QuotaFacts): QuotaUnit => ({
  level: 'group',
  groupId: group.groupId,
  ordinal: 0,
  demand: demandOf(driver.stackContents(spec, { level: 'group', group }), facts),
});

/** Nodes (and, for a control plane, their slots) that a resize adds, or a roll has for a time beside the old ones. */
export function growthUnits(driver: ClusterDriver, spec: ClusterSpec, { groupId, standing, count }: GroupGrowth, facts: QuotaFacts): readonly QuotaUnit[] {
  const group = spec.groups.find((candidate) => candidate.groupId === groupId);
  if (!group) throw new Error(`the spec of cluster ${spec.clusterId} has no group ${groupId}`);
  const levels = group.role === 'control-plane' ? (['slot', 'node'] as const) : (['node'] as const);
  return levels.flatMap((level) => {
    const demand = demandOf(driver.stackContents(spec, level === 'slot' ? { level } : { level, group }), facts);
    return Array.from({ length: count }, (_, index) => ({ level, groupId, ordinal: standing + index, demand }));
  });
}

function demandOf({ counts, servers, volumes }: StackContents, { flavors, defaultVolumeType }: QuotaFacts): QuotaDemand {
  return addDemands([
    { stacks: 1 },
    ...servers.map((flavorId) => {
      const flavor = flavors.get(flavorId);
      if (!flavor) throw new Error(`nobody looked up flavor ${flavorId}`);
      return { instances: 1, cores: flavor.vcpus, ram_mib: flavor.ramMib };
    }),
    counts,
    ...volumes.map(({ sizeGib, type }): QuotaDemand => {
      const charged = type ?? defaultVolumeType;
      const whole = { volumes: 1, gigabytes: sizeGib };
      return charged === null ? whole : { ...whole, [`volumes_${charged}`]: 1, [`gigabytes_${charged}`]: sizeGib };
    }),
  ]);
}
