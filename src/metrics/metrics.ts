import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { OperationKind } from '../domain/operation-state.js';

/** How a turn ended: the move it made, or why it made none. */
export type TurnOutcome = 'entered' | 'waiting' | 'succeeded' | 'failed' | 'superseded' | 'stopped' | 'lease-lost' | 'given-up';

export interface BuildInfo {
  readonly version: string;
  /** Name of the process: magnum-api, conductor or jeroboam (all in one). */
  readonly process: string;
}

/** Seconds. Answers of our API and calls to a cloud: from what a table look-up takes to the deadline of a call. */
const callBuckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];
/** Seconds. A turn is a few calls, and all tries of one call may take a minute. */
const turnBuckets = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120];

/**
 * What one process counts, for Prometheus. Labels take few values (routes, not paths; kinds and steps, not ids), so that the
 * number of series does not grow with the number of clusters. docs/operations.md lists every name, and a test compares.
 */
export class Metrics {
  readonly registry = new Registry();

  private readonly http = new Histogram({
    name: 'jeroboam_http_request_duration_seconds',
    help: 'Requests answered by magnum-api and node-api.',
    labelNames: ['listener', 'method', 'route', 'status'] as const,
    buckets: callBuckets,
    registers: [this.registry],
  });
  private readonly turns = new Histogram({
    name: 'jeroboam_turn_duration_seconds',
    help: 'Turns of operations, by the step they ran and how they ended.',
    labelNames: ['kind', 'step', 'outcome'] as const,
    buckets: turnBuckets,
    registers: [this.registry],
  });
  private readonly ended = new Counter({
    name: 'jeroboam_operations_ended_total',
    help: 'Operations that this process brought to an end.',
    labelNames: ['kind', 'state'] as const,
    registers: [this.registry],
  });
  private readonly leaseLosses = new Counter({
    name: 'jeroboam_lease_losses_total',
    help: 'Turns given up because the lease ran out or another conductor took over.',
    labelNames: ['kind'] as const,
    registers: [this.registry],
  });
  private readonly sweeps = new Counter({
    name: 'jeroboam_sweeps_total',
    help: 'Sweeps, by whether they came to their end.',
    labelNames: ['outcome'] as const,
    registers: [this.registry],
  });
  private readonly sweepFinds = new Counter({
    name: 'jeroboam_sweep_finds_total',
    help: 'What sweeps found because no wake-up had: rows of the outbox, operations that were due, and those that nobody came for.',
    labelNames: ['what'] as const,
    registers: [this.registry],
  });
  private readonly lastSweep = new Gauge({
    name: 'jeroboam_last_sweep_timestamp_seconds',
    help: 'When the last sweep came to its end (Unix time).',
    registers: [this.registry],
  });
  private readonly wakeUps = new Counter({
    name: 'jeroboam_wake_ups_total',
    help: 'Wake-ups handed to the queue, by whether it took them.',
    labelNames: ['outcome'] as const,
    registers: [this.registry],
  });
  private readonly calls = new Histogram({
    name: 'jeroboam_outgoing_call_duration_seconds',
    help: 'Attempts of calls to OpenStack, by the class of the answer; none when there was no whole answer.',
    labelNames: ['service', 'method', 'status'] as const,
    buckets: callBuckets,
    registers: [this.registry],
  });
  private readonly cacheReads = new Counter({
    name: 'jeroboam_cache_reads_total',
    help: 'Reads of what is shared between requests: found, asked anew, or shared with a question in flight.',
    labelNames: ['cache', 'result'] as const,
    registers: [this.registry],
  });

  constructor({ version, process }: BuildInfo) {
    collectDefaultMetrics({ register: this.registry });
    const info = new Gauge({
      name: 'jeroboam_build_info',
      help: 'Always 1; says what runs here.',
      labelNames: ['version', 'process'] as const,
      registers: [this.registry],
    });
    info.set({ version, process }, 1);
  }

  /** `route` as it was declared, with its parameters' names; undefined when no route matched. */
  httpAnswered(answer: { listener: 'magnum-api' | 'node-api'; method: string; route: string | undefined; status: number; ms: number }): void {
    const { listener, method, route = 'none', status, ms } = answer;
    this.http.observe({ listener, method: knownMethods.has(method) ? method : 'other', route, status: String(status) }, ms / 1000);
  }

  turnEnded(turn: { kind: OperationKind; step: string; outcome: TurnOutcome; ms: number }): void {
    const { kind, step, outcome, ms } = turn;
    this.turns.observe({ kind, step, outcome }, ms / 1000);
    if (outcome === 'succeeded' || outcome === 'failed' || outcome === 'superseded' || outcome === 'stopped') this.ended.inc({ kind, state: outcome });
  }

  leaseLost(kind: OperationKind): void {
    this.leaseLosses.inc({ kind });
  }

  sweepFound(what: 'outbox' | 'due' | 'overdue', count: number): void {
    this.sweepFinds.inc({ what }, count);
  }

  sweepEnded(outcome: 'done' | 'failed'): void {
    this.sweeps.inc({ outcome });
    if (outcome === 'done') this.lastSweep.setToCurrentTime();
  }

  wokeUp(outcome: 'taken' | 'refused'): void {
    this.wakeUps.inc({ outcome });
  }

  callEnded(call: { service: string; method: string; status: number | null; ms: number }): void {
    const { service, method, status, ms } = call;
    this.calls.observe({ service, method, status: status === null ? 'none' : `${Math.floor(status / 100)}xx` }, ms / 1000);
  }

  cacheRead(cache: 'lookups' | 'tokens', result: 'found' | 'asked' | 'shared'): void {
    this.cacheReads.inc({ cache, result });
  }
}

/** What a client writes as its method is its own invention; these are ours. */
const knownMethods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);
