import type { ClusterNode } from '../../database/node.entity.js';
import type { Slot } from '../../database/slot.entity.js';
import { nodeStackName } from '../../domain/resource-names.js';
import { secretNames } from '../../domain/secret-names.js';
import { CloudConflictError } from '../../openstack/cloud-error.js';
import type { ClusterContext } from '../cluster-context.js';
import { drainTurn } from '../drain/drain-turn.js';
import { markGone } from '../ledger/ledger.js';
import { bootstrapTokensOf } from '../nodes/bootstrap-tokens.js';
import { clusterAccess } from '../nodes/cluster-access.js';
import { drawNodes } from '../nodes/draw-nodes.js';
import { recordReady } from '../nodes/record-ready.js';
import { startNodeStacks } from '../nodes/start-node-stacks.js';
import type { DrainSettings } from '../drain/drain-settings.js';
import { deleteStacks, describeDeletion } from '../stacks/delete-stacks.js';
import { controlPlaneGroup, type ControlPlaneLook } from './observe-control-plane.js';
import { again, waitingFor, type Taken } from './taken.js';

export async function drawNode(context: ClusterContext, slot: Slot, { bootMode, revision }: { readonly bootMode: 'join' | 'resume'; readonly revision?: number }, because: string): Promise<Taken> {
  const before = context.nodes.filter(({ slotId }) => slotId === slot.id).at(-1);
  await drawNodes(context, [
    {
      ...{ groupId: controlPlaneGroup(context).id, slotId: slot.id, role: 'control-plane', bootMode, because },
      ...(revision === undefined ? {} : { revision }),
      ...(before ? { replacesNodeId: before.id } : {}),
    },
  ]);
  return again;
}

/** Makes the node's token known to the running cluster, then asks for its machine. */
export async function startNode(context: ClusterContext, node: ClusterNode): Promise<Taken> {
  if (node.bootMode === 'join') {
    const client = context.runtime.clusters.clientFor(await clusterAccess(context));
    for (const token of await bootstrapTokensOf(context, context.runtime.dataSource.manager, [node])) {
      context.assertHeld();
      await client.ensureBootstrapToken(token, context.call);
    }
  }
  await startNodeStacks(context, [node]);
  return waitingFor(context, `the server of ${node.name}`);
}

export async function admitNode(context: ClusterContext, node: ClusterNode, seen: ControlPlaneLook['seen']): Promise<Taken> {
  // Its server's id comes with its stack's outputs; a quick node is Ready before Heat has said so.
  if (node.serverId === null) return waitingFor(context, `the stack of ${node.name} to show its server`);
  await recordReady(context, [{ node, verdict: { kind: 'unchanged', waitsFor: null } }], seen);
  await context.write((manager) => context.noteProgress(manager));
  return again;
}

/** One pass of the drain; when nothing is left on the node its end is sealed. */
export async function drainNode(context: ClusterContext, node: ClusterNode, settings: DrainSettings, because: string): Promise<Taken> {
  if (node.phase !== 'draining') {
    await context.write(async (manager) => {
      await manager.query(`UPDATE nodes SET phase = 'draining', phase_reason = $2, cordoned_at = NULL, drain_deadline = NULL, updated_at = now() WHERE id = $1`, [node.id, because]);
      await context.noteProgress(manager);
      await context.say(manager, `Node ${node.name} is to go`, because, node.id);
    });
    return again;
  }
  const outcome = await drainTurn(context, node, settings);
  switch (outcome.kind) {
    case 'drained':
      return retireNode(context, node, 'it is drained');
    case 'waiting':
      return outcome;
    case 'failed':
      return { kind: 'halted', because: outcome.because };
    case 'skip':
      return skipNode(context, node, outcome.because);
  }
}

/** Somebody's rule says that this node is left as it is: it opens again, and this operation does not come back to it. */
async function skipNode(context: ClusterContext, node: ClusterNode, because: string): Promise<Taken> {
  const client = context.runtime.clusters.clientFor(await clusterAccess(context));
  context.assertHeld();
  await client.setUnschedulable(node.name, false, context.call);
  await context.write(async (manager) => {
    await manager.query(
      `UPDATE nodes SET phase = 'ready', phase_reason = $2, skipped_by = $3, cordoned_at = NULL, drain_deadline = NULL, updated_at = now() WHERE id = $1`,
      [node.id, because, context.operation.id],
    );
    await context.noteProgress(manager);
    await context.say(manager, `Node ${node.name} was left as it is`, because, node.id);
  });
  return again;
}

/** From here on it goes; the time for its server to be off begins. */
export async function retireNode(context: ClusterContext, node: ClusterNode, because: string): Promise<Taken> {
  const { SERVER_STOP_SECONDS: seconds } = context.runtime.config;
  await context.write(async (manager) => {
    // A reason that it failed for is kept: people look for it after the node is gone. The deadline is now that of its server's stop.
    await manager.query(
      `UPDATE nodes SET phase = 'deleting', drain_deadline = clock_timestamp() + make_interval(secs => $2), updated_at = now(),
         phase_reason = CASE WHEN ready_at IS NULL THEN phase_reason ELSE NULL END WHERE id = $1`,
      [node.id, seconds],
    );
    await context.noteProgress(manager);
    await context.say(manager, `Node ${node.name} goes`, because, node.id);
  });
  return again;
}

/** Nova answers at once; SHUTOFF is what the next looks wait for. */
export async function stopServer(context: ClusterContext, node: ClusterNode): Promise<Taken> {
  const { nova } = await context.asClusterUser();
  const server = node.serverId === null ? (await nova.listServers({ name: node.name }, context.call))[0] : await nova.findServer(node.serverId, context.call);
  if (server && server.status !== 'SHUTOFF' && server.taskState !== 'powering-off') {
    context.assertHeld();
    try {
      await nova.stopServer(server.id, context.call);
    } catch (error) {
      // Another task is under way in it, or its state forbids it just now: the wait below ends by its deadline.
      if (!(error instanceof CloudConflictError)) throw error;
    }
  }
  return waitingFor(context, `the server of ${node.name} to be off`);
}

export async function deleteNode(context: ClusterContext, node: ClusterNode, because: string): Promise<Taken> {
  const { cluster, runtime } = context;
  const name = nodeStackName(cluster.id, node.id);
  const left = await deleteStacks(context, (candidate) => candidate === name);
  if (left.length > 0) return waitingFor(context, describeDeletion(left));
  await context.write(async (manager) => {
    await manager.query(`UPDATE nodes SET phase = 'gone', gone_at = clock_timestamp(), updated_at = now() WHERE id = $1`, [node.id]);
    await markGone(manager, cluster.id, 'heat-stack', [name]);
    await runtime.secrets.drop(manager, cluster.id, [secretNames.claimToken(node.id), secretNames.payload(node.id), secretNames.bootstrapToken(node.id)]);
    await context.noteProgress(manager);
    await context.say(manager, `Node ${node.name} is gone`, because, node.id);
  });
  return again;
}

/** Node objects of machines that are gone: nobody else takes them away. */
export async function forgetNodes(context: ClusterContext, names: readonly string[]): Promise<Taken> {
  const client = context.runtime.clusters.clientFor(await clusterAccess(context));
  for (const name of names) {
    context.assertHeld();
    await client.deleteNode(name, context.call);
  }
  return again;
}
