import type { ConductorRuntime } from '../conductor-runtime.js';

/** How many operations one sweep starts at most; the next sweep takes the rest. */
const batchSize = 500;

/** However many leases are about to end, sweeps are no closer to each other than this (ms). */
const pauseMinMs = 500;

/**
 * Finds what no wake-up found: rows of the outbox, operations whose pause or lease is over, tombstones past their time.
 * Safe in several conductors at once: starting a turn twice is what leases are for.
 */
export class Sweep {
  private timer: NodeJS.Timeout | undefined;
  private isStopped = false;
  /** By the monotonic clock (ms): when a sweep last came to its end. */
  private progressedAt = performance.now();
  private sweeping: Promise<void> = Promise.resolve();
  /** Turns that a sweep started here and that have not ended. */
  private readonly turns = new Map<string, Promise<void>>();
  /** What the last sweep found and what is not begun yet. */
  private backlog: string[] = [];

  constructor(
    private readonly runtime: ConductorRuntime,
    private readonly runTurn: (operationId: string) => Promise<void>,
  ) {}

  start(): void {
    this.sweeping = this.sweep().then((pauseMs) => {
      if (!this.isStopped) this.timer = setTimeout(() => this.start(), pauseMs);
    });
  }

  /** What is wrong when no sweep has come to its end for the time of some sweeps and of a database that does not answer. */
  problem(): string | undefined {
    const { SWEEP_SECONDS, HTTP_RETRY_WINDOW_SECONDS, HTTP_TIMEOUT_SECONDS } = this.runtime.config;
    const quietSecondsMax = 3 * SWEEP_SECONDS + HTTP_RETRY_WINDOW_SECONDS + HTTP_TIMEOUT_SECONDS;
    const quietSeconds = Math.round((performance.now() - this.progressedAt) / 1000);
    return quietSeconds > quietSecondsMax ? `No sweep has come to its end for ${quietSeconds} s.` : undefined;
  }

  async stop(): Promise<void> {
    this.isStopped = true;
    clearTimeout(this.timer);
    await this.sweeping;
    this.backlog = [];
    await Promise.all(this.turns.values());
  }

  /** Answers how long to wait before the next one (ms). */
  private async sweep(): Promise<number> {
    const { log, metrics, config } = this.runtime;
    const usualMs = config.SWEEP_SECONDS * 1000;
    try {
      await this.sendOutbox();
      await this.startDue();
      await this.dropTombstones();
      const pauseMs = Math.min(usualMs, Math.max(pauseMinMs, await this.nextLeaseEndMs()));
      this.progressedAt = performance.now();
      metrics?.sweepEnded('done');
      return pauseMs;
    } catch (error) {
      metrics?.sweepEnded('failed');
      log.warn({ message: 'Sweep failed; the next one tries again', err: error });
      return usualMs;
    }
  }

  /**
   * When the next lease ends unless it is renewed, from now. Leases of living conductors are renewed long before, so only
   * those of dead ones bring a sweep forward: what they held goes on when their lease ends, not up to a whole sweep later.
   */
  private async nextLeaseEndMs(): Promise<number> {
    const [{ ms }]: [{ ms: number | null }] = await this.runtime.dataSource.query(
      `SELECT (extract(epoch FROM min(lease_until) - clock_timestamp()) * 1000)::float8 AS ms FROM operations
       WHERE state IN ('running', 'waiting') AND lease_until > now()`,
    );
    // A millisecond more, because timers round down: a sweep just before the end would find nothing.
    return ms === null ? Infinity : Math.ceil(ms) + 1;
  }

  private async sendOutbox(): Promise<void> {
    const { dataSource, queue } = this.runtime;
    const rows: { id: number; operation_id: string }[] = await dataSource.query(`SELECT id, operation_id FROM outbox ORDER BY id LIMIT ${batchSize}`);
    this.runtime.metrics?.sweepFound('outbox', rows.length);
    for (const row of rows) {
      if (!(await queue.wake(row.operation_id))) return;
      await dataSource.query(`DELETE FROM outbox WHERE id = $1`, [row.id]);
    }
  }

  /**
   * Runs operations here when the queue does not take them, and when it took them and nobody came: an alarm clock may also
   * be paused, or have lost its consumers.
   */
  private async startDue(): Promise<void> {
    const { dataSource, queue, config } = this.runtime;
    const rows: { id: string; is_overdue: boolean }[] = await dataSource.query(
      `SELECT id, due_at <= now() - make_interval(secs => $1) AS is_overdue FROM operations
       WHERE state IN ('queued', 'running', 'waiting') AND due_at <= now()
         AND (lease_until IS NULL OR lease_until <= now()) ORDER BY due_at LIMIT ${batchSize}`,
      [config.SWEEP_SECONDS],
    );
    const overdue = rows.filter((row) => row.is_overdue).length;
    this.runtime.metrics?.sweepFound('due', rows.length - overdue);
    this.runtime.metrics?.sweepFound('overdue', overdue);
    const forUs: string[] = [];
    let isQueueAway = false;
    for (const { id, is_overdue: isOverdue } of rows) {
      isQueueAway ||= !isOverdue && !(await queue.wake(id));
      if (isOverdue || isQueueAway) forUs.push(id);
    }
    this.backlog = forUs;
    this.startTurns();
  }

  /** Not waited for: a turn that hangs on a slow cloud must not keep the next sweep from all others. */
  private startTurns(): void {
    while (this.turns.size < this.runtime.config.CONDUCTOR_CONCURRENCY) {
      const id = this.backlog.shift();
      if (id === undefined) return;
      if (!this.turns.has(id)) this.turns.set(id, this.runTurn(id).finally(() => this.endTurn(id)));
    }
  }

  private endTurn(id: string): void {
    this.turns.delete(id);
    this.startTurns();
  }

  private async dropTombstones(): Promise<void> {
    const { dataSource, config } = this.runtime;
    await dataSource.query(`DELETE FROM clusters WHERE deleted_at < now() - make_interval(hours => $1)`, [config.TOMBSTONE_HOURS]);
    await dataSource.query(`DELETE FROM external_resources WHERE state = 'gone' AND gone_at < now() - make_interval(hours => $1)`, [
      config.TOMBSTONE_HOURS,
    ]);
  }
}
