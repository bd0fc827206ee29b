import type { NodeGroup } from '../../database/node-group.entity.js';
import type { ClusterNode } from '../../database/node.entity.js';
import { nodeStackName } from '../../domain/resource-names.js';
import type { ClusterClient } from '../../kubernetes/cluster-client.js';
import { OpenStackError } from '../../openstack/cloud-error.js';
import type { ClusterContext } from '../cluster-context.js';
import { bootstrapTokensOf } from '../nodes/bootstrap-tokens.js';
import { drawNodes } from '../nodes/draw-nodes.js';
import type { NodeObservation } from '../nodes/observe-nodes.js';
import { planNodeStarts } from '../nodes/plan-node-starts.js';
import { startNodeStacks } from '../nodes/start-node-stacks.js';
import type { RollAction } from './plan-roll.js';
import type { RolledNode } from './roll-view.js';

/** New nodes of the group; each takes the place of one that is to go, as long as there are any. */
export async function drawNewNodes(context: ClusterContext, group: NodeGroup, creates: readonly Extract<RollAction, { kind: 'create' }>[], going: readonly RolledNode[]): Promise<void> {
  const replaced = new Set(context.presentNodes.map(({ replacesNodeId }) => replacesNodeId));
  const places = going.filter(({ row }) => !replaced.has(row.id));
  await drawNodes(
    context,
    creates.map(({ because }, position) => {
      const place = places[position];
      return {
        ...{ groupId: group.id, slotId: null, role: 'worker', bootMode: 'join' } as const,
        because: place ? `it takes the place of ${place.row.name}` : because,
        ...(place && { replacesNodeId: place.row.id }),
      };
    }),
  );
}

/** Asks for the stacks of the group's drawn nodes, as many as may be in flight in the cluster, after their tokens are known to it. */
export async function startDrawnNodes(context: ClusterContext, client: ClusterClient, group: NodeGroup, observations: readonly NodeObservation[], doomed: ReadonlySet<string>): Promise<void> {
  const candidates = observations.filter(({ node, verdict }) => verdict.kind !== 'start' || (node.nodeGroupId === group.id && !doomed.has(node.id)));
  const due = new Set(planNodeStarts(candidates, context.runtime.config.NODE_STACKS_IN_FLIGHT));
  const nodes = candidates.filter(({ node }) => due.has(node.id)).map(({ node }) => node);
  if (nodes.length === 0) return;
  for (const token of await bootstrapTokensOf(context, context.runtime.dataSource.manager, nodes)) {
    context.assertHeld();
    await client.ensureBootstrapToken(token, context.call);
  }
  try {
    await startNodeStacks(context, nodes);
  } catch (error) {
    if (!(error instanceof OpenStackError) || error.retryable || error.status === null) throw error;
    await markRefused(context, nodes, error.message);
  }
}

/** Heat said no, most often for a quota: those that got no stack have failed, and the roll decides what follows. */
async function markRefused(context: ClusterContext, nodes: readonly ClusterNode[], because: string): Promise<void> {
  context.forgetStacks();
  const stacks = await context.stacks();
  const refused = nodes.filter(({ id }) => !stacks.has(nodeStackName(context.cluster.id, id)));
  await context.write(async (manager) => {
    for (const { id, name } of refused) {
      await manager.query(`UPDATE nodes SET phase = 'failed', phase_reason = $2, updated_at = now() WHERE id = $1 AND phase = 'building'`, [id, because]);
      await context.say(manager, `Node ${name} failed`, because, id);
    }
  });
}
