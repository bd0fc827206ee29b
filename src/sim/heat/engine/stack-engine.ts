import type { JsonObject } from '../../json.js';
import { StackRun } from './stack-run.js';
import type { Workshop } from './workshop.js';

/** Starts, interrupts and resumes the runs of all stacks; at most one run of a stack works at a time. */
export class StackEngine {
  private readonly runs = new Map<string, StackRun>();
  private isStopped = false;

  constructor(private readonly shop: Workshop) {}

  /** Takes up what the last process left in progress. */
  resume(): void {
    for (const stack of this.shop.store.stacks()) if (stack.status === 'IN_PROGRESS') this.start(stack.id);
  }

  /** Ends all work where it stands; nothing is marked as failed. */
  async stop(): Promise<void> {
    this.isStopped = true;
    const runs = [...this.runs.values()];
    for (const run of runs) run.interrupt('shutting down');
    await Promise.all(runs.map((run) => run.over));
  }

  start(stackId: string): void {
    if (this.isStopped) return;
    const previous = this.runs.get(stackId);
    previous?.interrupt('cancelled');
    const run = new StackRun(this.shop, stackId, previous?.over ?? Promise.resolve());
    this.runs.set(stackId, run);
    void run.over.finally(() => {
      if (this.runs.get(stackId) === run) this.runs.delete(stackId);
    });
  }
}

/** Given parameters with those of an earlier request below them, without the cleared ones. */
export function mergedParameters(before: JsonObject, given: JsonObject, cleared: readonly string[]): JsonObject {
  const kept = Object.entries(before).filter(([name]) => !cleared.includes(name));
  return { ...Object.fromEntries(kept), ...given };
}
