import type { DataSource, EntityManager } from 'typeorm';
import { LeaseLostError } from '../../domain/domain-error.js';

export interface LeaseTimes {
  readonly leaseMs: number;
  readonly renewMs: number;
}

/** What is left of a lease when no new call to the outside is begun any more (ms): time for the refusal to be noticed. */
const leaseMarginMs = 500;

/**
 * The right to act for one operation, for as long as the lease lasts. Every write goes through `transaction`, which fails
 * when another conductor has taken over; every call to the outside asks `assertHeld` first and carries `signal`, which
 * aborts it when the lease ends. The local end of the lease counts from before the question was sent, on the monotonic
 * clock, which goes on while the process is stopped.
 */
export class Turn {
  private readonly abort = new AbortController();
  private heldUntil: number;
  private ended = false;
  private renewal: NodeJS.Timeout | undefined;
  private expiry: NodeJS.Timeout | undefined;

  constructor(
    private readonly dataSource: DataSource,
    readonly operationId: string,
    readonly fence: number,
    private readonly times: LeaseTimes,
    askedAt: number,
  ) {
    this.heldUntil = askedAt + times.leaseMs;
    this.arm();
  }

  get signal(): AbortSignal {
    return this.abort.signal;
  }

  /** Throws unless the lease is still ours for long enough to begin something. */
  assertHeld(): void {
    if (this.abort.signal.aborted || performance.now() > this.heldUntil - leaseMarginMs) {
      this.lose();
      throw new LeaseLostError(this.operationId);
    }
  }

  /** Runs `write` in a transaction that holds the operation's row under our fence. */
  async transaction<T>(write: (manager: EntityManager) => Promise<T>): Promise<T> {
    return this.dataSource.transaction(async (manager) => {
      const held: unknown[] = await manager.query(
        `SELECT 1 FROM operations WHERE id = $1 AND fence = $2 AND state IN ('running', 'waiting') FOR UPDATE`,
        [this.operationId, this.fence],
      );
      if (held.length === 0) {
        this.lose();
        throw new LeaseLostError(this.operationId);
      }
      return write(manager);
    });
  }

  /** Stops renewing; called when the turn's outcome is saved or given up. */
  end(): void {
    this.ended = true;
    clearTimeout(this.renewal);
    clearTimeout(this.expiry);
  }

  private arm(): void {
    this.renewal = setTimeout(() => void this.renew(), this.times.renewMs);
    clearTimeout(this.expiry);
    this.expiry = setTimeout(() => this.lose(), Math.max(0, this.heldUntil - performance.now()));
  }

  private async renew(): Promise<void> {
    const askedAt = performance.now();
    try {
      const [, affected]: [unknown[], number] = await this.dataSource.query(
        `UPDATE operations SET lease_until = clock_timestamp() + make_interval(secs => $3), due_at = clock_timestamp() + make_interval(secs => $3)
         WHERE id = $1 AND fence = $2 AND lease_owner IS NOT NULL AND state IN ('running', 'waiting')`,
        [this.operationId, this.fence, this.times.leaseMs / 1000],
      );
      // The turn ended meanwhile and gave its lease back: a renewal that was on its way must not keep it from the next.
      if (this.ended) return;
      if (affected === 0) {
        this.lose();
        return;
      }
      this.heldUntil = askedAt + this.times.leaseMs;
    } catch {
      // The database is away: the expiry timer ends the turn if it stays away, the next renewal may succeed before.
    }
    if (!this.ended) this.arm();
  }

  private lose(): void {
    this.end();
    this.abort.abort(new LeaseLostError(this.operationId));
  }
}
