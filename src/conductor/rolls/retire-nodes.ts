import type { EntityManager } from 'typeorm';
import type { ClusterNode } from '../../database/node.entity.js';
import { nodeStackName } from '../../domain/resource-names.js';
import { secretNames } from '../../domain/secret-names.js';
import type { ClusterClient } from '../../kubernetes/cluster-client.js';
import type { ClusterContext } from '../cluster-context.js';
import { markGone } from '../ledger/ledger.js';
import { deleteStacks } from '../stacks/delete-stacks.js';

export interface Retirement {
  readonly row: ClusterNode;
  readonly because: string;
  /** Pods may run on it: it is emptied first. */
  readonly isMember: boolean;
}

/**
 * Nodes begin to go: a member of its cluster is emptied first, unless its server is gone already; a machine that never joined, and
 * a failed one without a server, is deleted at once.
 */
export async function startRetiring(context: ClusterContext, retirements: readonly Retirement[]): Promise<void> {
  if (retirements.length === 0) return;
  const { nova } = await context.asClusterUser();
  const machineLost = await Promise.all(
    retirements.map(async ({ row, isMember }) => isMember && row.serverId !== null && (await nova.findServer(row.serverId, context.call)) === undefined),
  );
  await context.write(async (manager) => {
    for (const [position, { row, because, isMember }] of retirements.entries()) {
      const lost = machineLost[position] === true;
      const phase = isMember && !lost ? 'draining' : 'deleting';
      await manager.query(
        `UPDATE nodes SET phase = $2, phase_reason = $3, doomed_because = coalesce(doomed_because, $3), updated_at = now() WHERE id = $1 AND phase NOT IN ('draining', 'deleting', 'gone')`,
        [row.id, phase, because],
      );
      await context.say(manager, `Node ${row.name} goes`, lost ? `${because}; its server is gone already` : because, row.id);
    }
    await context.noteProgress(manager);
  });
}

/** Says why a node's machine must not be deleted; undefined when its stack holds the very server that its row names. */
export async function findForeignServer(context: ClusterContext, { id, name, serverId }: ClusterNode): Promise<string | undefined> {
  const stack = (await context.stacks()).get(nodeStackName(context.cluster.id, id));
  if (!stack || serverId === null) return undefined;
  const { heat } = await context.asClusterUser();
  const found = (await heat.getOutputs(stack.name, stack.id, context.call))['server_id'];
  if (typeof found !== 'string' || found === '' || found === serverId) return undefined;
  return `node ${name} is server ${serverId}, but its stack ${stack.name} holds server ${found}: nothing was deleted`;
}

/** Emptied nodes: their machines are to go. */
export async function startDeleting(context: ClusterContext, nodes: readonly ClusterNode[]): Promise<void> {
  if (nodes.length === 0) return;
  await context.write(async (manager) => {
    for (const { id, name } of nodes) {
      await manager.query(`UPDATE nodes SET phase = 'deleting', updated_at = now() WHERE id = $1 AND phase = 'draining'`, [id]);
      await context.say(manager, `Node ${name} is being deleted`, 'nothing runs on it any more that anybody waits for', id);
    }
    await context.noteProgress(manager);
  });
}

export interface Removals {
  readonly gone: readonly ClusterNode[];
  /** With what each waits for. */
  readonly left: readonly { readonly name: string; readonly waitsFor: string }[];
}

/** Deletes the stacks of nodes in phase `deleting`; those without one are taken out of the cluster's books and out of ours. */
export async function removeNodes(context: ClusterContext, client: ClusterClient, nodes: readonly ClusterNode[]): Promise<Removals> {
  if (nodes.length === 0) return { gone: [], left: [] };
  const { id: clusterId } = context.cluster;
  const stackNames = new Map(nodes.map(({ id }) => [nodeStackName(clusterId, id), id]));
  const stacks = await deleteStacks(context, (name) => stackNames.has(name));
  const standing = new Map(stacks.map(({ name, status, statusReason }) => [stackNames.get(name), status === 'DELETE_FAILED' ? `Heat could not delete stack ${name}: ${statusReason}; it is asked again` : `stack ${name} to be deleted`]));
  const arriving = await mayStillArrive(context, [...stackNames.keys()]);
  const waitOf = ({ id }: ClusterNode): string | undefined => standing.get(id) ?? (arriving.has(nodeStackName(clusterId, id)) ? 'a request for its stack that may still be on its way' : undefined);
  const gone = nodes.filter((node) => waitOf(node) === undefined);
  for (const { name } of gone) {
    context.assertHeld();
    await client.deleteNode(name, context.call);
  }
  if (gone.length > 0) await context.write((manager) => forget(context, manager, gone));
  return { gone, left: nodes.flatMap((node) => ({ name: node.name, waitsFor: waitOf(node) ?? '' })).filter(({ waitsFor }) => waitsFor !== '') };
}

/** Those of the stacks that a request whose answer nobody heard may still make: up to one HTTP timeout after it was sent. */
async function mayStillArrive({ cluster, runtime, now }: ClusterContext, stackNames: readonly string[]): Promise<ReadonlySet<string>> {
  const since = new Date(now.getTime() - runtime.config.HTTP_TIMEOUT_SECONDS * 1000);
  const rows: { name: string }[] = await runtime.dataSource.query(
    `SELECT name FROM external_resources WHERE cluster_id = $1 AND type = 'heat-stack' AND name = ANY($2)
       AND (unanswered_at > $3 OR (intended_at > $3 AND external_id IS NULL AND state <> 'gone'))`,
    [cluster.id, stackNames, since],
  );
  return new Set(rows.map(({ name }) => name));
}

async function forget(context: ClusterContext, manager: EntityManager, nodes: readonly ClusterNode[]): Promise<void> {
  const { cluster, runtime } = context;
  const ids = nodes.map(({ id }) => id);
  await markGone(
    manager,
    cluster.id,
    'heat-stack',
    ids.map((id) => nodeStackName(cluster.id, id)),
  );
  await runtime.secrets.drop(
    manager,
    cluster.id,
    ids.flatMap((id) => [secretNames.claimToken(id), secretNames.payload(id), secretNames.bootstrapToken(id)]),
  );
  await manager.query(`UPDATE nodes SET phase = 'gone', gone_at = clock_timestamp(), updated_at = now() WHERE id = ANY($1)`, [ids]);
  for (const { id, name } of nodes) await context.say(manager, `Node ${name} is gone`, null, id);
}
