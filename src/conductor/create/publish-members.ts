import type { ClusterContext } from '../cluster-context.js';
import { done, minutes, type StepResult } from '../operation/operation.js';
import { publishMembership } from '../stacks/publish-membership.js';

/**
 * The last step: the cluster works, and only tools that read Heat miss something without it. So what stands in the way is
 * tried again for a while, then told in the history and left to the next operation that changes members.
 */
export async function publishMembers(context: ClusterContext): Promise<StepResult> {
  const membership = await publishMembership(context);
  if (membership.kind === 'published') return done;
  const { now, operation, runtime } = context;
  const spentMs = now.getTime() - (operation.stepEnteredAt ?? now).getTime();
  const isOver = spentMs >= minutes(runtime.config.PUBLISH_MEMBERS_MINUTES) || (operation.deadlineAt !== null && now >= operation.deadlineAt);
  if (!isOver) return context.waiting(membership.for);
  await context.write((manager) =>
    context.say(manager, 'Tools that read Heat do not see all nodes of this cluster', `given up waiting for ${membership.for}; the next change of nodes tries again`),
  );
  return done;
}
