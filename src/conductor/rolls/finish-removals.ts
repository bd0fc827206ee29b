import type { ClusterContext } from '../cluster-context.js';
import { clusterAccess } from '../nodes/cluster-access.js';
import { done, minutes, type StepResult } from '../operation/operation.js';
import { removeNodes } from './retire-nodes.js';

/**
 * For Operation.finishBegun of what rolls worker groups: workers whose machines are being deleted are gone before it ends. Those that
 * take longer than a delete may are left to the next roll of their group, because cancelling must come to an end.
 */
export async function finishRemovals(context: ClusterContext): Promise<StepResult> {
  const { operation, runtime, now } = context;
  const since = new Date(now.getTime() - minutes(runtime.config.DELETE_TIMEOUT_MINUTES));
  const going = context.nodes.filter(
    ({ phase, role, nodeGroupId, updatedAt }) =>
      phase === 'deleting' && role === 'worker' && (operation.nodeGroupId === null || nodeGroupId === operation.nodeGroupId) && updatedAt !== null && updatedAt > since,
  );
  if (going.length === 0) return done;
  const client = runtime.clusters.clientFor(await clusterAccess(context));
  const { left } = await removeNodes(context, client, going);
  if (left.length === 0) return done;
  return context.waiting(`the end of what has begun: ${left.map(({ name, waitsFor }) => `node ${name} (${waitsFor})`).join(', ')}`);
}
