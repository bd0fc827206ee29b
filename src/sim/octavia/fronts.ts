import type { Backend, Front, Monitor } from './balancer/front.js';
import type { HealthMonitor, LbaasStore, Listener, LoadBalancer, Member, Pool } from './lbaas-store.js';

type SeenListener = Pick<Listener, 'id' | 'provisioning_status' | 'admin_state_up' | 'loadbalancer_id' | 'default_pool_id' | 'protocol_port' | 'allowed_cidrs'>;
type SeenMember = Pick<Member, 'id' | 'pool_id' | 'provisioning_status' | 'admin_state_up' | 'address' | 'protocol_port' | 'weight' | 'backup' | 'monitor_address' | 'monitor_port'>;
type SeenMonitor = Pick<HealthMonitor, 'pool_id' | 'admin_state_up' | 'type' | 'delay' | 'timeout' | 'http_method' | 'url_path' | 'expected_codes'>;

/** As much of Octavia's resources as is needed to play them; the simulator's store has them, and so may a copy of a real cloud's. */
export interface SeenLbaas {
  readonly loadBalancers: readonly Pick<LoadBalancer, 'id' | 'provisioning_status' | 'admin_state_up' | 'vip_port_id'>[];
  readonly listeners: readonly SeenListener[];
  readonly pools: readonly Pick<Pool, 'id' | 'provisioning_status' | 'admin_state_up' | 'lb_algorithm'>[];
  readonly members: readonly SeenMember[];
  readonly monitors: readonly SeenMonitor[];
}

export const contentOf = (store: LbaasStore): SeenLbaas => ({
  loadBalancers: store.loadBalancers.values(),
  listeners: store.listeners.values(),
  pools: store.pools.values(),
  members: store.members.values(),
  monitors: store.monitors.values(),
});

/** The listeners that take connections: those whose load balancer is made and not going, with what stands behind them. */
export function frontsOf(seen: SeenLbaas): Front[] {
  return seen.listeners.flatMap((listener) => {
    const loadBalancer = seen.loadBalancers.find(({ id }) => id === listener.loadbalancer_id);
    const isServed = loadBalancer?.admin_state_up === true && listener.admin_state_up && isThere(loadBalancer) && isThere(listener);
    return isServed ? [frontOf(seen, listener, loadBalancer.vip_port_id)] : [];
  });
}

const isThere = ({ provisioning_status: status }: { provisioning_status: string }): boolean => status !== 'PENDING_CREATE' && status !== 'PENDING_DELETE';

function frontOf(seen: SeenLbaas, listener: SeenListener, vipPortId: string): Front {
  const pool = seen.pools.find(({ id, admin_state_up: isUp, provisioning_status: status }) => id === listener.default_pool_id && isUp && status !== 'PENDING_DELETE');
  const monitor = pool && seen.monitors.find(({ pool_id: poolId, admin_state_up: isUp }) => poolId === pool.id && isUp);
  return {
    id: listener.id,
    loadBalancerId: listener.loadbalancer_id,
    vipPortId,
    port: listener.protocol_port,
    allowedCidrs: listener.allowed_cidrs,
    algorithm: pool?.lb_algorithm ?? 'ROUND_ROBIN',
    backends: pool ? seen.members.filter((member) => member.pool_id === pool.id && member.admin_state_up && isThere(member)).map(backendOf) : [],
    monitor: monitor && monitorOf(monitor),
  };
}

const backendOf = (member: SeenMember): Backend => ({
  id: member.id,
  address: member.address,
  port: member.protocol_port,
  weight: member.weight,
  isBackup: member.backup,
  monitorAddress: member.monitor_address,
  monitorPort: member.monitor_port,
});

const monitorOf = (monitor: SeenMonitor): Monitor => ({
  type: monitor.type,
  delaySeconds: monitor.delay,
  timeoutSeconds: monitor.timeout,
  method: monitor.http_method ?? 'GET',
  path: monitor.url_path ?? '/',
  expectedCodes: monitor.expected_codes ?? '200',
});
