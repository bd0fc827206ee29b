import type { SeenLbaas } from '../../../src/sim/octavia/fronts.js';
import type { CloudSession } from '../../support/cloud-session.js';

type Seen<Kind extends keyof SeenLbaas> = SeenLbaas[Kind][number];
interface Reference {
  readonly id: string;
}

/** What the real Octavia holds in all projects, asked as admin. */
export async function seeLoadBalancers(admin: CloudSession): Promise<SeenLbaas> {
  const list = async <T>(path: string, key: string): Promise<T[]> => (await admin.get<Record<string, T[]>>('load-balancer', `/v2/lbaas/${path}`))[key] ?? [];
  const loadBalancers = await list<Seen<'loadBalancers'>>('loadbalancers', 'loadbalancers');
  if (loadBalancers.length === 0) return { loadBalancers, listeners: [], pools: [], members: [], monitors: [] };
  const [listeners, pools, monitors] = await Promise.all([
    list<Omit<Seen<'listeners'>, 'loadbalancer_id'> & { loadbalancers: Reference[] }>('listeners', 'listeners'),
    list<Seen<'pools'> & { members: Reference[] }>('pools', 'pools'),
    list<Omit<Seen<'monitors'>, 'pool_id'> & { pools: Reference[] }>('healthmonitors', 'healthmonitors'),
  ]);
  const members = await Promise.all(pools.filter((pool) => pool.members.length > 0).map((pool) => membersOf(admin, pool.id)));
  return {
    loadBalancers,
    listeners: listeners.map((listener) => ({ ...listener, loadbalancer_id: listener.loadbalancers[0]?.id ?? '' })),
    pools,
    members: members.flat(),
    monitors: monitors.map((monitor) => ({ ...monitor, pool_id: monitor.pools[0]?.id ?? '' })),
  };
}

/** None when the pool went away meanwhile. */
async function membersOf(admin: CloudSession, poolId: string): Promise<Seen<'members'>[]> {
  const answer = await admin.call('load-balancer', 'GET', `/v2/lbaas/pools/${poolId}/members`);
  if (answer.status === 404) return [];
  if (answer.status !== 200) throw new Error(`the members of pool ${poolId} cannot be read: ${answer.status} ${JSON.stringify(answer.body)}`);
  return (answer.body as { members: Omit<Seen<'members'>, 'pool_id'>[] }).members.map((member) => ({ ...member, pool_id: poolId }));
}
