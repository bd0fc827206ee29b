import type { WakeUpConsumer } from '../queue/wake-up-queue.js';
import type { ConductorRuntime } from './conductor-runtime.js';
import { OperationRunner } from './operation/operation-runner.js';
import { isDatabaseAway } from './operation/database-error.js';
import { operations } from './operations.js';
import { Sweep } from './operation/sweep.js';

/** A running conductor. */
export interface Conductor {
  /** Begins no turn any more, lets running ones end, then stops. */
  close(): Promise<void>;
}

/** Starts taking leases: woken by the queue, and by the sweep for what the queue has lost. */
export function startConductor(runtime: ConductorRuntime): Conductor {
  const { config, log, queue } = runtime;
  const runner = new OperationRunner(runtime, operations);
  const run = async (operationId: string, cause: 'timer' | 'event'): Promise<void> => {
    try {
      await runner.run(operationId, cause);
    } catch (error) {
      // Nothing was saved, so nothing is lost: the lease runs out and the sweep starts the turn again.
      log[isDatabaseAway(error) ? 'warn' : 'error']({ message: 'Turn given up; the sweep will repeat it', operationId, err: error });
    }
  };
  const consumer: WakeUpConsumer = queue.consume(({ operationId }, cause) => run(operationId, cause), {
    concurrency: config.CONDUCTOR_CONCURRENCY,
  });
  const sweep = new Sweep(runtime, (operationId) => run(operationId, 'event'));
  sweep.start();
  return {
    close: async () => {
      runner.stop();
      await sweep.stop();
      await consumer.close();
    },
  };
}
