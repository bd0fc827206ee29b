import type { Lbaas } from './lbaas.js';
import type { HealthMonitor, Listener, LoadBalancer, Member, Pool } from './lbaas-store.js';

export type OperatingStatus = 'ONLINE' | 'OFFLINE' | 'DEGRADED' | 'ERROR' | 'NO_MONITOR';

/** OFFLINE until the monitor has looked for the first time, then what it saw. */
export function memberStatus({ store, health }: Lbaas, member: Member): OperatingStatus {
  if (!member.admin_state_up) return 'OFFLINE';
  const monitor = store.monitorOf(member.pool_id);
  if (!monitor?.admin_state_up) return 'NO_MONITOR';
  const passes = health.lastSeen(member.id);
  if (passes === undefined) return 'OFFLINE';
  return passes ? 'ONLINE' : 'ERROR';
}

export const monitorStatus = (monitor: HealthMonitor): OperatingStatus => (monitor.provisioning_status === 'PENDING_CREATE' || !monitor.admin_state_up ? 'OFFLINE' : 'ONLINE');

export function poolStatus(lbaas: Lbaas, pool: Pool): OperatingStatus {
  const members = lbaas.store.membersOf(pool.id).map((member) => memberStatus(lbaas, member));
  if (!pool.admin_state_up || members.length === 0 || pool.provisioning_status === 'PENDING_CREATE') return 'OFFLINE';
  return worst(members);
}

export function listenerStatus({ store }: Lbaas, listener: Listener): OperatingStatus {
  const pool = listener.default_pool_id === null ? undefined : store.pools.get(listener.default_pool_id);
  return listener.admin_state_up && pool && listener.provisioning_status !== 'PENDING_CREATE' ? 'ONLINE' : 'OFFLINE';
}

export function loadBalancerStatus(lbaas: Lbaas, loadBalancer: LoadBalancer): OperatingStatus {
  const pools = lbaas.store.poolsOf(loadBalancer.id).map((pool) => poolStatus(lbaas, pool));
  if (!loadBalancer.admin_state_up || pools.every((status) => status === 'OFFLINE')) return 'OFFLINE';
  return worst(pools);
}

/** All of them fail, some of them, or none. */
function worst(statuses: readonly OperatingStatus[]): OperatingStatus {
  const counting = statuses.filter((status) => status !== 'OFFLINE');
  const failing = counting.filter((status) => status === 'ERROR');
  if (failing.length > 0 && failing.length === counting.length) return 'ERROR';
  if (failing.length > 0 || counting.includes('DEGRADED')) return 'DEGRADED';
  return counting.length === 0 ? 'OFFLINE' : 'ONLINE';
}
