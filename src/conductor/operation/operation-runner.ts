import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { isDatabaseAway } from '../../database/database-away.js';
import { OperationRecord } from '../../database/operation.entity.js';
import { DomainError, LeaseLostError } from '../../domain/domain-error.js';
import type { OperationKind } from '../../domain/operation-state.js';
import { withLogFields } from '../../logging/log-context.js';
import type { WakeUpCause } from '../../queue/wake-up-queue.js';
import { ClusterContext } from '../cluster-context.js';
import type { ConductorRuntime } from '../conductor-runtime.js';
import { markSeen } from '../ledger/ledger.js';
import { failed, nextMove, type Move, type Operation, type Step, type StepResult, type Wish } from './operation.js';
import { releaseReservations } from '../stacks/release-reservations.js';
import { makeWayForDelete, noteWakeUp, takeLease } from './operation-lease.js';
import { reportTurn } from './report-turn.js';
import { saveMove, type AfterSave } from './save-move.js';
import { showUnderWay } from './settle-update.js';
import { tellingSlowCalls } from './tell-slow-calls.js';
import { Turn } from './turn.js';

/**
 * Walks operations: takes the lease, runs the current step, saves the move under the fence, goes on or pauses. A crash at
 * any point repeats one step and nothing else.
 */
export class OperationRunner {
  /** Names this process in lease_owner, for people; the fence is what decides. */
  private readonly owner = `${hostname()}/${process.pid}/${randomUUID().slice(0, 8)}`;
  private stopping = false;

  constructor(
    private readonly runtime: ConductorRuntime,
    private readonly operations: Readonly<Record<OperationKind, Operation<ClusterContext>>>,
  ) {}

  /** After this no turn begins; those that run save their move and end. */
  stop(): void {
    this.stopping = true;
  }

  get isStopping(): boolean {
    return this.stopping;
  }

  async run(operationId: string, cause: WakeUpCause): Promise<void> {
    if (this.stopping) return;
    const { dataSource, config, queue } = this.runtime;
    for (const ended of await makeWayForDelete(dataSource, operationId)) this.runtime.log.info({ message: 'Made way for a delete', operationId: ended });
    const askedAt = performance.now();
    let record = await takeLease(dataSource, operationId, this.owner, config.LEASE_SECONDS, cause);
    if (!record && cause === 'event') {
      if (await noteWakeUp(dataSource, operationId)) return;
      // The holder may have let go between the two questions.
      record = await takeLease(dataSource, operationId, this.owner, config.LEASE_SECONDS, cause);
    }
    if (!record) return;
    const turn = new Turn(dataSource, operationId, record.fence, this.leaseTimes(), askedAt);
    try {
      const { clusterId, kind, requestId } = record;
      await withLogFields({ clusterId, operationId, operationKind: kind, requestId: requestId ?? undefined }, () => this.walk(turn, record));
    } finally {
      turn.end();
    }
    await this.wakeWaitingDelete(record.clusterId, queue);
  }

  private async walk(turn: Turn, record: OperationRecord): Promise<void> {
    const { log, queue } = this.runtime;
    const operation = this.operations[record.kind];
    try {
      await this.enterFirstStep(turn, operation, record);
      for (;;) {
        const current = await this.runtime.dataSource.manager.findOneByOrFail(OperationRecord, { id: record.id });
        const context = await ClusterContext.load(this.runtime, turn, current);
        const { after, pauseMs } = await reportTurn(this.runtime, current, async () => {
          const move = await this.nextMoveOf(operation, context);
          return { move, ...(await this.save(operation, context, move)) };
        });
        if (after === 'ended') {
          this.runtime.watches.release(record.id);
          return;
        }
        if (after === 'pause') {
          await queue.wake(record.id, { cause: 'timer', delayMs: pauseMs });
          return;
        }
        if (this.stopping) {
          await this.letGo(turn, record.id);
          await queue.wake(record.id);
          log.info({ message: 'Operation given back', because: 'this conductor stops' });
          return;
        }
        turn.assertHeld();
      }
    } catch (error) {
      if (!(error instanceof LeaseLostError)) throw error;
      this.runtime.metrics?.leaseLost(record.kind);
      log.warn({ message: 'Turn given up: the lease was lost', operationId: record.id, clusterId: record.clusterId });
    }
  }

  /** A new or retried operation has no cursor: it begins at the top, because every step may be repeated. */
  private async enterFirstStep(turn: Turn, operation: Operation<ClusterContext>, record: OperationRecord): Promise<void> {
    const [first] = operation.steps;
    if (record.step !== null || !first) return;
    await turn.transaction(async (manager) => {
      await saveMove(manager, record, { kind: 'enter', step: first.name });
      await showUnderWay(manager, record);
    });
  }

  /** What somebody wished goes before the next step; whatever ends without being done first reopens what it had closed. */
  private async nextMoveOf(operation: Operation<ClusterContext>, context: ClusterContext): Promise<Move> {
    const { wish } = context.operation;
    const move = wish !== null && operation.stopped ? await this.stopAsWished(operation, context, wish) : await this.takeStep(operation, context);
    if (move.kind === 'stop' || move.kind === 'fail') await this.release(operation, context);
    return move;
  }

  /** A pause is taken up again and then sees to everything; nobody comes back to what was cancelled. */
  private async stopAsWished(operation: Operation<ClusterContext>, context: ClusterContext, wish: Wish): Promise<Move> {
    const stop: Move = { kind: 'stop', wish, because: null };
    if (wish === 'pause' || !operation.finishBegun) return stop;
    await this.release(operation, context);
    const result = await this.triedBeforeStop(context, 'Not everything that had begun could be finished', () => operation.finishBegun?.(context));
    return result?.kind === 'waiting' ? { kind: 'recheck', for: result.for, afterMs: result.recheckAfterMs } : stop;
  }

  private async release(operation: Operation<ClusterContext>, context: ClusterContext): Promise<void> {
    await this.triedBeforeStop(context, 'Not everything that was closed could be reopened', () => operation.release?.(context));
  }

  /** What cannot be done now is told, because stopping must always be possible. */
  private async triedBeforeStop<T>(context: ClusterContext, complaint: string, attempt: () => Promise<T> | undefined): Promise<T | undefined> {
    try {
      return await attempt();
    } catch (error) {
      if (error instanceof LeaseLostError || context.signal.aborted) throw new LeaseLostError(context.operation.id);
      if (isDatabaseAway(error)) throw error;
      this.runtime.log.warn({ message: complaint, clusterId: context.cluster.id, operationId: context.operation.id, err: error });
      const because = error instanceof Error ? error.message : String(error);
      await context.write((manager) => context.say(manager, complaint, because));
      return undefined;
    }
  }

  /** Runs the current step once and turns its outcome, also an error, into a move. */
  private async takeStep(operation: Operation<ClusterContext>, context: ClusterContext): Promise<Move> {
    const { step: name, stepEnteredAt, deadlineAt } = context.operation;
    const step = operation.steps.find((candidate) => candidate.name === name);
    if (!step || !stepEnteredAt) throw new Error(`operation ${operation.kind} has no step ${String(name)}`);
    const fields = { clusterId: context.cluster.id, operationId: context.operation.id, step: step.name };
    const result = await this.resultOf(step, context, fields);
    return nextMove(operation, { step: step.name, enteredAt: stepEnteredAt }, result, { now: context.now, deadlineAt, times: this.runtime.config });
  }

  private async resultOf(step: Step<ClusterContext>, context: ClusterContext, fields: object): Promise<StepResult> {
    try {
      context.assertHeld();
      return await tellingSlowCalls(context, () => step.run(context));
    } catch (error) {
      if (error instanceof LeaseLostError || context.signal.aborted) throw new LeaseLostError(context.operation.id);
      // The database is where moves are kept: without it there is nothing to save, the sweep will come back.
      if (isDatabaseAway(error)) throw error;
      if (error instanceof DomainError && error.retryable) {
        this.runtime.log.warn({ message: 'Step will be tried again', ...fields, err: error });
        return context.waiting(`another try: ${error.message}`);
      }
      this.runtime.log.error({ message: 'Step failed', ...fields, err: error });
      if (error instanceof DomainError) return failed(error.message);
      const text = error instanceof Error ? error.message : String(error);
      return { kind: 'failed', because: `Internal error in step ${step.name}: ${text}. This is a defect; the conductor's log has the details` };
    }
  }

  private save(operation: Operation<ClusterContext>, context: ClusterContext, move: Move): Promise<{ after: AfterSave; pauseMs: number }> {
    return context.write(async (manager) => {
      await releaseReservations(context, manager);
      // A delete has its own use for lines that are still open: so long it must go on looking.
      if (context.seenStacks && operation.kind !== 'cluster-delete') await markSeen(manager, context.cluster.id, 'heat-stack', [...context.seenStacks.values()]);
      // The end of the operation and what it means for the cluster are one transaction.
      if (move.kind === 'finish') await operation.succeeded(context, manager);
      if (move.kind === 'fail') await operation.failed(context, manager, move.because);
      if (move.kind === 'stop') await operation.stopped?.(context, manager, move.wish, move.because);
      return saveMove(manager, context.operation, move);
    });
  }

  /** A stopping conductor gives the operation back at once, instead of letting the lease run out. */
  private async letGo(turn: Turn, operationId: string): Promise<void> {
    await turn.transaction((manager) =>
      manager.query(`UPDATE operations SET lease_owner = NULL, lease_until = NULL, due_at = now() WHERE id = $1`, [operationId]),
    );
  }

  private async wakeWaitingDelete(clusterId: string, queue: ConductorRuntime['queue']): Promise<void> {
    const rows: { id: string }[] = await this.runtime.dataSource.query(
      `SELECT id FROM operations WHERE cluster_id = $1 AND kind = 'cluster-delete' AND state = 'queued'`,
      [clusterId],
    );
    for (const { id } of rows) await queue.wake(id);
  }

  private leaseTimes(): { leaseMs: number; renewMs: number } {
    const { LEASE_SECONDS, LEASE_RENEW_SECONDS } = this.runtime.config;
    return { leaseMs: LEASE_SECONDS * 1000, renewMs: LEASE_RENEW_SECONDS * 1000 };
  }
}
