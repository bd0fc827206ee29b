import { nodeNamePrefix } from '../../domain/node-name.js';
import type { ClusterContext } from '../cluster-context.js';

/**
 * What is wrong with servers of the cluster's nodes, by server id: in ERROR, or gone by somebody's hand. One list of the
 * cluster's servers, asked only while a machine is on its way.
 */
export async function serverTroubles(context: ClusterContext): Promise<ReadonlyMap<string, string>> {
  const nodes = context.presentNodes;
  if (!nodes.some(({ phase, serverId }) => serverId !== null && (phase === 'booting' || phase === 'joined'))) return new Map();
  const { nova } = await context.asClusterUser();
  const servers = await nova.listServers({ namePrefix: nodeNamePrefix(context.cluster.name) }, context.call);
  const troubles = new Map<string, string>();
  for (const { id, status, fault } of servers) {
    if (status === 'ERROR') troubles.set(id, `its server ${id} is in ERROR: ${fault ?? 'Nova gives no reason'}`);
  }
  const listed = new Set(servers.map(({ id }) => id));
  const unlisted = nodes.flatMap(({ serverId }) => (serverId === null || listed.has(serverId) ? [] : [serverId]));
  // Nova leaves out of lists what lives in a cell that is down; only asked for by its id a server is known to be gone.
  for (const id of unlisted) {
    if (!(await nova.findServer(id, context.call))) troubles.set(id, `its server ${id} is gone, although we did not delete it`);
  }
  return troubles;
}
