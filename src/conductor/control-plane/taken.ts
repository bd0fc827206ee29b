import type { StepResult } from '../operation/operation.js';
import type { ClusterContext } from '../cluster-context.js';

/** What a step of the control plane came to; the next turn looks at everything anew. */
export type Taken = Extract<StepResult, { kind: 'waiting' }> | { readonly kind: 'halted'; readonly because: string };

/** Something changed: the next look follows at once. */
export const again: Taken = { kind: 'waiting', for: 'the next step of the control plane', recheckAfterMs: 0 };

export function waitingFor(context: ClusterContext, reason: string): Taken {
  const waiting = context.waiting(reason);
  if (waiting.kind !== 'waiting') throw new Error('a wait that is none');
  return waiting;
}
