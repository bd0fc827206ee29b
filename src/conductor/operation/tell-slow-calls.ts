import { LeaseLostError } from '../../domain/domain-error.js';
import type { ClusterContext } from '../cluster-context.js';
import { tellWait } from './save-move.js';

/** How often a running step is looked at (milliseconds). */
const lookEveryMs = 500;

/**
 * Runs a step's work, and shows meanwhile what it waits for when a service does not answer: a step that hangs in a call is
 * otherwise silent until the last retry. Telling is best effort and never changes the step's outcome.
 */
export async function tellingSlowCalls<T>(context: ClusterContext, work: () => Promise<T>): Promise<T> {
  const { runtime, pendingCalls, operation } = context;
  const slowMs = runtime.config.SLOW_CALL_SECONDS * 1000;
  let told: string | undefined;
  let telling: Promise<void> = Promise.resolve();
  const look = (): void => {
    const reason = pendingCalls.reason(slowMs);
    if (reason === undefined || reason === told) return;
    told = reason;
    telling = telling
      .then(() => context.write((manager) => tellWait(manager, operation, reason)))
      .catch((error: unknown) => {
        if (!(error instanceof LeaseLostError)) runtime.log.warn({ message: 'A slow call could not be told', operationId: operation.id, err: error });
      });
  };
  const timer = setInterval(look, lookEveryMs);
  try {
    return await work();
  } finally {
    clearInterval(timer);
    // What is told late must not follow the step's own outcome.
    await telling;
  }
}
