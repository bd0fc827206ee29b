/**
 * What OpenStack limits a project in, under names of our own (`ram_mib` and `gigabytes` carry their unit; Cinder's
 * gigabytes are GiB). Cinder limits each volume type as well: `volumes_<type>`, `gigabytes_<type>`.
 */
export type CountedResource =
  | 'stacks'
  | 'instances'
  | 'cores'
  | 'ram_mib'
  | 'server_groups'
  | 'networks'
  | 'subnets'
  | 'routers'
  | 'ports'
  | 'floating_ips'
  | 'security_groups'
  | 'security_group_rules'
  | 'volumes'
  | 'gigabytes'
  | 'load_balancers'
  | 'listeners'
  | 'pools'
  | 'members'
  | 'health_monitors';

export type QuotaResource = CountedResource | `volumes_${string}` | `gigabytes_${string}`;

/** How much of each resource; what is not named is not needed. */
export type QuotaDemand = Readonly<Partial<Record<QuotaResource, number>>>;

export interface QuotaLimit {
  /** Below 0: none. */
  readonly limit: number;
  /** In use, or reserved by requests that the service itself is working on. */
  readonly used: number;
}

/** A resource that the service says nothing about is not limited. */
export type QuotaLimits = Readonly<Partial<Record<QuotaResource, QuotaLimit>>>;

/** One resource that there is not enough of. */
export interface QuotaShortage extends QuotaLimit {
  readonly resource: QuotaResource;
  readonly needed: number;
  /** Held by accepted operations whose stacks do not stand yet. */
  readonly held: number;
}

/** Everything that several demands need together. */
export function addDemands(demands: readonly QuotaDemand[]): QuotaDemand {
  const sum: Partial<Record<QuotaResource, number>> = {};
  for (const demand of demands) for (const [resource, amount] of entriesOf(demand)) sum[resource] = (sum[resource] ?? 0) + amount;
  return sum;
}

/** What is missing, in the demand's order; empty when everything fits beside what is used and what others hold. */
export function planShortages(demand: QuotaDemand, limits: QuotaLimits, held: QuotaDemand): readonly QuotaShortage[] {
  return entriesOf(demand).flatMap(([resource, needed]) => {
    const known = limits[resource];
    if (!known || known.limit < 0 || needed <= 0) return [];
    const heldByOthers = held[resource] ?? 0;
    return known.used + heldByOthers + needed > known.limit ? [{ resource, needed, held: heldByOthers, ...known }] : [];
  });
}

const entriesOf = (demand: QuotaDemand): [QuotaResource, number][] => Object.entries(demand) as [QuotaResource, number][];
