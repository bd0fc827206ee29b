import type { HeatClient } from '../../openstack/heat/heat.client.js';
import type { StackSummary } from '../../openstack/heat/stack.js';
import type { ClusterContext } from '../cluster-context.js';

export type StackProgress =
  | { readonly kind: 'complete'; readonly names: readonly string[] }
  | { readonly kind: 'building'; readonly names: readonly string[] }
  | { readonly kind: 'missing'; readonly names: readonly string[] }
  | { readonly kind: 'failed'; readonly stack: StackSummary };

/** How far stacks that were asked for have come. Pure; a failed one counts before one that is missing or still building. */
export function stackProgress(names: readonly string[], stacks: ReadonlyMap<string, StackSummary>): StackProgress {
  const found = names.map((name) => ({ name, stack: stacks.get(name) }));
  const failed = found.find(({ stack }) => stack && hasFailed(stack));
  if (failed?.stack) return { kind: 'failed', stack: failed.stack };
  const missing = found.filter(({ stack }) => !stack || stack.status.startsWith('DELETE_')).map(({ name }) => name);
  if (missing.length > 0) return { kind: 'missing', names: missing };
  const building = found.filter(({ stack }) => stack?.status.endsWith('_IN_PROGRESS') && !isUpdated(stack)).map(({ name }) => name);
  return building.length > 0 ? { kind: 'building', names: building } : { kind: 'complete', names };
}

/** Only what a group's stack shows of its members is ever updated: whatever became of that, the stack's own things are there. */
const isUpdated = ({ status }: Pick<StackSummary, 'status'>): boolean => status.startsWith('UPDATE_');

export const hasFailed = (stack: Pick<StackSummary, 'status'>): boolean => stack.status.endsWith('_FAILED') && !isUpdated(stack);

/** Why a stack failed: the resources that failed first, else the stack's own reason; with what to raise where a quota was in the way. */
export async function explainFailure(context: ClusterContext, heat: HeatClient, stack: StackSummary): Promise<string> {
  const resources = await heat.listFailedResources(stack.name, stack.id, context.call);
  const reasons = resources.map((resource) => `${resource.name} (${resource.type}): ${resource.statusReason}`);
  const because = reasons.length > 0 ? reasons.join('; ') : stack.statusReason;
  const remedy = quotaText.test(because) ? '. Raise that quota or delete what is not needed' : '';
  return `Stack ${stack.name} is ${stack.status}: ${because.replace(/[.\s]+$/, '')}${remedy}`;
}

/** Each service says it in words of its own; all name the quota. */
const quotaText = /quota/i;
