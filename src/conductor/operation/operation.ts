import type { EntityManager } from 'typeorm';
import type { Config } from '../../config/config.js';
import type { OperationKind } from '../../domain/operation-state.js';

export type StepResult =
  | { readonly kind: 'done' }
  | { readonly kind: 'waiting'; readonly for: string; readonly recheckAfterMs: number }
  | { readonly kind: 'failed'; readonly because: string }
  /** It rests until a person (or the operation's own rule) decides; the cluster is free for others. */
  | { readonly kind: 'halted'; readonly because: string };

/** The settings that end steps. */
export type StepTimes = Pick<Config, 'STEP_TIMEOUT_MINUTES' | 'NODES_TIMEOUT_MINUTES' | 'DELETE_TIMEOUT_MINUTES' | 'PUBLISH_MEMBERS_MINUTES'>;

export interface Step<Context> {
  /** Persisted as the cursor: renaming a step needs a migration. */
  readonly name: string;
  /** How long it may wait from its entry on (milliseconds). */
  readonly timeoutMs: (times: StepTimes) => number;
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
  /** The same for one that somebody stopped; only operations that can be stopped have it. */
  readonly stopped?: (context: Context, manager: EntityManager, wish: Wish, because: string | null) => Promise<void>;
  /**
   * Run when it stops or has failed, before that is saved: reopens what it had closed. What cannot be done now is left as it is
   * and told, because stopping must always be possible.
   */
  readonly release?: (context: Context) => Promise<void>;
  /** Run when it was cancelled, until it no longer waits: brings to an end what has begun and cannot be taken back. */
  readonly finishBegun?: (context: Context) => Promise<StepResult>;
}

/** What a person can want of an operation that has begun: to rest until it is resumed, or to end as it is. */
export type Wish = 'pause' | 'cancel';

export interface Cursor {
  readonly step: string;
  readonly enteredAt: Date;
}

export type Move =
  | { readonly kind: 'enter'; readonly step: string }
  | { readonly kind: 'recheck'; readonly for: string; readonly afterMs: number }
  | { readonly kind: 'fail'; readonly because: string }
  | { readonly kind: 'stop'; readonly wish: Wish; readonly because: string | null }
  | { readonly kind: 'finish' };

export const minutes = (count: number): number => count * 60_000;

export const done: StepResult = { kind: 'done' };

/** What a person can do about every failure; said once, after its reason. */
export const wayOut = 'Remove the cause, then retry the operation or delete the cluster';

/** Ends the operation with its reason (a sentence, with or without its full stop) and the way out. */
export const failed = (because: string): Extract<StepResult, { kind: 'failed' }> => ({ kind: 'failed', because: `${because.replace(/[.\s]+$/, '')}. ${wayOut}` });

/**
 * What follows from a step's result; the runner persists the move, then starts the next turn. `deadlineAt` is the end of
 * the whole operation's time, `now` the database's clock, `times` what the steps' own deadlines come from.
 */
export function nextMove<Context>(
  operation: Operation<Context>,
  cursor: Cursor,
  result: StepResult,
  { now, deadlineAt, times }: { readonly now: Date; readonly deadlineAt: Date | null; readonly times: StepTimes },
): Move {
  const index = operation.steps.findIndex((step) => step.name === cursor.step);
  const current = operation.steps[index];
  if (!current) throw new Error(`operation ${operation.kind} has no step ${cursor.step}`);
  if (result.kind === 'halted') return { kind: 'stop', wish: 'pause', because: result.because };
  if (result.kind === 'failed') return { kind: 'fail', because: result.because };
  if (result.kind === 'waiting') {
    if (deadlineAt && now >= deadlineAt) {
      return { kind: 'fail', because: failed(`The time for the whole operation is over; it was waiting for ${result.for}`).because };
    }
    const timeoutMs = current.timeoutMs(times);
    if (now.getTime() - cursor.enteredAt.getTime() >= timeoutMs) {
      const spent = Math.round(timeoutMs / 1000);
      return { kind: 'fail', because: failed(`Step ${current.name} did not end within ${spent} s; it was waiting for ${result.for}`).because };
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
