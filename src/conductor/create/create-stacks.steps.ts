import { groupStackName, infraStackName, slotStackName } from '../../domain/resource-names.js';
import type { StackOutputs } from '../../driver-contract/index.js';
import type { ClusterContext } from '../cluster-context.js';
import { ensureClusterUser } from '../identity/cluster-user.js';
import { done, failed, type StepResult } from '../operation/operation.js';
import { ensureSlots } from '../nodes/slots.js';
import { explainFailure, stackProgress } from '../stacks/observe-stacks.js';
import { startStacks, type WantedStack } from '../stacks/start-stacks.js';

export async function createClusterUser(context: ClusterContext): Promise<StepResult> {
  await ensureClusterUser(context);
  return done;
}

/** Network, router, security groups: what counts and groups never touch. */
export async function createInfra(context: ClusterContext): Promise<StepResult> {
  const { cluster, driver } = context;
  const name = infraStackName(cluster.id);
  const pending = await buildStacks(context, [{ name, rendered: driver.renderInfra(cluster.spec), nodeId: null }]);
  if (pending) return pending;
  const stack = (await context.stacks()).get(name);
  const { heat } = await context.asClusterUser();
  if (!stack) return context.waiting(`stack ${name} to appear`);
  const outputs = await heat.getOutputs(stack.name, stack.id, context.call);
  await context.write((manager) =>
    manager.query(`UPDATE clusters SET stack_id = $2, infra_outputs = $3 WHERE id = $1`, [cluster.id, stack.id, JSON.stringify(outputs)]),
  );
  return done;
}

/**
 * One stack a node group and one a control-plane slot: side by side, but slots behind a load balancer one after the other,
 * because each adds a member to the same pool, which Octavia locks meanwhile.
 */
export async function createGroupsAndSlots(context: ClusterContext): Promise<StepResult> {
  const { cluster, driver, groups } = context;
  const slots = await ensureSlots(context);
  const infra = outputsOf(cluster.infraOutputs, 'infra');
  const groupStacks = groups.map((group) => ({
    row: group,
    table: 'node_groups' as const,
    wanted: {
      name: groupStackName(cluster.id, group.id),
      rendered: driver.renderGroup(context.specOf(group.revision), context.groupSpec(group), infra, []),
      nodeId: null,
    },
  }));
  const slotStacks = slots.map((slot) => ({
    row: slot,
    table: 'slots' as const,
    wanted: { name: slotStackName(cluster.id, slot.index), rendered: driver.renderSlot(cluster.spec, { index: slot.index }, infra), nodeId: null },
  }));
  const all = [...groupStacks, ...slotStacks];
  const existing = await context.stacks();
  const isComplete = (name: string): boolean => existing.get(name)?.status === 'CREATE_COMPLETE';
  const unfinished = slotStacks.findIndex(({ wanted }) => !isComplete(wanted.name));
  const due = cluster.spec.masterLbEnabled && unfinished >= 0 ? [...groupStacks, ...slotStacks.slice(0, unfinished + 1)] : all;
  const pending = await buildStacks(context, due.map(({ wanted }) => wanted));
  if (pending) return pending;
  if (due.length < all.length) return { kind: 'waiting', for: 'the next slot behind the load balancer', recheckAfterMs: 0 };

  const stacks = await context.stacks();
  const { heat } = await context.asClusterUser();
  const outputs = await Promise.all(
    all.map(async ({ row, table, wanted }) => {
      const stack = stacks.get(wanted.name);
      if (!stack) throw new Error(`stack ${wanted.name} vanished between two looks`);
      return { row, table, stack, values: await heat.getOutputs(stack.name, stack.id, context.call) };
    }),
  );
  await context.write(async (manager) => {
    for (const { row, table, stack, values } of outputs) {
      await manager.query(`UPDATE ${table} SET stack_id = $2, stack_outputs = $3 WHERE id = $1`, [row.id, stack.id, JSON.stringify(values)]);
    }
  });
  return done;
}

/** Starts what is missing and reads how far all of them are; undefined when all are complete. */
export async function buildStacks(context: ClusterContext, wanted: readonly WantedStack[]): Promise<StepResult | undefined> {
  const names = wanted.map(({ name }) => name);
  const before = await context.stacks();
  const unfinished = names.filter((name) => before.get(name)?.status.endsWith('_COMPLETE') !== true);
  if ((await startStacks(context, wanted)) > 0) return context.waiting(`${describe(unfinished)} to be created`);
  const progress = stackProgress(names, await context.stacks());
  switch (progress.kind) {
    case 'complete':
      return undefined;
    case 'missing':
    case 'building':
      return context.waiting(`${describe(progress.names)} to be created`);
    case 'failed': {
      const { heat } = await context.asClusterUser();
      return failed(await explainFailure(context, heat, progress.stack));
    }
  }
}

/** Whoever reads what a step waited for must know where to look in Heat. */
function describe(names: readonly string[]): string {
  const more = names.length > 3 ? ` and ${names.length - 3} more` : '';
  return `stack${names.length === 1 ? '' : 's'} ${names.slice(0, 3).join(', ')}${more}`;
}

/** Outputs that an earlier step stored; it is a defect when they are missing. */
export function outputsOf(stored: Record<string, unknown> | null, what: string): StackOutputs {
  if (!stored) throw new Error(`outputs of the ${what} stack were not stored`);
  return stored as StackOutputs;
}
