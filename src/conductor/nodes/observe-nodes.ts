import type { ClusterNode } from '../../database/node.entity.js';
import { nodeStackName } from '../../domain/resource-names.js';
import { secretNames } from '../../domain/secret-names.js';
import type { StackOutputs } from '../../driver-contract/index.js';
import type { StackSummary } from '../../openstack/heat/stack.js';
import type { ClusterContext } from '../cluster-context.js';
import { explainFailure } from '../stacks/observe-stacks.js';
import { judgeNode, type NodeVerdict } from './judge-node.js';
import { serverTroubles } from './observe-servers.js';

export interface NodeObservation {
  readonly node: ClusterNode;
  readonly verdict: NodeVerdict;
}

/**
 * Looks at the stacks of all nodes (one list) and at their servers (another), and records what changed: addresses and the
 * boot deadline when a server is active, the reason when a node failed.
 */
export async function observeNodes(context: ClusterContext): Promise<readonly NodeObservation[]> {
  const { cluster, runtime, presentNodes: nodes, now } = context;
  const stacks = await context.stacks();
  const claimTokens = await runtime.secrets.findAll(
    runtime.dataSource.manager,
    cluster.id,
    nodes.map((node) => secretNames.claimToken(node.id)),
  );
  const troubles = await serverTroubles(context);
  const deadlineSeconds = runtime.config.NODE_BOOT_DEADLINE_SECONDS;
  const observations = await Promise.all(
    nodes.map(async (node) => {
      const stack = stacks.get(nodeStackName(cluster.id, node.id));
      const mayBeUnasked = claimTokens.has(secretNames.claimToken(node.id));
      const verdict = judgeNode(node, mayBeUnasked, stack, now, deadlineSeconds, troubles.get(node.serverId ?? ''));
      return { node, stack, verdict: await withReason(context, verdict, stack), outputs: await outputsWhenBooting(context, verdict, stack) };
    }),
  );
  const changed = observations.filter(({ node, verdict }) => verdict.kind === 'booting' || (verdict.kind === 'failed' && node.phase !== 'failed'));
  if (changed.length > 0) {
    await context.write(async (manager) => {
      for (const { node, stack, verdict, outputs } of changed) {
        if (verdict.kind === 'booting') {
          await manager.query(
            `UPDATE nodes SET phase = CASE WHEN phase = 'building' THEN 'booting' ELSE phase END, stack_id = $2, server_id = $3, address = $4,
               floating_address = $5, boot_deadline = clock_timestamp() + make_interval(secs => $6), updated_at = now()
             WHERE id = $1 AND phase IN ('building', 'joined')`,
            [node.id, stack?.id ?? null, text(outputs, 'server_id'), text(outputs, 'address'), text(outputs, 'floating_address'), deadlineSeconds],
          );
          await context.say(manager, `Node ${node.name} boots`, 'its server is active', node.id);
          // Whoever asked for the stack may have died before the answer, and before the token could be forgotten.
          await runtime.secrets.drop(manager, cluster.id, [secretNames.claimToken(node.id)]);
        }
        if (verdict.kind === 'failed') {
          await manager.query(`UPDATE nodes SET phase = 'failed', phase_reason = $2, updated_at = now() WHERE id = $1 AND phase <> 'gone'`, [
            node.id,
            verdict.because,
          ]);
          await context.say(manager, `Node ${node.name} failed`, verdict.because, node.id);
        }
      }
    });
  }
  return observations;
}

async function withReason(context: ClusterContext, verdict: NodeVerdict, stack: StackSummary | undefined): Promise<NodeVerdict> {
  if (verdict.kind !== 'failed' || !verdict.stackFailed || !stack) return verdict;
  const { heat } = await context.asClusterUser();
  return { ...verdict, because: await explainFailure(context, heat, stack) };
}

/** Once a node, when its stack is complete: where its server is. */
async function outputsWhenBooting(context: ClusterContext, verdict: NodeVerdict, stack: StackSummary | undefined): Promise<StackOutputs | null> {
  if (verdict.kind !== 'booting' || !stack) return null;
  const { heat } = await context.asClusterUser();
  return heat.getOutputs(stack.name, stack.id, context.call);
}

function text(outputs: StackOutputs | null, name: string): string | null {
  const value = outputs?.[name];
  return typeof value === 'string' && value !== '' ? value : null;
}
