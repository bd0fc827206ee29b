import type { StackSummary } from '../../openstack/heat/stack.js';
import type { ClusterContext } from '../cluster-context.js';
import { markDeleting } from '../ledger/ledger.js';
import { planStackDeletion } from './plan-stack-deletion.js';
import { stackLevel } from './stack-level.js';

/**
 * Asks for the deletion of those of the stacks whose turn it is, and answers what is still there (empty: all gone). A stack
 * whose deletion failed is asked again at every look, and one that does not end at each new attempt of the operation.
 */
export async function deleteStacks(context: ClusterContext, matches: (name: string) => boolean): Promise<readonly StackSummary[]> {
  const stacks = [...(await context.stacks()).values()].filter((stack) => matches(stack.name));
  const { id: clusterId, spec } = context.cluster;
  const doomed = stacks.map(({ name, status }) => ({ name, status, level: stackLevel(clusterId, name) }));
  const { attempt, stepTurns } = context.operation;
  const due = new Set(planStackDeletion(doomed, spec.masterLbEnabled, attempt > 1 && stepTurns === 0));
  const toAsk = stacks.filter((stack) => due.has(stack.name));
  if (toAsk.length === 0) return stacks;
  const { heat } = await context.asClusterUser();
  await context.write((manager) =>
    markDeleting(
      manager,
      clusterId,
      'heat-stack',
      toAsk.map((stack) => stack.name),
    ),
  );
  const outcomes = await Promise.allSettled(
    toAsk.map((stack) => {
      context.assertHeld();
      return heat.deleteStack(stack.name, stack.id, context.call);
    }),
  );
  const failure = outcomes.find((outcome) => outcome.status === 'rejected');
  if (failure) throw failure.reason as Error;
  context.forgetStacks();
  return stacks;
}

/** `3 stacks to be deleted`, with Heat's reason for those that would not go. */
export function describeDeletion(stacks: readonly StackSummary[]): string {
  const [first] = stacks;
  const what = stacks.length === 1 && first ? `stack ${first.name}` : `${stacks.length} stacks`;
  const stuck = stacks.filter((stack) => stack.status === 'DELETE_FAILED').map((stack) => `${stack.name}: ${stack.statusReason}`);
  return `${what} to be deleted${stuck.length > 0 ? ` (Heat could not delete ${stuck.slice(0, 3).join('; ')}; it is asked again)` : ''}`;
}
