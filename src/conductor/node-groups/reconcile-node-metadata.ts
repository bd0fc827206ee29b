import type { NodeGroup } from '../../database/node-group.entity.js';
import type { ClusterNode as SeenNode } from '../../kubernetes/cluster-node.js';
import type { ClusterContext } from '../cluster-context.js';
import { clusterAccess } from '../nodes/cluster-access.js';
import { done, type StepResult } from '../operation/operation.js';
import { describeChange, planNodeMetadata } from './plan-node-metadata.js';

/**
 * Gives the nodes of a group the labels and taints that the group wants now, and takes away those that it wanted once. New
 * nodes register with them; this is for those that are there. A cluster that does not answer is asked again.
 */
export async function reconcileNodeMetadata(context: ClusterContext, group: NodeGroup): Promise<StepResult> {
  const wanted = { labels: group.nodeLabels ?? {}, taints: group.nodeTaints ?? [] };
  const former = group.appliedNodeMetadata ?? { labels: [], taints: [] };
  if (Object.keys(wanted.labels).length + wanted.taints.length + former.labels.length + former.taints.length === 0) return done;
  const client = context.runtime.clusters.clientFor(await clusterAccess(context));
  const seen = new Map((await client.listNodes(context.call)).map((node) => [node.name, node]));
  const nodes = context.presentNodes.filter(({ nodeGroupId }) => nodeGroupId === group.id);
  const late: string[] = [];
  for (const { id, name } of nodes) {
    const change = planFor(seen.get(name));
    if (!change) continue;
    context.assertHeld();
    const outcome = await client.changeNodeMetadata(name, change, context.call);
    if (outcome === 'conflict') late.push(name);
    if (outcome === 'changed') await context.write((manager) => context.say(manager, `Node ${name} has ${describeChange(change)}`, `group ${group.name} wants it so`, id));
  }
  if (late.length > 0) return context.waiting(`${late.join(', ')}, which somebody else changed at the same moment`);
  // A node that has yet to join was given what was wanted when it was made.
  if (nodes.every(({ name }) => seen.has(name))) await forgetFormer(context, group);
  return done;

  function planFor(node: SeenNode | undefined): ReturnType<typeof planNodeMetadata> {
    return node && planNodeMetadata(node, wanted, former);
  }
}

/** Unless another request has changed what is wanted since this turn's look. */
async function forgetFormer(context: ClusterContext, { id, nodeLabels, nodeTaints, appliedNodeMetadata }: NodeGroup): Promise<void> {
  if (appliedNodeMetadata === null) return;
  await context.write((manager) =>
    manager.query(
      `UPDATE node_groups SET applied_node_metadata = NULL WHERE id = $1 AND node_labels IS NOT DISTINCT FROM $2::jsonb AND node_taints IS NOT DISTINCT FROM $3::jsonb`,
      [id, nodeLabels && JSON.stringify(nodeLabels), nodeTaints && JSON.stringify(nodeTaints)],
    ),
  );
}
