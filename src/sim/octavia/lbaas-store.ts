import { newUuid } from '../ids.js';
import type { Collection, Journal } from '../journal.js';

export type ProvisioningStatus = 'PENDING_CREATE' | 'PENDING_UPDATE' | 'PENDING_DELETE' | 'ACTIVE' | 'ERROR';

/** What every resource of Octavia has. */
export interface LbaasRecord {
  id: string;
  project_id: string;
  name: string;
  provisioning_status: ProvisioningStatus;
  admin_state_up: boolean;
  created_at: string;
  updated_at: string | null;
  tags: string[];
}

/** What every new object begins with. */
export const newRecord = (projectId: string): LbaasRecord => ({
  id: newUuid(),
  project_id: projectId,
  name: '',
  provisioning_status: 'PENDING_CREATE',
  admin_state_up: true,
  created_at: octaviaTime(),
  updated_at: null,
  tags: [],
});

export interface LoadBalancer extends LbaasRecord {
  description: string;
  vip_address: string;
  vip_port_id: string;
  vip_subnet_id: string;
  vip_network_id: string;
  provider: string;
  /** The port was made by Octavia and goes with the load balancer. */
  ownsPort: boolean;
}
export interface Listener extends LbaasRecord {
  description: string;
  loadbalancer_id: string;
  protocol: string;
  protocol_port: number;
  default_pool_id: string | null;
  connection_limit: number;
  allowed_cidrs: string[] | null;
  timeout_client_data: number;
  timeout_member_connect: number;
  timeout_member_data: number;
  timeout_tcp_inspect: number;
}
export interface Pool extends LbaasRecord {
  description: string;
  loadbalancer_id: string;
  protocol: string;
  lb_algorithm: string;
  session_persistence: Record<string, unknown> | null;
  tls_enabled: boolean;
}
export interface Member extends LbaasRecord {
  pool_id: string;
  address: string;
  protocol_port: number;
  weight: number;
  backup: boolean;
  subnet_id: string | null;
  monitor_address: string | null;
  monitor_port: number | null;
}
export interface HealthMonitor extends LbaasRecord {
  pool_id: string;
  type: string;
  /** Seconds. */
  delay: number;
  timeout: number;
  max_retries: number;
  max_retries_down: number;
  http_method: string | null;
  url_path: string | null;
  expected_codes: string | null;
  http_version: number | null;
  domain_name: string | null;
}
export const quotaNames = ['load_balancer', 'listener', 'member', 'pool', 'health_monitor', 'l7policy', 'l7rule'] as const;
export type QuotaName = (typeof quotaNames)[number];
/** A project's own limits; the id is the project's. */
export interface LbaasQuota {
  id: string;
  limits: Partial<Record<QuotaName, number>>;
}

/** Everything Octavia knows. */
export class LbaasStore {
  readonly loadBalancers: Collection<LoadBalancer>;
  readonly listeners: Collection<Listener>;
  readonly pools: Collection<Pool>;
  readonly members: Collection<Member>;
  readonly monitors: Collection<HealthMonitor>;
  readonly quotas: Collection<LbaasQuota>;

  constructor(journal: Journal) {
    this.loadBalancers = journal.collection('octavia.loadbalancers');
    this.listeners = journal.collection('octavia.listeners');
    this.pools = journal.collection('octavia.pools');
    this.members = journal.collection('octavia.members');
    this.monitors = journal.collection('octavia.healthmonitors');
    this.quotas = journal.collection('octavia.quotas');
  }

  listenersOf(loadBalancerId: string): Listener[] {
    return this.listeners.filter((listener) => listener.loadbalancer_id === loadBalancerId);
  }

  poolsOf(loadBalancerId: string): Pool[] {
    return this.pools.filter((pool) => pool.loadbalancer_id === loadBalancerId);
  }

  membersOf(poolId: string): Member[] {
    return this.members.filter((member) => member.pool_id === poolId);
  }

  monitorOf(poolId: string): HealthMonitor | undefined {
    return this.monitors.find((monitor) => monitor.pool_id === poolId);
  }

  listenersOfPool(poolId: string): Listener[] {
    return this.listeners.filter((listener) => listener.default_pool_id === poolId);
  }
}

/** Octavia's times have whole seconds and no zone. */
export const octaviaTime = (): string => new Date().toISOString().slice(0, 19);
