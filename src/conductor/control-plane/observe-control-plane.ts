import type { NodeGroup } from '../../database/node-group.entity.js';
import type { ClusterNode } from '../../database/node.entity.js';
import type { Slot } from '../../database/slot.entity.js';
import { DomainError } from '../../domain/domain-error.js';
import { nodeStackName, slotStackName } from '../../domain/resource-names.js';
import { changedNodeFields } from '../../driver-contract/changed-node-fields.js';
import type { ClusterNode as SeenNode } from '../../kubernetes/cluster-node.js';
import type { ClusterContext } from '../cluster-context.js';
import { clusterAccess } from '../nodes/cluster-access.js';
import { slotAddresses } from '../nodes/control-plane-endpoint.js';
import { observeNodes } from '../nodes/observe-nodes.js';
import type { ClusterEtcd } from './etcd-access.js';
import { fallbackOf, standsInBecause } from './fallback.js';
import { missingForNodes, partsOf, poolPlaces, serversOf, stageOf, stacksOfThisAttempt, type ServerState } from './observe-cloud.js';
import type { ControlPlaneView, PlaneNode, PlaneSlot } from './control-plane-view.js';

/** One look at everything that a control plane is made of: rows, stacks, servers, its API, etcd, load balancer. */
export interface ControlPlaneLook {
  readonly view: ControlPlaneView;
  /** Nodes as the cluster shows them, by name. */
  readonly seen: ReadonlyMap<string, SeenNode>;
  readonly group: NodeGroup;
}

/** A node row as it is judged: what its stack, its reports and the clock say goes before what was last written. */
type JudgedRow = Pick<ClusterNode, 'id' | 'name' | 'slotId' | 'serverId' | 'phase' | 'phaseReason' | 'revision' | 'readyAt' | 'replacesNodeId' | 'doomedBecause' | 'skippedBy' | 'drainDeadline'>;

/** Where kubeadm's etcd listens for other members. */
const peerPort = 2380;

export async function observeControlPlane(context: ClusterContext, etcd: ClusterEtcd, scope: 'all' | 'doomed'): Promise<ControlPlaneLook> {
  const group = controlPlaneGroup(context);
  const wanted = scope === 'all' ? group.revision : null;
  const nodes = await judgeArrivals(context, context.nodes.filter(({ role }) => role === 'control-plane'));
  const present = nodes.filter(({ phase }) => phase !== 'gone');
  const listed = await listNodes(context);
  const seen = new Map((listed ?? []).map((node) => [node.name, node]));
  const isReady = ({ name }: JudgedRow): boolean => seen.get(name)?.ready === true;
  const [etcdView, servers, pool, ofThisAttempt] = await Promise.all([
    listed === undefined ? null : etcd.look(present.filter(({ name }) => seen.has(name))),
    serversOf(context, present.filter((node) => node.phase !== 'planned' && (node.phase !== 'ready' || !isReady(node)))),
    poolPlaces(context),
    stacksOfThisAttempt(context),
  ]);
  const slotOf = async (slot: Slot): Promise<PlaneSlot> => {
    const own = nodes.filter(({ slotId }) => slotId === slot.id);
    const node = own.find(({ phase }) => phase !== 'gone') ?? null;
    const { address } = slotAddresses(slot);
    const isNews = ({ id }: JudgedRow): boolean => ofThisAttempt.has(nodeStackName(context.cluster.id, id));
    return {
      ...{ id: slot.id, index: slot.index, leavingBecause: slot.leavingBecause, isQuarantined: slot.quarantinedBecause !== null },
      ...(await stageOf(context, slot)),
      isOfThisAttempt: ofThisAttempt.has(slotStackName(context.cluster.id, slot.index)),
      peerUrl: address === null ? null : `https://${address}:${peerPort}`,
      ...(await partsOf(context, slot, node === null)),
      pool: pool.get(address ?? '') ?? 'none',
      wasUsed: own.some(({ phase, serverId }) => phase === 'gone' && serverId !== null),
      fallbackRevision: fallbackOf(own, isNews),
      node: node && planeNode(context, { groupId: group.id, revision: wanted }, node, { isReady: isReady(node), ...(servers.get(node.id) ?? { server: 'running', notFencedBecause: null }), isOfThisAttempt: isNews(node), standsInBecause: standsInBecause(node, own, isNews) }),
    };
  };
  const slots = await Promise.all(context.slots.map(slotOf));
  const goneNames = new Set(nodes.filter(({ phase }) => phase === 'gone').map(({ name }) => name));
  const view: ControlPlaneView = {
    ...{ desired: group.nodeCount, slots, etcd: etcdView, hasLoadBalancer: context.cluster.spec.masterLbEnabled, isApiReady: listed !== undefined },
    staleNodeNames: [...seen.keys()].filter((name) => goneNames.has(name)),
    problems: needsNodes(slots, group.nodeCount) ? await missingForNodes(context, context.groupSpec(group)) : [],
  };
  return { view, seen, group };
}

export function controlPlaneGroup({ groups, cluster }: ClusterContext): NodeGroup {
  const group = groups.find(({ role }) => role === 'master');
  if (!group) throw new Error(`cluster ${cluster.id} has no control-plane group`);
  return group;
}

const needsNodes = (slots: readonly PlaneSlot[], desired: number): boolean => slots.length < desired || slots.some(({ node }) => node !== null && node.replaceBecause !== null);

/** Machines on their way are judged by their stacks, their own reports and the clock; the rows as judged are what counts. */
async function judgeArrivals(context: ClusterContext, nodes: readonly ClusterNode[]): Promise<readonly JudgedRow[]> {
  if (!nodes.some(({ phase }) => phase === 'building' || phase === 'booting' || phase === 'joined')) return nodes;
  const failures = new Map((await observeNodes(context)).flatMap(({ node, verdict }) => (verdict.kind === 'failed' ? [[node.id, verdict.because] as const] : [])));
  return nodes.map((node) => {
    const because = failures.get(node.id);
    return because === undefined ? node : asFailed(node, because);
  });
}

function asFailed(node: ClusterNode, phaseReason: string): JudgedRow {
  const { id, name, slotId, serverId, revision, readyAt, replacesNodeId, doomedBecause, skippedBy, drainDeadline } = node;
  return { id, name, slotId, serverId, phase: 'failed', phaseReason, revision, readyAt, replacesNodeId, doomedBecause, skippedBy, drainDeadline };
}

/** Undefined while the API does not answer or does not call itself ready. */
async function listNodes(context: ClusterContext): Promise<readonly SeenNode[] | undefined> {
  const client = context.runtime.clusters.clientFor(await clusterAccess(context));
  try {
    return (await client.isReady(context.call)) ? await client.listNodes(context.call) : undefined;
  } catch (error) {
    if (error instanceof DomainError && error.code === 'cluster-unreachable') return undefined;
    throw error;
  }
}

interface NodeSight extends ServerState {
  readonly isReady: boolean;
  readonly isOfThisAttempt: boolean;
  readonly standsInBecause: string | null;
}

/** `revision`: what nodes are to be made from; null: it does not matter. */
function planeNode(context: ClusterContext, { groupId, revision }: { readonly groupId: string; readonly revision: number | null }, node: JudgedRow, sight: NodeSight): PlaneNode {
  const changes = revision === null ? [] : changedNodeFields(context.driver, context.specOf(node.revision), context.specOf(revision), groupId);
  const outdated = changes.length > 0 ? `it is outdated: ${changes.join(', ')}` : null;
  return {
    ...{ id: node.id, name: node.name, phase: node.phase },
    replaceBecause: node.doomedBecause ?? outdated,
    isDoomed: node.doomedBecause !== null,
    isSkipped: node.skippedBy === context.operation.id,
    failure: node.phase === 'failed' ? (node.phaseReason ?? 'no reason is known') : null,
    isStopOverdue: node.drainDeadline !== null && context.now >= node.drainDeadline,
    ...sight,
  };
}
