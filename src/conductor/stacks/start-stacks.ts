import { DomainError } from '../../domain/domain-error.js';
import { clusterTag, stackTag } from '../../domain/resource-names.js';
import type { RenderedStack } from '../../driver-contract/index.js';
import { CloudConflictError } from '../../openstack/cloud-error.js';
import type { HeatClient } from '../../openstack/heat/heat.client.js';
import type { ClusterContext } from '../cluster-context.js';
import { findLedger, intend, markPresent } from '../ledger/ledger.js';

export interface WantedStack {
  readonly name: string;
  readonly rendered: RenderedStack;
  readonly nodeId: string | null;
}

/** Heat's own limit for the stack, when the operation has no deadline. */
const stackTimeoutMinutes = 60;

class ForeignStackError extends DomainError {
  readonly code = 'cloud-refused';
}

/**
 * Asks Heat for stacks that do not exist yet, all at once, each after its line in the ledger. A name that Heat knows
 * already is ours if it carries the cluster's tag (an answer was lost): then it is adopted. Answers how many were asked for.
 */
export async function startStacks(context: ClusterContext, wanted: readonly WantedStack[]): Promise<number> {
  const { id: clusterId } = context.cluster;
  const existing = await context.stacks();
  const missing = wanted.filter((stack) => !existing.has(stack.name));
  const found = wanted.filter((stack) => existing.has(stack.name));
  await context.write(async (manager) => {
    const known = new Set((await findLedger(manager, clusterId, 'heat-stack')).map((row) => row.name));
    const unknown = [...missing, ...found.filter((stack) => !known.has(stack.name))];
    await intend(context, manager, unknown.map(({ name, nodeId }) => ({ type: 'heat-stack', name, nodeId })));
    for (const { name } of found) {
      const stack = existing.get(name);
      if (stack) await markPresent(manager, clusterId, 'heat-stack', name, stack.id);
    }
  });
  if (missing.length === 0) return 0;

  const { heat } = await context.asClusterUser();
  const outcomes = await Promise.allSettled(missing.map(async (stack) => ({ name: stack.name, id: await createOrAdopt(context, heat, stack) })));
  context.forgetStacks();
  const created = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
  await context.write(async (manager) => {
    for (const { name, id } of created) await markPresent(manager, clusterId, 'heat-stack', name, id);
  });
  const failure = outcomes.find((outcome) => outcome.status === 'rejected');
  if (failure) throw failure.reason as Error;
  return created.length;
}

async function createOrAdopt(context: ClusterContext, heat: HeatClient, { name, rendered }: WantedStack): Promise<string> {
  const { spec, id: clusterId } = context.cluster;
  const template = spec.templates[rendered.template];
  if (template === undefined) throw new Error(`cluster ${clusterId} has no template ${rendered.template}`);
  context.assertHeld();
  try {
    const { id } = await heat.createStack(
      {
        name,
        template,
        parameters: rendered.parameters,
        tags: [stackTag, clusterTag(clusterId)],
        timeoutMinutes: minutesLeft(context),
      },
      context.call,
    );
    return id;
  } catch (error) {
    if (!(error instanceof CloudConflictError)) throw error;
    const stack = await heat.findStack(name, undefined, context.call);
    if (stack?.tags.includes(clusterTag(clusterId))) return stack.id;
    throw new ForeignStackError(`There is a stack ${name} that is not ours in project ${context.cluster.projectId}. Remove it, then retry the operation.`);
  }
}

function minutesLeft({ operation, now }: ClusterContext): number {
  if (!operation.deadlineAt) return stackTimeoutMinutes;
  return Math.max(1, Math.ceil((operation.deadlineAt.getTime() - now.getTime()) / 60_000));
}
