import type { ProjectToken } from '../http/authentication.js';
import { ServiceError } from '../http/service-error.js';
import { newUuid } from '../ids.js';
import { canSee, limitOf, takeQuota, usedOf } from '../neutron/networking.js';
import { revised, type Network, type Port } from '../neutron/network-store.js';
import { addressesFor, newPort } from '../neutron/port-allocation.js';
import type { Image } from '../glance/image-store.js';
import { badRequest, type Compute } from './compute.js';
import { novaTime, type Flavor, type Server, type ServerVolume, type VolumeToMake } from './compute-store.js';
import { keypairId } from './keypairs.routes.js';
import { takeComputeQuota } from './quotas.routes.js';
import type { BlockDevice, ServerRequest } from './server-request.js';

/**
 * Checks the request against what there is (image, flavor, keypair, ports, networks, volumes, quota), takes ports and
 * volumes, and stores the server in BUILD. Throws Nova's 400, 403, 404 or 409 and then has changed nothing.
 */
export function createServer(compute: Compute, caller: ProjectToken, wanted: ServerRequest): Server {
  const flavor = compute.store.flavors.get(wanted.flavorRef);
  const image = imageFor(compute, caller, wanted);
  if (!flavor) throw badRequest(`Flavor ${wanted.flavorRef} could not be found.`);
  if (image && image.min_ram > flavor.ram) throw badRequest("Flavor's memory is too small for requested image.");
  if (image && flavor.disk > 0 && image.size > flavor.disk * 2 ** 30) throw badRequest("Flavor's disk is too small for requested image.");
  if (wanted.keyName !== null && !compute.store.keypairs.get(keypairId(caller.userId, wanted.keyName))) throw badRequest('Invalid key_name provided.');
  if (wanted.zone !== null && wanted.zone !== 'nova') throw badRequest('The requested availability zone is not available');
  if (wanted.groupId !== null && compute.store.groups.get(wanted.groupId)?.project_id !== caller.projectId) {
    throw badRequest(`Instance group ${wanted.groupId} could not be found.`);
  }
  const ports = portsFor(compute, caller, wanted);
  const { volumes, toMake } = volumesFor(compute, caller, wanted);
  takeComputeQuota(compute, caller.projectId, { instances: 1, cores: flavor.vcpus, ram: flavor.ram });
  takeGroupPlace(compute, caller.projectId, wanted.groupId);
  const made = ports.flatMap((port) => ('port' in port ? [] : [port]));
  if (made.length > 0) takePortQuota(compute, caller.projectId, made.length);

  const server = newServer(caller, wanted, flavor, volumes, toMake);
  for (const port of ports) {
    const own = 'port' in port ? port.port : newPort(compute.networking, port.network.id, caller.projectId, port.with);
    if (!('port' in port)) server.ownPorts.push(own.id);
    // The port belongs to the server from now on: who asks for it meanwhile gets 409.
    compute.networking.store.ports.put(revised(own, { device_id: server.id, device_owner: 'compute:nova' }));
  }
  for (const { volumeId } of volumes) {
    const volume = compute.storage?.store.volumes.get(volumeId);
    if (volume) compute.storage?.change(volume, { status: 'attaching' });
  }
  compute.store.servers.put(server);
  compute.networking.directory.refresh();
  compute.life.build(server);
  return server;
}

function imageFor({ images }: Compute, caller: ProjectToken, wanted: ServerRequest): Image | undefined {
  const boot = wanted.blockDevices.find((device) => device.bootIndex === 0);
  const id = wanted.imageRef !== '' ? wanted.imageRef : boot?.source === 'image' ? (boot.uuid ?? '') : undefined;
  if (id === undefined) {
    if (!boot) throw badRequest('Missing imageRef attribute');
    return undefined;
  }
  const image = images.get(id);
  if (!image || (image.visibility === 'private' && image.owner !== caller.projectId)) throw badRequest('Can not find requested image');
  return image;
}

type PlannedPort = { port: Port } | { network: Network; with: Partial<Port> };

function portsFor(compute: Compute, caller: ProjectToken, wanted: ServerRequest): PlannedPort[] {
  const { networking } = compute;
  const { store } = networking;
  if (wanted.networks === 'none') return [];
  const asked = wanted.networks === undefined || wanted.networks === 'auto' || wanted.networks.length === 0 ? [onlyNetwork(compute, caller)] : wanted.networks;
  return asked.map(({ port: portId, uuid, fixedIp }) => {
    if (portId !== undefined) return { port: freePort(compute, caller, portId) };
    const network = store.networks.get(uuid ?? '');
    if (!network || !canSee(caller, network)) throw badRequest(`Network ${uuid ?? ''} could not be found.`);
    if (store.subnetsOf(network.id).length === 0) throw badRequest(`Network ${network.id} requires a subnet in order to boot instances on.`);
    const fixed = addressesFor(store, network.id, fixedIp === undefined ? undefined : [{ ip_address: fixedIp }]);
    const groups = wanted.securityGroups.map((name) => securityGroup(compute, caller, name));
    return { network, with: { fixed_ips: fixed, ...(groups.length > 0 && { security_groups: groups }) } };
  });
}

function freePort({ networking }: Compute, caller: ProjectToken, id: string): Port {
  const port = networking.store.ports.get(id);
  if (!port || !canSee(caller, port)) throw badRequest(`Port id ${id} could not be found.`);
  if (port.device_id !== '') throw new ServiceError(409, `Port ${id} is still in use.`);
  return port;
}

function onlyNetwork({ networking }: Compute, caller: ProjectToken): { port?: string; uuid?: string; fixedIp?: string } {
  const usable = networking.store.networks.filter((network) => !network.external && (network.project_id === caller.projectId || network.shared));
  const [first, ...others] = usable;
  if (!first || others.length > 0) throw new ServiceError(409, 'Multiple possible networks found, use a Network ID to be more specific.');
  return { uuid: first.id };
}

function securityGroup({ networking }: Compute, caller: ProjectToken, name: string): string {
  const group = networking.store.securityGroups.find((each) => (each.id === name || each.name === name) && each.project_id === caller.projectId);
  if (!group) throw badRequest(`Security group ${name} not found for project ${caller.projectId}.`);
  return group.id;
}

function volumesFor(compute: Compute, caller: ProjectToken, wanted: ServerRequest): { volumes: ServerVolume[]; toMake: VolumeToMake[] } {
  const volumes: ServerVolume[] = [];
  const toMake: VolumeToMake[] = [];
  const inVolumes = wanted.blockDevices.filter((device) => device.destination === 'volume');
  if (inVolumes.length > 0 && !compute.storage) throw badRequest('Block Device Mapping is Invalid: there is no volume service.');
  for (const device of inVolumes) {
    const { deleteOnTermination, bootIndex } = device;
    const boot = bootIndex === 0;
    if (device.source === 'volume') volumes.push({ volumeId: freeVolume(compute, caller, device), device: deviceName(volumes.length, boot), deleteOnTermination, boot });
    else toMake.push({ size: device.size ?? 1, imageId: device.source === 'image' ? device.uuid : null, volumeType: device.volumeType, deleteOnTermination, boot });
  }
  return { volumes, toMake };
}

const deviceName = (index: number, boot: boolean): string => (boot ? '/dev/vda' : `/dev/vd${'bcdefghijklmnopqrstuvwxyz'[index] ?? 'z'}`);

function freeVolume({ storage }: Compute, caller: ProjectToken, device: BlockDevice): string {
  const volume = storage?.store.volumes.get(device.uuid ?? '');
  if (!volume || volume.project_id !== caller.projectId) throw badRequest(`Block Device Mapping is Invalid: failed to get volume ${device.uuid ?? ''}.`);
  if (volume.status !== 'available') throw badRequest(`Invalid volume: status of volume '${volume.id}' is '${volume.status}'. The status must be 'available'.`);
  return volume.id;
}

function takePortQuota({ networking }: Compute, projectId: string, count: number): void {
  try {
    takeQuota(networking, 'port', projectId, count);
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    const [limit, used] = [limitOf(networking.store, 'port', projectId), usedOf(networking.store, 'port', projectId)];
    throw new ServiceError(403, `Maximum number of ports exceeded: ${used} of ${limit} are in use.`);
  }
}

function takeGroupPlace(compute: Compute, projectId: string, groupId: string | null): void {
  if (groupId === null) return;
  const limit = compute.store.quotas.get(projectId)?.limits['server_group_members'] ?? -1;
  if (limit >= 0 && compute.store.membersOf(groupId).length + 1 > limit) throw new ServiceError(403, 'Quota exceeded, too many servers in group');
}

function newServer(caller: ProjectToken, wanted: ServerRequest, flavor: Flavor, volumes: ServerVolume[], toMake: VolumeToMake[]): Server {
  const now = novaTime();
  const bootsFromVolume = volumes.some((volume) => volume.boot) || toMake.some((volume) => volume.boot);
  return {
    id: newUuid(),
    name: wanted.name,
    project_id: caller.projectId,
    user_id: caller.userId,
    status: 'BUILD',
    task_state: 'scheduling',
    description: wanted.description,
    imageId: bootsFromVolume ? null : wanted.imageRef,
    flavor,
    key_name: wanted.keyName,
    metadata: wanted.metadata,
    tags: wanted.tags,
    user_data: wanted.userData,
    config_drive: wanted.configDrive,
    created: now,
    updated: now,
    launched_at: null,
    host: null,
    groupId: wanted.groupId,
    ownPorts: [],
    volumes,
    toMake,
    fault: null,
  };
}
