import type { WakeUpConsumer, WakeUpQueue } from '../../src/queue/wake-up-queue.js';
import type { Random } from './random.js';
import { currentProcess, type Scheduler, type WorldProcess } from './scheduler.js';

export interface QueueTrouble {
  readonly dropChance: number;
  readonly twiceChance: number;
  /** Nothing is taken at all. */
  readonly isAway: boolean;
}

interface Consumer {
  readonly process: WorldProcess;
  readonly handler: Parameters<WakeUpQueue['consume']>[0];
  readonly concurrency: number;
  running: number;
  isClosed: boolean;
}

/** The alarm clock of a world: takes jobs, loses some, delivers some twice, each to any consumer that lives. */
export class WakeUpBroker {
  private readonly consumers: Consumer[] = [];

  constructor(
    private readonly world: { readonly scheduler: Scheduler; readonly random: Random; readonly trouble: () => QueueTrouble; readonly say: (line: string) => void },
  ) {}

  /** The queue as one process sees it. */
  queue(): WakeUpQueue {
    return {
      backend: 'redis',
      wake: (operationId, { cause = 'event', delayMs = 0 } = {}) => this.add(operationId, cause, delayMs),
      consume: (handler, { concurrency }) => this.consume(handler, concurrency),
      close: () => Promise.resolve(),
    };
  }

  private async add(operationId: string, cause: 'timer' | 'event', delayMs: number): Promise<boolean> {
    const { scheduler, random } = this.world;
    const { dropChance, twiceChance, isAway } = this.world.trouble();
    await new Promise<void>((resolve) => scheduler.after(random.between(0.1, 2), resolve));
    if (isAway) return false;
    const copies = random.chance(dropChance) ? 0 : random.chance(twiceChance) ? 2 : 1;
    for (let copy = 0; copy < copies; copy++) {
      const late = copy > 0 && random.chance(0.5) ? random.between(10, 20_000) : 0;
      scheduler.after(delayMs + late + random.between(0.1, 3), () => this.deliver(operationId, cause), brokerProcess);
    }
    return true;
  }

  private deliver(operationId: string, cause: 'timer' | 'event'): void {
    const { random, scheduler } = this.world;
    const live = this.consumers.filter(({ process, isClosed, running, concurrency }) => process.state !== 'dead' && !isClosed && running < concurrency);
    if (live.length === 0) return; // the sweep finds it
    const consumer = random.pick(live);
    consumer.running += 1;
    scheduler.after(
      0,
      () => {
        void consumer.handler({ operationId }, cause).finally(() => (consumer.running -= 1));
      },
      consumer.process,
    );
  }

  private consume(handler: Consumer['handler'], concurrency: number): WakeUpConsumer {
    const consumer: Consumer = { process: currentProcess.getStore() ?? brokerProcess, handler, concurrency, running: 0, isClosed: false };
    this.consumers.push(consumer);
    return {
      close: () => {
        consumer.isClosed = true;
        return Promise.resolve();
      },
    };
  }
}

const brokerProcess: WorldProcess = { name: 'queue', state: 'running' };
