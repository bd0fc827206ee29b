import type { EntityManager } from 'typeorm';
import type { OperationKind } from '../../domain/operation-state.js';

export type StepResult =
  | { readonly kind: 'done' }
  | { readonly kind: 'waiting'; readonly for: string; readonly recheckAfterMs: number }
  | { readonly kind: 'failed'; readonly because: string };

export interface Step<Context> {
  /** Persisted as the cursor: renaming a step needs a migration. */
  readonly name: string;
  readonly timeoutMs: number;
  /** Safe to call again after a crash, and again after it has succeeded. */
  readonly run: (context: Context) => Promise<StepResult>;
}

/** A lifecycle operation: a list that can be read aloud, and what its end means for the cluster. */
export interface Operation<Context> {
  readonly kind: OperationKind;
  readonly steps: readonly Step<Context>[];
  /** Run in the transaction that ends the operation. */
  readonly succeeded: (context: Context, manager: EntityManager) => Promise<void>;
  readonly failed: (context: Context, manager: EntityManager, because: string) => Promise<void>;
}

export interface Cursor {
  readonly step: string;
  readonly enteredAt: Date;
}

export type Move =
  | { readonly kind: 'enter'; readonly step: string }
  | { readonly kind: 'recheck'; readonly for: string; readonly afterMs: number }
  | { readonly kind: 'fail'; readonly because: string }
  | { readonly kind: 'finish' };

export const minutes = (count: number): number => count * 60_000;

export const done: StepResult = { kind: 'done' };

const wayOut = 'Remove the cause, then retry the operation or delete the cluster';

/**
 * What follows from a step's result; the runner persists the move, then starts the next turn. `deadlineAt` is the end of
 * the whole operation's time, `now` the database's clock.
 */
export function nextMove<Context>(
  operation: Operation<Context>,
  cursor: Cursor,
  result: StepResult,
  now: Date,
  deadlineAt: Date | null,
): Move {
  const index = operation.steps.findIndex((step) => step.name === cursor.step);
  const current = operation.steps[index];
  if (!current) throw new Error(`operation ${operation.kind} has no step ${cursor.step}`);
  if (result.kind === 'failed') return { kind: 'fail', because: result.because };
  if (result.kind === 'waiting') {
    if (deadlineAt && now >= deadlineAt) {
      return { kind: 'fail', because: `The time for the whole operation is over; it was waiting for ${result.for}. ${wayOut}` };
    }
    if (now.getTime() - cursor.enteredAt.getTime() >= current.timeoutMs) {
      const spent = Math.round(current.timeoutMs / 1000);
      return { kind: 'fail', because: `Step ${current.name} did not end within ${spent} s; it was waiting for ${result.for}. ${wayOut}` };
    }
    return { kind: 'recheck', for: result.for, afterMs: result.recheckAfterMs };
  }
  const next = operation.steps[index + 1];
  return next ? { kind: 'enter', step: next.name } : { kind: 'finish' };
}

/** Pauses between looks at something that nothing announces: the first three short, then growing by half up to the longest. */
export function growingPauseMs(turns: number, range: { minSeconds: number; maxSeconds: number }): number {
  const growth = 1.5 ** Math.max(0, turns - 3);
  return Math.round(Math.min(range.maxSeconds, range.minSeconds * growth) * 1000);
}
