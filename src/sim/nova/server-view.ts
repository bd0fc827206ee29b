import { createHash } from 'node:crypto';
import { isAdmin, type ProjectToken } from '../http/authentication.js';
import { apiUrl, linksOf, type Compute } from './compute.js';
import type { Flavor, Server, ServerStatus } from './compute-store.js';

/** Nova's inner state and the hypervisor's power state behind each status; a server that is being made has no power yet. */
const inner: Record<ServerStatus, { vm_state: string; power_state: number }> = {
  BUILD: { vm_state: 'building', power_state: 0 },
  ACTIVE: { vm_state: 'active', power_state: 1 },
  SHUTOFF: { vm_state: 'stopped', power_state: 4 },
  REBOOT: { vm_state: 'active', power_state: 1 },
  HARD_REBOOT: { vm_state: 'active', power_state: 1 },
  ERROR: { vm_state: 'error', power_state: 0 },
};

export const vmStateOf = (server: Server): string => inner[server.status].vm_state;

export const briefServer = (compute: Compute, server: Server): Record<string, unknown> => ({ id: server.id, name: server.name, links: linksOf(compute, `servers/${server.id}`) });

/** A server as `GET /servers/<id>` and `/servers/detail` show it at a microversion. */
export function serverView(compute: Compute, server: Server, caller: ProjectToken, microversion: number): Record<string, unknown> {
  const { vm_state, power_state } = inner[server.status];
  const isHeld = server.status === 'ACTIVE' || server.status === 'BUILD' || server.status === 'REBOOT' || server.status === 'HARD_REBOOT';
  return {
    ...briefServer(compute, server),
    status: server.status,
    tenant_id: server.project_id,
    user_id: server.user_id,
    metadata: server.metadata,
    hostId: server.host === null ? '' : createHash('sha224').update(`${server.project_id}${server.host}`).digest('hex'),
    image: server.imageId === null ? '' : { id: server.imageId, links: [{ rel: 'bookmark', href: `${compute.context.baseUrl('compute')}/images/${server.imageId}` }] },
    flavor: flavorIn(compute, server.flavor, microversion),
    created: server.created,
    updated: server.updated,
    addresses: addressesOf(compute, server),
    accessIPv4: '',
    accessIPv6: '',
    'OS-DCF:diskConfig': 'MANUAL',
    // Only a server that runs, or is on the way there, has progress.
    ...(isHeld && { progress: 0 }),
    'OS-EXT-AZ:availability_zone': server.host === null ? '' : 'nova',
    config_drive: server.config_drive ? 'True' : '',
    key_name: server.key_name,
    'OS-SRV-USG:launched_at': server.launched_at,
    'OS-SRV-USG:terminated_at': null,
    'OS-EXT-STS:task_state': server.task_state,
    'OS-EXT-STS:vm_state': vm_state,
    'OS-EXT-STS:power_state': power_state,
    'os-extended-volumes:volumes_attached': server.volumes.map(({ volumeId, deleteOnTermination }) => ({
      id: volumeId,
      ...(microversion >= 3 && { delete_on_termination: deleteOnTermination }),
    })),
    ...groupsOf(compute, server),
    ...(server.status === 'ERROR' && server.fault && { fault: server.fault }),
    ...newerFields(compute, server, microversion),
    ...(isAdmin(caller) && adminFields(compute, server, microversion)),
  };
}

function newerFields({ store }: Compute, server: Server, microversion: number): Record<string, unknown> {
  const group = server.groupId === null ? undefined : store.groups.get(server.groupId);
  return {
    ...(microversion >= 9 && { locked: false }),
    ...(microversion >= 19 && { description: server.description }),
    ...(microversion >= 26 && { tags: server.tags }),
    ...(microversion >= 63 && { trusted_image_certificates: null }),
    ...(microversion >= 71 && { server_groups: group ? [group.id] : [] }),
    ...(microversion >= 73 && { locked_reason: null }),
    ...(microversion >= 96 && { pinned_availability_zone: null }),
    ...(microversion >= 100 && { scheduler_hints: group ? { group: [group.id] } : {} }),
  };
}

function adminFields({ store }: Compute, server: Server, microversion: number): Record<string, unknown> {
  const isDown = store.services.find((service) => service.host === server.host)?.forced_down === true;
  return {
    'OS-EXT-SRV-ATTR:host': server.host,
    'OS-EXT-SRV-ATTR:hypervisor_hostname': server.host,
    'OS-EXT-SRV-ATTR:instance_name': `instance-${server.id.slice(0, 8)}`,
    ...(microversion >= 3 && {
      'OS-EXT-SRV-ATTR:hostname': server.name,
      'OS-EXT-SRV-ATTR:kernel_id': '',
      'OS-EXT-SRV-ATTR:launch_index': 0,
      'OS-EXT-SRV-ATTR:ramdisk_id': '',
      'OS-EXT-SRV-ATTR:reservation_id': `r-${server.id.slice(0, 8)}`,
      'OS-EXT-SRV-ATTR:root_device_name': '/dev/vda',
      'OS-EXT-SRV-ATTR:user_data': server.user_data === '' ? null : server.user_data,
    }),
    ...(microversion >= 16 && { host_status: server.host === null ? '' : isDown ? 'DOWN' : 'UP' }),
  };
}

/** From 2.47 on the flavor is copied into the server, before it is a reference. */
function flavorIn(compute: Compute, flavor: Flavor, microversion: number): Record<string, unknown> {
  if (microversion >= 47) return { vcpus: flavor.vcpus, ram: flavor.ram, disk: flavor.disk, ephemeral: 0, swap: 0, original_name: flavor.name, extra_specs: {} };
  return { id: flavor.id, links: [{ rel: 'bookmark', href: apiUrl(compute, `/flavors/${flavor.id}`).replace('/v2.1', '') }] };
}

function addressesOf({ networking, life }: Compute, server: Server): Record<string, unknown[]> {
  const { store } = networking;
  const addresses: Record<string, unknown[]> = {};
  // Addresses are told when a host has taken the server.
  if (server.status === 'BUILD' || server.host === null) return addresses;
  for (const port of life.portsOf(server.id)) {
    const name = store.networks.get(port.network_id)?.name ?? port.network_id;
    const entry = (addr: string, type: string): Record<string, unknown> => ({ version: 4, addr, 'OS-EXT-IPS:type': type, 'OS-EXT-IPS-MAC:mac_addr': port.mac_address });
    const floating = store.floatingAddresses.filter((each) => each.port_id === port.id).map((each) => entry(each.floating_ip_address, 'floating'));
    addresses[name] = [...(addresses[name] ?? []), ...port.fixed_ips.map((fixed) => entry(fixed.ip_address, 'fixed')), ...floating];
  }
  return addresses;
}

function groupsOf({ networking, life }: Compute, server: Server): Record<string, unknown> {
  if (server.status === 'ERROR' && server.host === null) return {};
  const ids = life.portsOf(server.id).flatMap((port) => port.security_groups);
  const names = ids.flatMap((id) => networking.store.securityGroups.get(id)?.name ?? []);
  return names.length === 0 ? {} : { security_groups: names.map((name) => ({ name })) };
}
