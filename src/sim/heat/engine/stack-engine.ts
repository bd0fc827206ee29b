import type { JsonObject } from '../../json.js';
import { heatTime, type Action, type StackRecord, type StackSource } from '../stack/records.js';
import type { StackModel } from '../stack/stack-model.js';
import type { Workshop } from './resource-work.js';
import { enterStack, newResource, StackRun } from './stack-run.js';

/** Starts, interrupts and resumes the runs of all stacks; at most one run of a stack works at a time. */
export class StackEngine {
  private readonly runs = new Map<string, StackRun>();
  private isStopped = false;

  constructor(private readonly shop: Workshop) {}

  create(stack: StackRecord, model: StackModel): void {
    const { store } = this.shop;
    store.putStack(stack);
    for (const definition of model.enabled) store.putResource(newResource(stack, definition, [...(model.dependencies.get(definition.name) ?? [])]));
    enterStack(this.shop, stack, 'CREATE', 'IN_PROGRESS', 'Stack CREATE started');
    this.start(stack.id);
  }

  update(stack: StackRecord, source: StackSource, change: Partial<StackRecord>): void {
    this.begin(stack, 'UPDATE', { ...change, source, previousSource: stack.source });
  }

  /** Also in the middle of another action, which is broken off, and again after a failure. */
  remove(stack: StackRecord): void {
    // Asked again while it is under way: it goes on.
    if (stack.action === 'DELETE' && stack.status === 'IN_PROGRESS') return;
    this.begin(stack, 'DELETE', {});
  }

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

  private begin(stack: StackRecord, action: Action, change: Partial<StackRecord>): void {
    const now = new Date();
    if (stack.status === 'IN_PROGRESS') enterStack(this.shop, stack, stack.action, 'FAILED', `Stack ${stack.action} cancelled`);
    enterStack(
      this.shop,
      { ...stack, ...change, startedAt: now.toISOString(), updatedAt: heatTime(now) },
      action,
      'IN_PROGRESS',
      `Stack ${action} started`,
    );
    this.start(stack.id);
  }

  private start(stackId: string): void {
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
