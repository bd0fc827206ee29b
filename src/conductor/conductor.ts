import { isDatabaseAway } from '../database/database-away.js';
import type { WakeUpConsumer } from '../queue/wake-up-queue.js';
import { EvictionPauses } from '../kubernetes/drain/eviction-pauses.js';
import type { ConductorParts, ConductorRuntime } from './conductor-runtime.js';
import { OperationRunner } from './operation/operation-runner.js';
import { operations } from './operations.js';
import { Sweep } from './operation/sweep.js';
import { WatchHub } from './watches/watch-hub.js';

/** A running conductor. */
export interface Conductor {
  /** Begins no turn any more, lets the running ones save their move, gives back what they hold, then stops. */
  readonly close: () => Promise<void>;
  /** Undefined while sweeps go on; otherwise what is wrong, as a sentence. */
  readonly check: () => Promise<string | undefined>;
}

/** Starts taking leases: woken by the queue, and by the sweep for what the queue has lost. */
export function startConductor(parts: ConductorParts): Conductor {
  const { config, log, queue, clusters } = parts;
  const watches = new WatchHub({ clusters, queue, log, idleMs: config.DRAIN_WATCH_IDLE_SECONDS * 1000 });
  const runtime: ConductorRuntime = { ...parts, watches, evictionPauses: new EvictionPauses() };
  const runner = new OperationRunner(runtime, operations);
  const run = async (operationId: string, cause: 'timer' | 'event'): Promise<void> => {
    try {
      await runner.run(operationId, cause);
    } catch (error) {
      // Nothing was saved, so nothing is lost: the lease runs out and the sweep starts the turn again.
      log[isDatabaseAway(error) ? 'warn' : 'error']({ message: 'Turn given up; the sweep will repeat it', operationId, err: error });
    }
  };
  const consumer: WakeUpConsumer = queue.consume(
    async ({ operationId }, cause) => {
      // A job that was fetched while we stop is for somebody else; without it the operation would wait for a sweep.
      if (runner.isStopping) await queue.wake(operationId, { cause });
      else await run(operationId, cause);
    },
    { concurrency: config.CONDUCTOR_CONCURRENCY },
  );
  const sweep = new Sweep(runtime, (operationId) => run(operationId, 'event'));
  sweep.start();
  return {
    close: async () => {
      runner.stop();
      // Both at once: a consumer that goes on taking jobs takes them away from conductors that would do them.
      await Promise.all([consumer.close(), sweep.stop()]);
      await watches.close();
    },
    check: () => Promise.resolve(sweep.problem()),
  };
}
