import { setTimeout as pause } from 'node:timers/promises';

export interface NewsOptions {
  /** Opens the cluster's stream of events; rejects when there is none to be had. */
  readonly open: (signal: AbortSignal) => Promise<AsyncIterable<unknown>>;
  /** How often to look while there is no stream (ms). */
  readonly lookEveryMs: number;
  /** How often to look although a stream is open and silent (ms). */
  readonly lookAnywayMs: number;
}

/** A burst of events is one reason to look (ms). */
const burstMs = 50;

/** Says when to look at a cluster again: pushed by its stream of events, by the clock while there is none. */
export class ClusterNews {
  private readonly ending = new AbortController();
  private isStreaming = false;
  private hasArrived = false;
  private onArrival: () => void = () => undefined;
  private readonly reading: Promise<void>;

  constructor(private readonly options: NewsOptions) {
    this.reading = this.read();
  }

  /** Resolves when something was said since the last call, at the latest when it is time to look anyway. */
  async next(): Promise<void> {
    await pause(burstMs);
    if (!this.hasArrived) {
      const { lookEveryMs, lookAnywayMs } = this.options;
      let timer: NodeJS.Timeout | undefined;
      await new Promise<void>((resolve) => {
        this.onArrival = resolve;
        timer = setTimeout(resolve, this.isStreaming ? lookAnywayMs : lookEveryMs);
      });
      clearTimeout(timer);
    }
    this.hasArrived = false;
  }

  async close(): Promise<void> {
    this.ending.abort();
    await this.reading;
  }

  private async read(): Promise<void> {
    const { signal } = this.ending;
    while (!signal.aborted) {
      try {
        const parts = (await this.options.open(signal))[Symbol.asyncIterator]();
        while ((await parts.next()).done !== true) this.announce();
      } catch {
        // No stream, or it broke: the clock is enough, and the cluster's own answers tell what is wrong.
      }
      this.isStreaming = false;
      await pause(this.options.lookEveryMs, undefined, { signal }).catch(() => undefined); // aborted: the loop ends
    }
  }

  /** Whatever comes, a heartbeat too, is a reason to look and shows that the stream lives. */
  private announce(): void {
    this.isStreaming = true;
    this.hasArrived = true;
    this.onArrival();
  }
}
