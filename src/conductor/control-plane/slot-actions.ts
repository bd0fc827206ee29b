import { randomUUID } from 'node:crypto';
import type { Slot } from '../../database/slot.entity.js';
import { slotStackName } from '../../domain/resource-names.js';
import { CloudConflictError } from '../../openstack/cloud-error.js';
import type { ClusterContext } from '../cluster-context.js';
import { markGone } from '../ledger/ledger.js';
import { slotAddresses } from '../nodes/control-plane-endpoint.js';
import { buildStacks, outputsOf } from '../create/create-stacks.steps.js';
import { deleteStacks, describeDeletion } from '../stacks/delete-stacks.js';
import { again, waitingFor, type Taken } from './taken.js';
import { controlPlaneGroup } from './observe-control-plane.js';
import { poolIdOf, poolMembers } from './observe-cloud.js';

/** Draws the next number: one more than any that was ever given. */
export async function addSlot(context: ClusterContext, because: string): Promise<Taken> {
  const { cluster } = context;
  const group = controlPlaneGroup(context);
  await context.write(async (manager) => {
    const [{ index }]: [{ index: number }] = await manager.query(
      `INSERT INTO slots (id, cluster_id, node_group_id, index) SELECT $1, $2, $3, coalesce(max(index) + 1, 0) FROM slots WHERE cluster_id = $2 RETURNING index`,
      [randomUUID(), cluster.id, group.id],
    );
    await context.noteProgress(manager);
    await context.say(manager, `Slot ${index} of the control plane was planned`, because);
  });
  return again;
}

/** Asks for the slot's stack, and keeps what it says once it stands: address, port, volume. */
export async function buildSlot(context: ClusterContext, slot: Slot): Promise<Taken> {
  const { cluster, driver } = context;
  const name = slotStackName(cluster.id, slot.index);
  const rendered = driver.renderSlot(cluster.spec, { index: slot.index }, outputsOf(cluster.infraOutputs, 'infra'));
  const pending = await buildStacks(context, [{ name, rendered, nodeId: null }]);
  // A stack that failed is seen as such at the next look.
  if (pending) return pending.kind === 'waiting' ? pending : again;
  const stack = (await context.stacks()).get(name);
  if (!stack) return waitingFor(context, `stack ${name} to appear`);
  const { heat } = await context.asClusterUser();
  const outputs = await heat.getOutputs(stack.name, stack.id, context.call);
  await context.write(async (manager) => {
    await manager.query(`UPDATE slots SET stack_id = $2, stack_outputs = $3 WHERE id = $1`, [slot.id, stack.id, JSON.stringify(outputs)]);
    await context.noteProgress(manager);
  });
  return again;
}

/** Written before anything of the slot is touched: from here on it goes for good. */
export async function leaveSlot(context: ClusterContext, slot: Slot, because: string): Promise<Taken> {
  await context.write(async (manager) => {
    await manager.query(`UPDATE slots SET leaving_because = $2 WHERE id = $1 AND leaving_because IS NULL`, [slot.id, because]);
    await context.noteProgress(manager);
    await context.say(manager, `Slot ${slot.index} of the control plane is to go`, because);
  });
  return again;
}

/** Its stacks stay in the ledger until the cluster is deleted, or its machine is seen off. */
export async function quarantineSlot(context: ClusterContext, slot: Slot, because: string): Promise<Taken> {
  await context.write(async (manager) => {
    await manager.query(`UPDATE slots SET quarantined_because = $2 WHERE id = $1`, [slot.id, because]);
    await manager.query(`UPDATE nodes SET phase = 'failed', phase_reason = $2, updated_at = now() WHERE slot_id = $1 AND phase = 'draining'`, [slot.id, because]);
    await manager.query(`UPDATE nodes SET phase_reason = $2, updated_at = now() WHERE slot_id = $1 AND phase = 'deleting'`, [slot.id, because]);
    await context.noteProgress(manager);
    await context.say(manager, `Slot ${slot.index} of the control plane is in quarantine`, because);
  });
  return again;
}

export async function deleteSlot(context: ClusterContext, slot: Slot, because: string): Promise<Taken> {
  const name = slotStackName(context.cluster.id, slot.index);
  const left = await deleteStacks(context, (candidate) => candidate === name);
  if (left.length > 0) return waitingFor(context, describeDeletion(left));
  await context.write(async (manager) => {
    await manager.query(`UPDATE slots SET removed_at = clock_timestamp(), stack_id = NULL, stack_outputs = NULL WHERE id = $1`, [slot.id]);
    await markGone(manager, context.cluster.id, 'heat-stack', [name]);
    await context.noteProgress(manager);
    await context.say(manager, `Slot ${slot.index} of the control plane was removed`, because);
  });
  return again;
}

/** Octavia refuses while it changes anything of the load balancer: then it is asked again. */
export async function switchPool(context: ClusterContext, slot: Slot, enabled: boolean, because: string): Promise<Taken> {
  const poolId = poolIdOf(context);
  const { address } = slotAddresses(slot);
  const member = (await poolMembers(context)).find((candidate) => candidate.address === address);
  if (poolId === undefined || !member) return waitingFor(context, `the place of slot ${slot.index} in the load balancer`);
  const { octavia } = await context.asClusterUser();
  context.assertHeld();
  try {
    await octavia.setMemberEnabled(poolId, member.id, enabled, context.call);
  } catch (error) {
    if (error instanceof CloudConflictError) return waitingFor(context, `the load balancer to take a change: ${error.detail}`);
    throw error;
  }
  await context.write((manager) => context.say(manager, `The load balancer ${enabled ? 'sends calls' : 'sends no more calls'} to slot ${slot.index}`, because));
  return again;
}
