import type { Attempt, AttemptEnded } from '../../domain/attempt.js';

/** Calls of one turn that have not come to an end, and what the last one met in vain: what the turn really waits for. */
export class PendingCalls {
  private readonly pending = new Map<symbol, Attempt & { readonly begunAt: number }>();
  private lastProblem: string | undefined;

  /** `clock` counts milliseconds. */
  constructor(private readonly clock: () => number = () => performance.now()) {}

  readonly begin = ({ service, call }: Attempt): AttemptEnded => {
    const key = Symbol(call);
    this.pending.set(key, { service, call, begunAt: this.clock() });
    return (problem) => {
      this.pending.delete(key);
      this.lastProblem = problem ?? undefined;
    };
  };

  /** The reason of the wait, to follow "waiting for"; undefined while nothing is slow or in trouble. */
  reason(slowMs: number): string | undefined {
    const slow = [...this.pending.values()].find(({ begunAt }) => this.clock() - begunAt >= slowMs);
    if (this.lastProblem !== undefined) return `another try: ${this.lastProblem}`;
    return slow && `${slow.service}, which does not answer to ${slow.call} so far`;
  }
}
