import { secretNames } from '../../domain/secret-names.js';
import type { ClusterNode as SeenNode } from '../../kubernetes/cluster-node.js';
import type { ClusterContext } from '../cluster-context.js';
import { clusterAccess } from './cluster-access.js';
import type { NodeObservation } from './observe-nodes.js';

/** Nodes that their cluster shows Ready for the first time: their one-shot tokens are forgotten, there and here. */
export async function recordReady(context: ClusterContext, ready: readonly NodeObservation[], seen: ReadonlyMap<string, SeenNode>): Promise<void> {
  if (ready.length === 0) return;
  const { secrets, dataSource, clusters } = context.runtime;
  const client = clusters.clientFor(await clusterAccess(context));
  const names = ready.map(({ node }) => secretNames.bootstrapToken(node.id));
  const tokens = await secrets.findAll(dataSource.manager, context.cluster.id, names);
  for (const token of tokens.values()) {
    context.assertHeld();
    await client.deleteBootstrapToken(token, context.call);
  }
  await context.write(async (manager) => {
    for (const { node } of ready) {
      await manager.query(`UPDATE nodes SET phase = 'ready', phase_reason = NULL, ready_at = clock_timestamp(), coe_version = $2, updated_at = now() WHERE id = $1`, [
        node.id,
        seen.get(node.name)?.kubeletVersion ?? null,
      ]);
      await context.say(manager, `Node ${node.name} is ready`, "its cluster's API shows it Ready", node.id);
    }
    await secrets.drop(manager, context.cluster.id, names);
  });
}
