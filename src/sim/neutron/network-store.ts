import type { Collection, Journal } from '../journal.js';

/** What every Neutron resource has. */
export interface NetworkRecord {
  id: string;
  project_id: string;
  name: string;
  description: string;
  tags: string[];
  created_at: string;
  updated_at: string;
  revision_number: number;
}
export interface Network extends NetworkRecord {
  admin_state_up: boolean;
  shared: boolean;
  external: boolean;
  mtu: number;
  port_security_enabled: boolean;
}
export interface AddressRange {
  start: string;
  end: string;
}
export interface Subnet extends NetworkRecord {
  network_id: string;
  cidr: string;
  gateway_ip: string | null;
  enable_dhcp: boolean;
  allocation_pools: AddressRange[];
  dns_nameservers: string[];
  host_routes: unknown[];
}
export interface FixedAddress {
  subnet_id: string;
  ip_address: string;
}
export interface Port extends NetworkRecord {
  network_id: string;
  mac_address: string;
  admin_state_up: boolean;
  status: 'ACTIVE' | 'DOWN';
  device_id: string;
  device_owner: string;
  fixed_ips: FixedAddress[];
  security_groups: string[];
  allowed_address_pairs: { mac_address: string; ip_address: string }[];
  port_security_enabled: boolean;
  vnic_type: string;
}
export interface Router extends NetworkRecord {
  admin_state_up: boolean;
  gateway: { network_id: string; external_fixed_ips: FixedAddress[]; enable_snat: boolean } | null;
  routes: { destination: string; nexthop: string }[];
}
export interface FloatingAddress extends NetworkRecord {
  floating_network_id: string;
  floating_ip_address: string;
  subnet_id: string;
  port_id: string | null;
  fixed_ip_address: string | null;
  router_id: string | null;
}
export interface SecurityGroup extends NetworkRecord {
  stateful: boolean;
}
export interface SecurityGroupRule extends Omit<NetworkRecord, 'name' | 'description'> {
  description: string | null;
  security_group_id: string;
  direction: 'ingress' | 'egress';
  ethertype: 'IPv4' | 'IPv6';
  protocol: string | null;
  port_range_min: number | null;
  port_range_max: number | null;
  remote_ip_prefix: string | null;
  remote_group_id: string | null;
  /** Neutron's running number of whatever carries standard attributes. */
  standard_attr_id: number;
}
export type QuotaName = 'network' | 'subnet' | 'subnetpool' | 'port' | 'router' | 'floatingip' | 'rbac_policy' | 'security_group' | 'security_group_rule';
/** A project's own limits; what it does not name is unlimited. The id is the project's. */
export interface NetworkQuota {
  id: string;
  limits: Partial<Record<QuotaName, number>>;
}

/** Everything Neutron knows. */
export class NetworkStore {
  readonly networks: Collection<Network>;
  readonly subnets: Collection<Subnet>;
  readonly ports: Collection<Port>;
  readonly routers: Collection<Router>;
  readonly floatingAddresses: Collection<FloatingAddress>;
  readonly securityGroups: Collection<SecurityGroup>;
  readonly securityGroupRules: Collection<SecurityGroupRule>;
  readonly quotas: Collection<NetworkQuota>;

  constructor(journal: Journal) {
    this.networks = journal.collection('neutron.networks');
    this.subnets = journal.collection('neutron.subnets');
    this.ports = journal.collection('neutron.ports');
    this.routers = journal.collection('neutron.routers');
    this.floatingAddresses = journal.collection('neutron.floatingips');
    this.securityGroups = journal.collection('neutron.security_groups');
    this.securityGroupRules = journal.collection('neutron.security_group_rules');
    this.quotas = journal.collection('neutron.quotas');
  }

  subnetsOf(networkId: string): Subnet[] {
    return this.subnets.filter((subnet) => subnet.network_id === networkId);
  }

  portsOf(networkId: string): Port[] {
    return this.ports.filter((port) => port.network_id === networkId);
  }

  interfacesOf(routerId: string): Port[] {
    return this.ports.filter((port) => port.device_id === routerId && port.device_owner === routerInterface);
  }

  /** Every address of a subnet that is taken: by ports, routers' gateways and floating IPs. */
  takenIn(subnetId: string): Set<string> {
    const own = (fixed: FixedAddress[]): string[] => fixed.filter((each) => each.subnet_id === subnetId).map((each) => each.ip_address);
    return new Set([
      ...this.ports.values().flatMap((port) => own(port.fixed_ips)),
      ...this.routers.values().flatMap((router) => own(router.gateway?.external_fixed_ips ?? [])),
      ...this.floatingAddresses.filter((floating) => floating.subnet_id === subnetId).map((floating) => floating.floating_ip_address),
    ]);
  }
}

export const routerInterface = 'network:router_interface';

/** Neutron's times have whole seconds. */
export const neutronTime = (): string => `${new Date().toISOString().slice(0, 19)}Z`;

/** The fields with which a resource begins; `revision` is what the real one shows right after it was made. */
export function newRecordFields(projectId: string, revision: number): Pick<NetworkRecord, 'project_id' | 'tags' | 'created_at' | 'updated_at' | 'revision_number'> {
  const now = neutronTime();
  return { project_id: projectId, tags: [], created_at: now, updated_at: now, revision_number: revision };
}

/** The record with changes, one revision on. */
export function revised<T extends { revision_number: number; updated_at: string }>(record: T, changes: Partial<T>): T {
  return { ...record, ...changes, revision_number: record.revision_number + 1, updated_at: neutronTime() };
}
