import { seedUuid } from '../ids.js';
import { projectId } from '../keystone/seed-identity.js';
import type { SeedRegister } from '../seed-register.js';
import { defaultPools, parseCidr } from './addresses.js';
import { newRecordFields, routerInterface, type Network, type Subnet } from './network-store.js';
import type { Networking } from './networking.js';
import { drawFrom, newMac } from './port-allocation.js';

/** The external network on the leased range, and per project a network `private` with a router to it. */
export function seedNetworks(networking: Networking, seeds: SeedRegister): void {
  const { store, context } = networking;
  const network = (owner: string, name: string, isPublic: boolean): Network => {
    const fields = { description: '', admin_state_up: true, port_security_enabled: true, mtu: isPublic ? 1500 : 1450 };
    const id = seedUuid('network', isPublic ? name : `${owner}/${name}`);
    return seeds.ensure(store.networks, { id, ...newRecordFields(owner, 2), name, ...fields, shared: isPublic, external: isPublic });
  };
  const subnet = (of: Network, name: string, cidr: string, rest: Pick<Subnet, 'enable_dhcp' | 'gateway_ip' | 'allocation_pools' | 'dns_nameservers'>): Subnet =>
    seeds.ensure(store.subnets, { id: seedUuid('subnet', of.id), ...newRecordFields(of.project_id, 0), name, description: '', network_id: of.id, cidr, host_routes: [], ...rest });

  // .1 is where the services listen, .254 where the lease is held.
  const outside = network(projectId('admin'), 'public', true);
  const prefix = context.rangePrefix;
  const pool = { start: `${prefix}.10`, end: `${prefix}.250` };
  subnet(outside, 'public-subnet', `${prefix}.0/24`, { enable_dhcp: false, gateway_ip: `${prefix}.1`, allocation_pools: [pool], dns_nameservers: [] });

  for (const project of ['admin', 'demo', 'other'] as const) {
    const owner = projectId(project);
    const inside = network(owner, 'private', false);
    const cidr = '10.10.0.0/24';
    const pools = defaultPools(parseCidr(cidr) ?? { first: 0, last: 0, text: cidr }, '10.10.0.1');
    const inner = subnet(inside, 'private-subnet', cidr, { enable_dhcp: true, gateway_ip: '10.10.0.1', allocation_pools: pools, dns_nameservers: [] });
    seedRouter(networking, seeds, owner, outside.id, inner);
  }
}

function seedRouter({ store }: Networking, seeds: SeedRegister, owner: string, outsideId: string, inner: Subnet): void {
  const id = seedUuid('router', owner);
  const known = store.routers.get(id);
  const gateway = known?.gateway ?? { network_id: outsideId, external_fixed_ips: [drawFrom(store, outsideId, store.subnetsOf(outsideId))], enable_snat: true };
  seeds.ensure(store.routers, { id, ...newRecordFields(owner, 2), name: 'router1', description: '', admin_state_up: true, gateway, routes: [] });
  seeds.ensure(store.ports, {
    id: seedUuid('port', `${owner}/router1`),
    ...newRecordFields(owner, 1),
    name: '',
    description: '',
    network_id: inner.network_id,
    mac_address: newMac(),
    admin_state_up: true,
    status: 'ACTIVE',
    device_id: id,
    device_owner: routerInterface,
    fixed_ips: [{ subnet_id: inner.id, ip_address: inner.gateway_ip ?? '' }],
    security_groups: [],
    allowed_address_pairs: [],
    port_security_enabled: false,
    vnic_type: 'normal',
  });
}
