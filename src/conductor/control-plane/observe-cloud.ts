import type { ClusterNode } from '../../database/node.entity.js';
import type { Slot } from '../../database/slot.entity.js';
import { slotStackName } from '../../domain/resource-names.js';
import type { GroupSpec } from '../../driver-contract/index.js';
import type { Server } from '../../openstack/nova/server.js';
import type { ClusterContext } from '../cluster-context.js';
import { explainFailure, hasFailed } from '../stacks/observe-stacks.js';
import type { PlaneNode, PlaneSlot } from './control-plane-view.js';

export type ServerState = PlaneNode['server'];

/** Whether the nodes' machines run, by node id. One whose row does not know its server yet is found by its name, which is used once. */
export async function serversOf(context: ClusterContext, nodes: readonly Pick<ClusterNode, 'id' | 'name' | 'serverId'>[]): Promise<ReadonlyMap<string, ServerState>> {
  if (nodes.length === 0) return new Map();
  const { nova } = await context.asClusterUser();
  const found = nodes.map(async ({ id, name, serverId }): Promise<[string, ServerState]> => {
    if (serverId === null) return [id, stateOf((await nova.listServers({ name }, context.call))[0], 'none')];
    return [id, stateOf(await nova.findServer(serverId, context.call), 'gone')];
  });
  return new Map(await Promise.all(found));
}

/** One that never started is no danger to anybody's volume, whatever Nova calls it. */
function stateOf(server: Server | undefined, otherwise: ServerState): ServerState {
  if (!server) return otherwise;
  if (server.status === 'SHUTOFF') return 'off';
  return server.status === 'ERROR' && server.launchedAt === null ? 'none' : 'running';
}

/** Places in the load balancer's pool by address; none without a load balancer. */
export async function poolPlaces(context: ClusterContext): Promise<ReadonlyMap<string, 'on' | 'off'>> {
  const members = await poolMembers(context);
  return new Map(members.map(({ address, enabled }) => [address, enabled ? 'on' : 'off']));
}

export async function poolMembers(context: ClusterContext): Promise<readonly { readonly id: string; readonly address: string; readonly enabled: boolean }[]> {
  const poolId = poolIdOf(context);
  if (poolId === undefined) return [];
  const { octavia } = await context.asClusterUser();
  return octavia.listMembers(poolId, context.call);
}

export function poolIdOf({ cluster }: ClusterContext): string | undefined {
  const id = cluster.infraOutputs?.['api_pool_id'];
  return typeof id === 'string' && id !== '' ? id : undefined;
}

export async function stageOf(context: ClusterContext, { index, stackOutputs }: Slot): Promise<Pick<PlaneSlot, 'stack' | 'failure'>> {
  const stack = (await context.stacks()).get(slotStackName(context.cluster.id, index));
  if (!stack) return { stack: 'none', failure: null };
  if (hasFailed(stack)) {
    const { heat } = await context.asClusterUser();
    return { stack: 'failed', failure: await explainFailure(context, heat, stack) };
  }
  return { stack: stack.status.endsWith('_COMPLETE') && stackOutputs !== null ? 'complete' : 'building', failure: null };
}

/** Whether the slot's port and volume are free; asked only of an empty one. */
export async function partsOf(context: ClusterContext, { stackOutputs }: Slot, isEmpty: boolean): Promise<Pick<PlaneSlot, 'volume' | 'isPortFree'>> {
  const { port_id: portId, etcd_volume_id: volumeId } = stackOutputs ?? {};
  const hasVolume = typeof volumeId === 'string' && volumeId !== '';
  if (!isEmpty) return { volume: hasVolume ? 'held' : 'none', isPortFree: false };
  const { cinder, neutron } = await context.asClusterUser();
  const [volume, port] = await Promise.all([
    hasVolume ? cinder.findVolume(volumeId, context.call) : undefined,
    typeof portId === 'string' ? neutron.findPort(portId, context.call) : undefined,
  ]);
  return { volume: volume === undefined ? 'none' : volume.status === 'available' ? 'free' : 'held', isPortFree: port?.deviceId == null };
}

/** What a new node could not be made without, as sentences. */
export async function missingForNodes(context: ClusterContext, { imageId, flavorId }: GroupSpec): Promise<readonly string[]> {
  const { glance, nova } = await context.asClusterUser();
  const [image, flavor] = await Promise.all([glance.findImage(imageId, context.call), nova.findFlavor(flavorId, context.call)]);
  return [
    ...(image === undefined ? [`there is no image ${imageId} any more`] : image.status === 'active' ? [] : [`image ${imageId} is ${image.status}`]),
    ...(flavor === undefined ? [`there is no flavor ${flavorId} any more`] : []),
  ];
}

/** Names of the stacks that this attempt of the operation asked for, those too that are gone. */
export async function stacksOfThisAttempt({ runtime, operation }: ClusterContext): Promise<ReadonlySet<string>> {
  const rows: { name: string }[] = await runtime.dataSource.query(
    `SELECT name FROM external_resources WHERE operation_id = $1 AND attempt = $2 AND type = 'heat-stack'`,
    [operation.id, operation.attempt],
  );
  return new Set(rows.map(({ name }) => name));
}
