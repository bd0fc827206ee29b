import type { EntityManager } from 'typeorm';
import { releaseStanding } from '../../database/reservations.js';
import type { ClusterContext } from '../cluster-context.js';
import { standingStacks } from './standing-stacks.js';

/** After a turn that listed the cluster's stacks: the operation no longer holds the quota of what stands (see database/reservations.ts). */
export async function releaseReservations(context: ClusterContext, manager: EntityManager): Promise<void> {
  const { seenStacks, cluster, groups, slots, nodes, operation } = context;
  if (!seenStacks) return;
  await releaseStanding(manager, operation.id, standingStacks({ clusterId: cluster.id, groups, slots, nodes }, seenStacks));
}
