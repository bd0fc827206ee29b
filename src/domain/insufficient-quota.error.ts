import { DomainError } from './domain-error.js';
import type { CountedResource, QuotaResource, QuotaShortage } from './quota.js';

/** A project's quotas in OpenStack leave no room for what was asked; the message says of what, how much, and who raises it how. */
export class InsufficientQuotaError extends DomainError {
  readonly code = 'insufficient-quota';

  constructor(
    projectId: string,
    readonly shortages: readonly QuotaShortage[],
  ) {
    const lines = shortages.map((shortage) => describeShortage(shortage, projectId));
    super(`The quotas of project ${projectId} leave no room for this: ${lines.join('; ')}. Nothing was changed.`);
  }
}

export function describeShortage({ resource, needed, limit, used, held }: QuotaShortage, projectId: string): string {
  const available = Math.max(0, limit - used - held);
  const holding = held > 0 ? `, ${held} held by operations under way (what of it exists already counts twice for a moment)` : '';
  return `${resource}: ${needed} needed, ${available} available (limit ${limit}, ${used} in use${holding}; ${remedy(resource, used + held + needed, projectId)})`;
}

const set = (option: string) => (limit: number, projectId: string) => `raise it with: openstack quota set ${option} ${limit} ${projectId}`;
const setBalancing = (option: string) => (limit: number, projectId: string) => `raise it with: openstack loadbalancer quota set ${option} ${limit} ${projectId}`;

const remedies: Record<CountedResource, (limit: number, projectId: string) => string> = {
  stacks: (limit) => `raise max_stacks_per_tenant of Heat and HEAT_STACKS_PER_PROJECT of this service to ${limit}, or delete stacks`,
  instances: set('--instances'),
  cores: set('--cores'),
  ram_mib: set('--ram'),
  server_groups: set('--server-groups'),
  networks: set('--networks'),
  subnets: set('--subnets'),
  routers: set('--routers'),
  ports: set('--ports'),
  floating_ips: set('--floating-ips'),
  security_groups: set('--secgroups'),
  security_group_rules: set('--secgroup-rules'),
  volumes: set('--volumes'),
  gigabytes: set('--gigabytes'),
  load_balancers: setBalancing('--loadbalancer'),
  listeners: setBalancing('--listener'),
  pools: setBalancing('--pool'),
  members: setBalancing('--member'),
  health_monitors: setBalancing('--healthmonitor'),
};

function remedy(resource: QuotaResource, limit: number, projectId: string): string {
  if (isCounted(resource)) return remedies[resource](limit, projectId);
  const [what, type] = splitTyped(resource);
  return set(`--volume-type ${type} --${what}`)(limit, projectId);
}

const isCounted = (resource: QuotaResource): resource is CountedResource => resource in remedies;

/** `volumes_ssd` → `volumes`, `ssd`; types may have underscores of their own. */
function splitTyped(resource: string): [what: string, type: string] {
  const end = resource.indexOf('_');
  return [resource.slice(0, end), resource.slice(end + 1)];
}

/** A limit on a single thing (a server group's members, a volume's size), which no use counts against. */
export class LimitExceededError extends DomainError {
  readonly code = 'insufficient-quota';
}
