import type { ClusterNode } from '../../database/node.entity.js';
import { CloudConflictError, CloudForbiddenError } from '../../openstack/cloud-error.js';
import type { ClusterContext } from '../cluster-context.js';
import type { MachineFacts } from '../drain/fencing.js';

/** Actions that change whether a server runs. */
const powerActions: ReadonlySet<string> = new Set(['start', 'stop', 'reboot', 'rebuild', 'resume', 'suspend', 'shelve', 'unshelve', 'evacuate', 'rescue']);

/** What Nova knows of the machine of a node that has fallen silent; to be asked only then. */
export async function observeMachine(context: ClusterContext, node: Pick<ClusterNode, 'name' | 'serverId'>): Promise<MachineFacts> {
  const isConfirmed = context.operation.input['fenced'] === true;
  const { nova } = await context.asClusterUser();
  const [named] = node.serverId === null ? await nova.listServers({ name: node.name }, context.call) : [];
  const serverId = node.serverId ?? named?.id;
  const server = serverId === undefined ? undefined : await nova.findServer(serverId, context.call);
  if (!server) return { status: null, taskState: null, lastPowerAction: null, isHostForcedDown: false, isConfirmed };
  const actions = await nova.listServerActions(server.id, context.call);
  const last = actions.find(({ action }) => powerActions.has(action));
  return {
    status: server.status,
    taskState: server.taskState,
    lastPowerAction: last ? { action: last.action, isOurs: last.userId !== null && last.userId === context.cluster.keystoneUserId } : null,
    isHostForcedDown: await isHostForcedDown(context, server.id),
    isConfirmed,
  };
}

/** Tenants may not see the state of hosts, so it is asked as ourselves; where we may not see it either, nothing is known of it. */
async function isHostForcedDown(context: ClusterContext, serverId: string): Promise<boolean> {
  try {
    return (await context.runtime.cloud.asService().nova.findHostStatus(serverId, context.call)) === 'DOWN';
  } catch (error) {
    if (error instanceof CloudForbiddenError) return false;
    throw error;
  }
}

/** Has Nova stop the server of a silent node: that it is SHUTOFF is to be observed. A server that cannot be stopped now is left alone. */
export async function startStoppingMachine(context: ClusterContext, node: ClusterNode): Promise<void> {
  if (node.serverId === null) return;
  const { nova } = await context.asClusterUser();
  context.assertHeld();
  try {
    await nova.stopServer(node.serverId, context.call);
  } catch (error) {
    if (!(error instanceof CloudConflictError)) throw error;
  }
}
