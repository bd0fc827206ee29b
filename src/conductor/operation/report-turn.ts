import type { OperationRecord } from '../../database/operation.entity.js';
import { LeaseLostError } from '../../domain/domain-error.js';
import { withLogFields } from '../../logging/log-context.js';
import type { TurnOutcome } from '../../metrics/metrics.js';
import type { ConductorRuntime } from '../conductor-runtime.js';
import type { Move } from './operation.js';
import type { AfterSave } from './save-move.js';

interface TakenTurn {
  readonly move: Move;
  readonly after: AfterSave;
}

/** Tells the log and the metrics that a turn begins, how it ended, and why. What it does is `work`'s business. */
export function reportTurn<Taken extends TakenTurn>({ log, metrics }: ConductorRuntime, operation: OperationRecord, work: () => Promise<Taken>): Promise<Taken> {
  const { kind, step, fence, stepTurns } = operation;
  return withLogFields({ step: step ?? undefined }, async () => {
    const startedAt = performance.now();
    const count = (outcome: TurnOutcome): number => {
      const ms = performance.now() - startedAt;
      metrics?.turnEnded({ kind, step: step ?? '', outcome, ms });
      return Math.round(ms);
    };
    log.info({ message: 'Turn begins', fence, stepTurns });
    try {
      const taken = await work();
      const { outcome, because, ...details } = describeMove(taken);
      log.info({ message: 'Turn ends', outcome, because, ...details, ms: count(outcome) });
      return taken;
    } catch (error) {
      // Whoever catches it says why.
      count(error instanceof LeaseLostError ? 'lease-lost' : 'given-up');
      throw error;
    }
  });
}

function describeMove({ move, after }: TakenTurn): { outcome: TurnOutcome; because: string; toStep?: string; pauseMs?: number } {
  if (after === 'ended' && move.kind !== 'fail' && move.kind !== 'finish' && move.kind !== 'stop') return { outcome: 'superseded', because: 'the cluster is to be deleted' };
  switch (move.kind) {
    case 'enter':
      return { outcome: 'entered', because: 'the step is done', toStep: move.step };
    case 'recheck':
      return { outcome: 'waiting', because: `waiting for ${move.for}`, pauseMs: after === 'pause' ? move.afterMs : 0 };
    case 'fail':
      return { outcome: 'failed', because: move.because };
    case 'stop':
      return { outcome: 'stopped', because: move.because ?? `somebody asked for it to ${move.wish}` };
    case 'finish':
      return { outcome: 'succeeded', because: 'the last step is done' };
  }
}
