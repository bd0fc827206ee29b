import type { Logger } from 'pino';
import type { ClusterAccess } from '../../kubernetes/cluster-access.js';
import type { ClusterClientFactory } from '../../kubernetes/cluster-client-factory.js';
import type { PodEvent } from '../../kubernetes/pod-watch.js';
import type { WakeUpQueue } from '../../queue/wake-up-queue.js';

export interface WatchHubOptions {
  readonly clusters: ClusterClientFactory;
  readonly queue: Pick<WakeUpQueue, 'wake'>;
  readonly log: Logger;
  /** A node that nobody asked about for so long is not watched any more (milliseconds); 0: nothing is watched at all. */
  readonly idleMs: number;
}

/** A server may end a watch at any time; after so long we do (milliseconds). */
const watchMs = 5 * 60_000;

/** Pods often go together: they wake the operation once (milliseconds). */
const gatherMs = 100;

/** Between two watches of a cluster, so that a server that ends them at once is not asked without end (milliseconds). */
const breathMs = 1_000;

interface ClusterWatch {
  readonly abort: AbortController;
  /** By operation: until when each of its nodes is watched (monotonic milliseconds). */
  readonly wanted: Map<string, Map<string, number>>;
  readonly waking: Map<string, NodeJS.Timeout>;
  ended: Promise<void>;
}

/**
 * Holds one watch of pods a cluster while its operations empty nodes, and wakes an operation when a pod of its nodes has gone. Only
 * an alarm clock: whatever is missed here, or breaks, is found by the operation's own next look.
 */
export class WatchHub {
  private readonly watches = new Map<string, ClusterWatch>();
  private closed = false;

  constructor(private readonly options: WatchHubOptions) {}

  /** Wakes the operation from now on when a pod of these nodes goes; to be repeated with every look, or it ends after the idle time. */
  holdPodsOf(access: ClusterAccess, operationId: string, nodeNames: readonly string[]): void {
    const { idleMs } = this.options;
    if (this.closed || idleMs <= 0 || nodeNames.length === 0) return;
    const watch = this.watches.get(access.clusterId) ?? this.begin(access);
    const nodes = watch.wanted.get(operationId) ?? new Map<string, number>();
    for (const name of nodeNames) nodes.set(name, performance.now() + idleMs);
    watch.wanted.set(operationId, nodes);
  }

  /** Ends what is held for the operation. */
  release(operationId: string): void {
    for (const watch of this.watches.values()) {
      clearTimeout(watch.waking.get(operationId));
      watch.waking.delete(operationId);
      if (watch.wanted.delete(operationId) && watch.wanted.size === 0) watch.abort.abort();
    }
  }

  /** Ends the watch of a cluster that is to go: its connections close only when no call is open any more. */
  async forget(clusterId: string): Promise<void> {
    const watch = this.watches.get(clusterId);
    if (!watch) return;
    watch.abort.abort();
    for (const timer of watch.waking.values()) clearTimeout(timer);
    watch.waking.clear();
    await watch.ended;
  }

  /** Ends all watches. */
  async close(): Promise<void> {
    this.closed = true;
    const ending = [...this.watches.values()];
    for (const { abort, waking } of ending) {
      abort.abort();
      for (const timer of waking.values()) clearTimeout(timer);
      waking.clear();
    }
    await Promise.all(ending.map(({ ended }) => ended));
  }

  private begin(access: ClusterAccess): ClusterWatch {
    const watch: ClusterWatch = { abort: new AbortController(), wanted: new Map(), waking: new Map(), ended: Promise.resolve() };
    this.watches.set(access.clusterId, watch);
    watch.ended = this.follow(access, watch).finally(() => {
      if (this.watches.get(access.clusterId) === watch) this.watches.delete(access.clusterId);
    });
    return watch;
  }

  /** One watch after the other while anything is wanted. The first that fails ends it: the next look of the operation begins anew. */
  private async follow(access: ClusterAccess, watch: ClusterWatch): Promise<void> {
    // Whoever asked has put down first what is wanted.
    await pause(0, watch.abort.signal);
    try {
      while (this.stillWanted(watch)) {
        await this.options.clusters.clientFor(access).watchPods(
          {
            signal: watch.abort.signal,
            timeoutMs: watchMs,
            // Between the operation's look and this moment nobody was listening.
            onOpen: () => this.wakeAll(watch),
            onPod: (event) => this.hear(watch, event),
          },
          { purpose: 'watch' },
        );
        await pause(breathMs, watch.abort.signal);
        this.wakeAll(watch);
      }
    } catch (error) {
      if (!watch.abort.signal.aborted) this.options.log.info({ message: 'Pods are not watched; the operation looks by itself', clusterId: access.clusterId, err: error });
    }
  }

  private stillWanted({ abort, wanted }: ClusterWatch): boolean {
    for (const [operationId, nodes] of wanted) {
      for (const [name, until] of nodes) if (until <= performance.now()) nodes.delete(name);
      if (nodes.size === 0) wanted.delete(operationId);
    }
    return !abort.signal.aborted && wanted.size > 0;
  }

  private hear(watch: ClusterWatch, { kind, nodeName }: PodEvent): void {
    if (kind === 'changed' || nodeName === null) return;
    if (!this.stillWanted(watch)) {
      watch.abort.abort();
      return;
    }
    for (const [operationId, nodes] of watch.wanted) if (nodes.has(nodeName)) this.wake(watch, operationId);
  }

  private wakeAll(watch: ClusterWatch): void {
    if (this.stillWanted(watch)) for (const operationId of watch.wanted.keys()) this.wake(watch, operationId);
  }

  private wake({ waking }: ClusterWatch, operationId: string): void {
    if (this.closed || waking.has(operationId)) return;
    const ring = (): void => {
      waking.delete(operationId);
      void this.options.queue.wake(operationId, { cause: 'event' });
    };
    waking.set(operationId, setTimeout(ring, gatherMs));
  }
}

/** Ends early, and without an error, with the signal. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) {
      resolve();
      return;
    }
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener('abort', end);
  });
}
