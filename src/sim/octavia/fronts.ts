import type { Front } from './balancer/front.js';
import type { HealthMonitor, LbaasStore, Listener, Member } from './lbaas-store.js';

/** The listeners that take connections: those whose load balancer is made and not going, with what stands behind them. */
export function frontsOf(store: LbaasStore): Front[] {
  return store.listeners.values().flatMap((listener) => {
    const loadBalancer = store.loadBalancers.get(listener.loadbalancer_id);
    const isServed = loadBalancer?.admin_state_up === true && listener.admin_state_up && isThere(loadBalancer) && isThere(listener);
    return isServed ? [frontOf(store, listener, loadBalancer.vip_port_id)] : [];
  });
}

const isThere = ({ provisioning_status: status }: { provisioning_status: string }): boolean => status !== 'PENDING_CREATE' && status !== 'PENDING_DELETE';

function frontOf(store: LbaasStore, listener: Listener, vipPortId: string): Front {
  const pool = listener.default_pool_id === null ? undefined : store.pools.get(listener.default_pool_id);
  const isPoolServed = pool?.admin_state_up === true && pool.provisioning_status !== 'PENDING_DELETE';
  const monitor = isPoolServed ? store.monitorOf(pool.id) : undefined;
  return {
    id: listener.id,
    loadBalancerId: listener.loadbalancer_id,
    vipPortId,
    port: listener.protocol_port,
    allowedCidrs: listener.allowed_cidrs,
    algorithm: pool?.lb_algorithm ?? 'ROUND_ROBIN',
    backends: isPoolServed ? store.membersOf(pool.id).filter((member) => member.admin_state_up && isThere(member)).map(backendOf) : [],
    monitor: monitor?.admin_state_up === true ? monitorOf(monitor) : undefined,
  };
}

export const backendOf = (member: Pick<Member, 'id' | 'address' | 'protocol_port' | 'weight' | 'backup' | 'monitor_address' | 'monitor_port'>): Front['backends'][number] => ({
  id: member.id,
  address: member.address,
  port: member.protocol_port,
  weight: member.weight,
  isBackup: member.backup,
  monitorAddress: member.monitor_address,
  monitorPort: member.monitor_port,
});

export const monitorOf = (monitor: Pick<HealthMonitor, 'type' | 'delay' | 'timeout' | 'http_method' | 'url_path' | 'expected_codes'>): NonNullable<Front['monitor']> => ({
  type: monitor.type,
  delaySeconds: monitor.delay,
  timeoutSeconds: monitor.timeout,
  method: monitor.http_method ?? 'GET',
  path: monitor.url_path ?? '/',
  expectedCodes: monitor.expected_codes ?? '200',
});
