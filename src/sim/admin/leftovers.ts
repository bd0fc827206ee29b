import type { VolumeStore } from '../cinder/volume-store.js';
import type { IdentityStore } from '../keystone/identity-store.js';
import type { LbaasStore } from '../octavia/lbaas-store.js';
import type { NetworkStore } from '../neutron/network-store.js';
import type { ComputeStore } from '../nova/compute-store.js';
import type { SeedRegister } from '../seed-register.js';

export interface CloudContent {
  identity: IdentityStore;
  network: NetworkStore;
  compute: ComputeStore;
  volume: VolumeStore;
  lbaas: LbaasStore;
  seeds: SeedRegister;
  /** Those that are not deleted. */
  stacks: { id: string; name: string; projectId: string; tags: string[] }[];
}
export interface Leftover {
  id: string;
  name: string;
  project_id: string | null;
  tags?: string[];
}

/** Everything that exists beyond the seeds, by kind. Default security groups belong to their project and are not counted. */
export function leftovers({ identity, network, compute, volume, lbaas, seeds, stacks }: CloudContent): Record<string, Leftover[]> {
  const beyond = <T extends { id: string }>(records: T[], view: (record: T) => Leftover): Leftover[] => records.filter((record) => !seeds.has(record.id)).map(view);
  const tagged = (record: { id: string; name: string; project_id: string; tags: string[] }): Leftover => ({
    id: record.id,
    name: record.name,
    project_id: record.project_id,
    tags: record.tags,
  });
  return {
    stacks: stacks.map(({ id, name, projectId, tags }) => ({ id, name, project_id: projectId, tags })),
    servers: beyond(compute.servers.values(), tagged),
    ports: beyond(network.ports.values(), tagged),
    volumes: beyond(volume.volumes.values(), ({ id, name, project_id }) => ({ id, name: name ?? '', project_id })),
    load_balancers: beyond(lbaas.loadBalancers.values(), tagged),
    floating_ips: beyond(network.floatingAddresses.values(), (record) => ({ ...tagged(record), name: record.floating_ip_address })),
    networks: beyond(network.networks.values(), tagged),
    subnets: beyond(network.subnets.values(), tagged),
    routers: beyond(network.routers.values(), tagged),
    security_groups: beyond(network.securityGroups.filter((group) => group.name !== 'default'), tagged),
    server_groups: beyond(compute.groups.values(), ({ id, name, project_id }) => ({ id, name, project_id })),
    keypairs: beyond(compute.keypairs.values(), ({ id, name }) => ({ id, name, project_id: null })),
    users: beyond(identity.users.values(), ({ id, name }) => ({ id, name, project_id: null })),
    role_assignments: beyond(identity.grants.values(), ({ id, scope, scopeId }) => ({ id, name: id, project_id: scope === 'projects' ? scopeId : null })),
    application_credentials: beyond(identity.applicationCredentials.values(), ({ id, name, project_id }) => ({ id, name, project_id })),
  };
}
