import type { ClusterNode } from '../../database/node.entity.js';
import type { Slot } from '../../database/slot.entity.js';
import { slotStackName } from '../../domain/resource-names.js';
import type { GroupSpec } from '../../driver-contract/index.js';
import type { Server } from '../../openstack/nova/server.js';
import type { ClusterContext } from '../cluster-context.js';
import { mayCountAsGone } from '../drain/fencing.js';
import { observeMachine } from '../nodes/observe-machine.js';
import { explainFailure, hasFailed } from '../stacks/observe-stacks.js';
import type { PlaneNode, PlaneSlot } from './control-plane-view.js';

export type ServerState = Pick<PlaneNode, 'server' | 'notFencedBecause'>;

/** A node whose machine matters: it goes, or it is dead. */
type Machine = Pick<ClusterNode, 'id' | 'name' | 'serverId' | 'phase' | 'drainDeadline'>;

/** Whether the nodes' machines run, by node id. One whose row does not know its server yet is found by its name, which is used once. */
export async function serversOf(context: ClusterContext, nodes: readonly Machine[]): Promise<ReadonlyMap<string, ServerState>> {
  if (nodes.length === 0) return new Map();
  const { nova } = await context.asClusterUser();
  const found = nodes.map(async ({ id, name, serverId, phase, drainDeadline }): Promise<[string, ServerState]> => {
    const server = serverId === null ? (await nova.listServers({ name }, context.call))[0] : await nova.findServer(serverId, context.call);
    const state = stateOf(server, serverId === null ? 'none' : 'gone');
    if (!server || state === 'none' || !leaving.has(phase)) return [id, { server: state, notFencedBecause: null }];
    return [id, await fencedState(context, { id, name, serverId: server.id, phase, drainDeadline }, state)];
  });
  return new Map(await Promise.all(found));
}

/** Where somebody may be about to use the slot again, or has given it up. */
const leaving: ReadonlySet<string> = new Set(['draining', 'deleting', 'failed']);

/** The same decision as about workers, but that a machine Nova may still stop is stopped first, whatever a person says of it. */
async function fencedState(context: ClusterContext, machine: Machine, seen: PlaneNode['server']): Promise<ServerState> {
  const facts = await observeMachine(context, machine);
  const isStopOverdue = machine.drainDeadline !== null && context.now >= machine.drainDeadline;
  const verdict = mayCountAsGone({ ...facts, isConfirmed: facts.isConfirmed && isStopOverdue });
  if (verdict.kind === 'gone') return { server: facts.status === null ? 'gone' : 'off', notFencedBecause: null };
  return { server: seen === 'off' ? 'stopped' : seen, notFencedBecause: verdict.because };
}

/** One that never started is no danger to anybody's volume, whatever Nova calls it. */
function stateOf(server: Server | undefined, otherwise: PlaneNode['server']): PlaneNode['server'] {
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
