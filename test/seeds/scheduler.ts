import { AsyncLocalStorage, AsyncResource } from 'node:async_hooks';

/** A process of the simulated world: what it started is delivered only while it runs. */
export interface WorldProcess {
  readonly name: string;
  state: 'running' | 'stopped' | 'dead';
}

/** Which process the code at hand belongs to; promises and callbacks inherit it. */
export const currentProcess = new AsyncLocalStorage<WorldProcess>();

const nobody: WorldProcess = { name: 'nobody', state: 'running' };

export interface Delivery {
  cancelled: boolean;
}

interface Task extends Delivery {
  readonly at: number;
  readonly rank: number;
  readonly order: number;
  readonly process: WorldProcess;
  readonly scope: AsyncResource;
  readonly run: () => void;
}

/** Milliseconds since 1970 at which every seed's world begins. */
export const worldBegins = Date.UTC(2030, 0, 1);

/**
 * Virtual time and the order of everything that happens: time advances only when nothing can run. Two deliveries of one
 * moment happen in the order in which they were asked for; what differs between seeds are the delays.
 */
export class Scheduler {
  /** Milliseconds since the world's begin. */
  elapsed = 0;
  /** Deliveries so far. */
  steps = 0;
  private order = 0;
  private readonly heap: Task[] = [];
  /** What stopped processes will find when they go on. */
  private held: Task[] = [];

  /** Runs `run` after so many milliseconds as a part of `process` (default: whoever asks). */
  after(delayMs: number, run: () => void, process: WorldProcess = currentProcess.getStore() ?? nobody): Delivery {
    return this.push(Math.max(0, delayMs), 1, run, process);
  }

  /** Like setImmediate: before everything else that is due. */
  soon(run: () => void): Delivery {
    return this.push(0, 0, run, currentProcess.getStore() ?? nobody);
  }

  /** Delivers the next thing; false when there is nothing left. */
  step(): boolean {
    for (;;) {
      const task = this.pop();
      if (!task) return false;
      if (task.cancelled || task.process.state === 'dead') continue;
      if (task.process.state === 'stopped') {
        this.held.push(task);
        continue;
      }
      this.elapsed = Math.max(this.elapsed, task.at);
      this.steps += 1;
      task.scope.runInAsyncScope(() => currentProcess.run(task.process, task.run));
      return true;
    }
  }

  stop(process: WorldProcess): void {
    if (process.state === 'running') process.state = 'stopped';
  }

  /** Everything that came due meanwhile happens now, in the order in which it would have happened. */
  goOn(process: WorldProcess): void {
    if (process.state !== 'stopped') return;
    process.state = 'running';
    const due = this.held.filter((task) => task.process === process);
    this.held = this.held.filter((task) => task.process !== process);
    for (const task of due) this.insert(task);
  }

  kill(process: WorldProcess): void {
    process.state = 'dead';
    this.held = this.held.filter((task) => task.process !== process);
  }

  /** Deliveries that are still to come to processes that live. */
  pending(belongs: (process: WorldProcess) => boolean): number {
    return this.heap.filter((task) => !task.cancelled && task.process.state !== 'dead' && belongs(task.process)).length;
  }

  private push(delayMs: number, rank: number, run: () => void, process: WorldProcess): Delivery {
    const task: Task = { at: this.elapsed + delayMs, rank, order: this.order++, process, scope: new AsyncResource('delivery'), run, cancelled: false };
    this.insert(task);
    return task;
  }

  private insert(task: Task): void {
    const { heap } = this;
    let index = heap.push(task) - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      const above = heap[parent];
      if (!above || !isBefore(task, above)) break;
      heap[index] = above;
      index = parent;
    }
    heap[index] = task;
  }

  private pop(): Task | undefined {
    const { heap } = this;
    const first = heap[0];
    const last = heap.pop();
    if (!first || !last || first === last) return first;
    let index = 0;
    for (;;) {
      const left = index * 2 + 1;
      const right = left + 1;
      const [a, b] = [heap[left], heap[right]];
      const [child, smaller] = a && b && isBefore(b, a) ? [right, b] : [left, a];
      if (!smaller || !isBefore(smaller, last)) break;
      heap[index] = smaller;
      index = child;
    }
    heap[index] = last;
    return first;
  }
}

const isBefore = (a: Task, b: Task): boolean => a.at - b.at < 0 || (a.at === b.at && (a.rank < b.rank || (a.rank === b.rank && a.order < b.order)));
