import type { ClusterNode } from '../../database/node.entity.js';
import type { ClusterClient } from '../../kubernetes/cluster-client.js';
import type { ClusterContext } from '../cluster-context.js';
import { clusterAccess } from '../nodes/cluster-access.js';
import { drawNodes } from '../nodes/draw-nodes.js';
import { observeNodes, type NodeObservation } from '../nodes/observe-nodes.js';
import { planMissingNodes } from '../nodes/plan-missing-nodes.js';
import { recordReady } from '../nodes/record-ready.js';
import { bootstrapTokensOf } from '../nodes/bootstrap-tokens.js';
import { planNodeStarts } from '../nodes/plan-node-starts.js';
import { startNodeStacks } from '../nodes/start-node-stacks.js';
import { done, failed, type StepResult } from '../operation/operation.js';
import { findLostStack } from '../stacks/lost-stacks.js';
import { publishMembership } from '../stacks/publish-membership.js';

/** Draws all nodes, then starts as many stacks as may be in flight: workers boot while the control plane does. */
export async function startNodes(context: ClusterContext): Promise<StepResult> {
  const missing = planMissingNodes(context.groups, context.slots, context.nodes);
  if (missing.length > 0) {
    await drawNodes(context, missing);
    // The next look at the rows sees the drawn nodes: this turn's context does not.
    return { kind: 'waiting', for: 'the drawn nodes to be read', recheckAfterMs: 0 };
  }
  const observations = await observeNodes(context);
  return (await failureOf(context, observations)) ?? (await startDueStacks(context, observations), done);
}

/** The control plane has joined and its API answers us: from here on the cluster is reachable. */
export async function reachControlPlane(context: ClusterContext): Promise<StepResult> {
  const observations = await observeNodes(context);
  const failure = await failureOf(context, observations);
  if (failure) return failure;
  await startDueStacks(context, observations);
  const waiting = observations.find(({ node, verdict }) => node.role === 'control-plane' && !hasJoined(node, verdict));
  if (waiting) return context.waiting(waitText([waiting]));
  const access = await clusterAccess(context);
  const client = context.runtime.clusters.clientFor(access);
  if (!(await client.isReady(context.call))) return context.waiting(`the Kubernetes API at ${access.apiAddress} to be ready`);
  if (context.operation.attempt > 1) await admitLateNodes(context, client);
  const version = await client.getVersion(context.call);
  await context.write((manager) =>
    manager.query(`UPDATE clusters SET api_address = $2, coe_version = $3 WHERE id = $1`, [context.cluster.id, access.apiAddress, version]),
  );
  return done;
}

/**
 * The tokens of a first attempt's nodes came with the control plane's own configuration. Nodes that a retry has drawn (and
 * tokens that have expired since) are made known to the running cluster.
 */
async function admitLateNodes(context: ClusterContext, client: ClusterClient): Promise<void> {
  for (const token of await bootstrapTokensOf(context, context.runtime.dataSource.manager, context.presentNodes)) {
    await client.ensureBootstrapToken(token, context.call);
  }
}

/** Ends when every node was seen Ready through the cluster's own API. */
export async function awaitNodes(context: ClusterContext): Promise<StepResult> {
  const observations = await observeNodes(context);
  const failure = await failureOf(context, observations);
  if (failure) return failure;
  await startDueStacks(context, observations);
  // As soon as all servers are known: Heat has shown them by the time the nodes are Ready, and nobody waits for it.
  if (context.presentNodes.every((node) => node.serverId !== null)) await publishMembership(context);
  const client = context.runtime.clusters.clientFor(await clusterAccess(context));
  const seen = new Map((await client.listNodes(context.call)).map((node) => [node.name, node]));
  const newlyReady = observations.filter(({ node }) => node.phase !== 'ready' && seen.get(node.name)?.ready === true && node.serverId !== null);
  await recordReady(context, newlyReady, seen);
  const readyIds = new Set(newlyReady.map(({ node }) => node.id));
  const unready = observations.filter(({ node }) => node.phase !== 'ready' && !readyIds.has(node.id));
  return unready.length > 0 ? context.waiting(waitText(unready)) : done;
}

/** Starts stacks of planned nodes, at most NODE_STACKS_IN_FLIGHT at a time, the control plane first. */
async function startDueStacks(context: ClusterContext, observations: readonly NodeObservation[]): Promise<void> {
  const due = new Set(planNodeStarts(observations, context.runtime.config.NODE_STACKS_IN_FLIGHT));
  const nodes = observations.filter(({ node }) => due.has(node.id)).map(({ node }) => node);
  await startNodeStacks(context, nodes);
}

/** Failed nodes, or the loss of what all of them stand on: a node may go on for a while when its network is gone. */
async function failureOf(context: ClusterContext, observations: readonly NodeObservation[]): Promise<StepResult | undefined> {
  const lost = findLostStack(context, await context.stacks());
  if (lost !== undefined) return failed(lost);
  const reasons = observations.flatMap(({ node, verdict }) => (verdict.kind === 'failed' ? [`${node.name}: ${verdict.because}`] : []));
  if (reasons.length === 0) return undefined;
  const count = reasons.length === 1 ? 'A node failed' : `${reasons.length} nodes failed`;
  return failed(`${count}: ${reasons.slice(0, 3).join('; ')}`);
}

const hasJoined = (node: ClusterNode, verdict: NodeObservation['verdict']): boolean =>
  (node.phase === 'joined' || node.phase === 'ready') && verdict.kind === 'unchanged';

/** Names the first few nodes and what each waits for. */
function waitText(waiting: readonly NodeObservation[]): string {
  const lines = waiting.slice(0, 3).map(({ node, verdict }) => {
    const reason = verdict.kind === 'unchanged' ? verdict.waitsFor : verdict.kind === 'start' ? 'its turn to be created' : 'its boot';
    return `${node.name} (${reason ?? 'to be Ready'})`;
  });
  const more = waiting.length > lines.length ? ` and ${waiting.length - lines.length} more` : '';
  return `node${waiting.length === 1 ? '' : 's'} ${lines.join(', ')}${more}`;
}

