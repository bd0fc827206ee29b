import { without } from '../json.js';
import type { Lbaas } from './lbaas.js';
import type { HealthMonitor, LbaasRecord, Listener, LoadBalancer, Member, Pool } from './lbaas-store.js';
import { listenerStatus, loadBalancerStatus, memberStatus, monitorStatus, poolStatus } from './operating-status.js';

type View = Record<string, unknown>;

const idsOf = (records: readonly LbaasRecord[]): { id: string }[] => records.map(({ id }) => ({ id }));

export function loadBalancerView(lbaas: Lbaas, loadBalancer: LoadBalancer): View {
  const { store } = lbaas;
  return {
    ...without(loadBalancer, 'ownsPort'),
    operating_status: loadBalancerStatus(lbaas, loadBalancer),
    tenant_id: loadBalancer.project_id,
    vip_sg_ids: [],
    additional_vips: [],
    listeners: idsOf(store.listenersOf(loadBalancer.id)),
    pools: idsOf(store.poolsOf(loadBalancer.id)),
    flavor_id: null,
    vip_qos_policy_id: null,
    availability_zone: null,
    vip_vnic_type: 'normal',
  };
}

export function listenerView(lbaas: Lbaas, listener: Listener): View {
  return {
    ...without(listener, 'loadbalancer_id'),
    operating_status: listenerStatus(lbaas, listener),
    tenant_id: listener.project_id,
    loadbalancers: [{ id: listener.loadbalancer_id }],
    default_tls_container_ref: null,
    sni_container_refs: [],
    l7policies: [],
    insert_headers: {},
    client_ca_tls_container_ref: null,
    client_authentication: 'NONE',
    client_crl_container_ref: null,
    tls_ciphers: null,
    tls_versions: null,
    alpn_protocols: null,
    hsts_max_age: null,
    hsts_include_subdomains: false,
    hsts_preload: false,
  };
}

export function poolView(lbaas: Lbaas, pool: Pool): View {
  const { store } = lbaas;
  const monitor = store.monitorOf(pool.id);
  return {
    ...without(pool, 'loadbalancer_id'),
    operating_status: poolStatus(lbaas, pool),
    tenant_id: pool.project_id,
    loadbalancers: [{ id: pool.loadbalancer_id }],
    listeners: idsOf(store.listenersOfPool(pool.id)),
    members: idsOf(store.membersOf(pool.id)),
    // The key is there only where there is a monitor.
    ...(monitor && { healthmonitor_id: monitor.id }),
    tls_container_ref: null,
    ca_tls_container_ref: null,
    crl_container_ref: null,
    tls_ciphers: null,
    tls_versions: null,
    alpn_protocols: null,
  };
}

export function memberView(lbaas: Lbaas, member: Member): View {
  return { ...without(member, 'pool_id'), operating_status: memberStatus(lbaas, member), vnic_type: 'normal', tenant_id: member.project_id };
}

export function monitorView(monitor: HealthMonitor): View {
  return { ...without(monitor, 'pool_id'), operating_status: monitorStatus(monitor), pools: [{ id: monitor.pool_id }], tenant_id: monitor.project_id };
}

/** `GET …/loadbalancers/ID/status`: the whole tree with its states. */
export function statusTree(lbaas: Lbaas, loadBalancer: LoadBalancer): View {
  const { store } = lbaas;
  const named = ({ id, name, provisioning_status }: LbaasRecord, operating_status: string): View => ({ id, name, operating_status, provisioning_status });
  const memberNode = (member: Member): View => ({ ...named(member, memberStatus(lbaas, member)), address: member.address, protocol_port: member.protocol_port });
  const poolNode = (pool: Pool): View => {
    const monitor = store.monitorOf(pool.id);
    return {
      ...named(pool, poolStatus(lbaas, pool)),
      ...(monitor && { health_monitor: { ...named(monitor, monitorStatus(monitor)), type: monitor.type } }),
      members: store.membersOf(pool.id).map(memberNode),
    };
  };
  const listeners = store.listenersOf(loadBalancer.id).map((listener): View => {
    const pool = listener.default_pool_id === null ? undefined : store.pools.get(listener.default_pool_id);
    return { ...named(listener, listenerStatus(lbaas, listener)), pools: pool ? [poolNode(pool)] : [] };
  });
  return { statuses: { loadbalancer: { ...named(loadBalancer, loadBalancerStatus(lbaas, loadBalancer)), listeners } } };
}
