import { DomainError } from '../../domain/domain-error.js';
import { clusterTag, stackTag } from '../../domain/resource-names.js';
import type { RenderedStack } from '../../driver-contract/index.js';
import { CloudConflictError, OpenStackError } from '../../openstack/cloud-error.js';
import type { HeatClient } from '../../openstack/heat/heat.client.js';
import type { ClusterContext } from '../cluster-context.js';
import { findLedger, intend, markGone, markPresent, renewIntent } from '../ledger/ledger.js';

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
  const unanswered = await context.write(async (manager) => {
    const lines = await findLedger(manager, clusterId, 'heat-stack');
    const known = new Set(lines.map((row) => row.name));
    const unknown = [...missing, ...found.filter((stack) => !known.has(stack.name))];
    await intend(context, manager, unknown.map(({ name, nodeId }) => ({ type: 'heat-stack', name, nodeId })));
    for (const { name } of found) {
      const stack = existing.get(name);
      if (stack) await markPresent(manager, clusterId, 'heat-stack', name, stack.id);
    }
    return new Set(lines.filter((row) => row.externalId === null).map((row) => row.name));
  });
  if (missing.length === 0) return 0;

  const { heat } = await context.asClusterUser();
  const outcomes = await Promise.all(missing.map((stack) => ask(context, heat, stack, { askedBefore: unanswered.has(stack.name) })));
  context.forgetStacks();
  await context.write(async (manager) => {
    for (const outcome of outcomes) {
      if (outcome.kind === 'created') await markPresent(manager, clusterId, 'heat-stack', outcome.name, outcome.id);
    }
    const refused = outcomes.flatMap((outcome) => (outcome.kind === 'refused' ? [outcome.name] : []));
    await markGone(manager, clusterId, 'heat-stack', refused);
  });
  const failure = outcomes.find((outcome) => outcome.kind !== 'created');
  if (failure) throw failure.error;
  return outcomes.length;
}

type Outcome =
  | { readonly kind: 'created'; readonly name: string; readonly id: string }
  /** Heat said no to the only request there was: nothing of it can turn up later. */
  | { readonly kind: 'refused'; readonly name: string; readonly error: unknown }
  /** A request may have been taken although no answer came. */
  | { readonly kind: 'unknown'; readonly name: string; readonly error: unknown };

/** `askedBefore`: an earlier turn sent a request for this stack and never heard its answer; a refusal now says nothing of that one. */
async function ask(context: ClusterContext, heat: HeatClient, stack: WantedStack, { askedBefore }: { askedBefore: boolean }): Promise<Outcome> {
  const { name } = stack;
  let attempts = 0;
  const beforeAttempt = async (): Promise<void> => {
    attempts += 1;
    // The ledger tells delete how long it must look for what is still on its way: since the last attempt, not the first.
    if (attempts > 1) await context.write((manager) => renewIntent(manager, context.cluster.id, 'heat-stack', name));
    context.assertHeld();
  };
  try {
    return { kind: 'created', name, id: await createOrAdopt(context, heat, stack, beforeAttempt) };
  } catch (error) {
    const saidNo = error instanceof OpenStackError && !error.retryable && error.status !== null;
    return { kind: saidNo && attempts === 1 && !askedBefore ? 'refused' : 'unknown', name, error };
  }
}

async function createOrAdopt(context: ClusterContext, heat: HeatClient, { name, rendered }: WantedStack, beforeAttempt: () => Promise<void>): Promise<string> {
  const { spec, id: clusterId } = context.cluster;
  const template = spec.templates[rendered.template];
  if (template === undefined) throw new Error(`cluster ${clusterId} has no template ${rendered.template}`);
  try {
    const { id } = await heat.createStack(
      {
        name,
        template,
        parameters: rendered.parameters,
        ...(rendered.files ? { files: rendered.files } : {}),
        tags: [stackTag, clusterTag(clusterId)],
        timeoutMinutes: minutesLeft(context),
      },
      { ...context.call, beforeAttempt },
    );
    return id;
  } catch (error) {
    if (!(error instanceof CloudConflictError)) throw error;
    const stack = await heat.findStack(name, undefined, context.call);
    if (stack?.tags.includes(clusterTag(clusterId))) return stack.id;
    throw new ForeignStackError(`There is a stack ${name} that is not ours in project ${context.cluster.projectId}`);
  }
}

function minutesLeft({ operation, now }: ClusterContext): number {
  if (!operation.deadlineAt) return stackTimeoutMinutes;
  return Math.max(1, Math.ceil((operation.deadlineAt.getTime() - now.getTime()) / 60_000));
}
