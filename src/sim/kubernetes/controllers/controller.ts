import type { ObjectWriter } from '../objects/object-writer.js';
import type { ResourceCatalogue } from '../resources/resource-catalogue.js';
import type { ObjectStore, StoredChange } from '../store/object-store.js';

export interface ControllerContext {
  store: ObjectStore;
  writer: ObjectWriter;
  catalogue: ResourceCatalogue;
  /** Whether some machine runs a kubelet for the node at this moment. */
  isKubeletAlive: (nodeName: string) => boolean;
  /** Read anew at each use: both may be changed at run time. */
  nodeGraceSeconds(): number;
  podGraceMillisecondsMax(): number;
  /** e.g. 10.244.0.0/16; undefined when the cluster allocates no pod addresses to nodes. */
  podSubnet: string | undefined;
  serviceSubnet: string;
  caPem: string;
  log(message: string, fields: Record<string, unknown>): void;
}

/** Reacts to changes; whatever it does later it stops doing when it is stopped. */
export interface Controller {
  onChange(change: StoredChange): void;
  stop(): void;
}

/**
 * Keys to look at again, each once however often it is asked for meanwhile. Work is done in a timer, never inside the
 * change that caused it, as with real controllers that see changes through a watch.
 */
export class ReconcileQueue {
  private readonly due = new Map<string, number>();
  private timer: NodeJS.Timeout | undefined;
  private wakeAt = Infinity;
  private isStopped = false;

  constructor(
    private readonly reconcile: (key: string) => void,
    private readonly onError: (key: string, error: unknown) => void,
    private readonly delayMs = 5,
  ) {}

  add(key: string, delayMs = this.delayMs): void {
    const at = Date.now() + delayMs;
    const known = this.due.get(key);
    if (known === undefined || at < known) this.due.set(key, at);
    this.wake(at);
  }

  stop(): void {
    this.isStopped = true;
    clearTimeout(this.timer);
  }

  private wake(at: number): void {
    if (this.isStopped || at >= this.wakeAt) return;
    clearTimeout(this.timer);
    this.wakeAt = at;
    this.timer = setTimeout(() => this.run(), Math.max(0, at - Date.now()));
    this.timer.unref();
  }

  private run(): void {
    this.wakeAt = Infinity;
    const now = Date.now();
    const ready = [...this.due].filter(([, at]) => at <= now).map(([key]) => key);
    for (const key of ready) {
      this.due.delete(key);
      try {
        this.reconcile(key);
      } catch (error) {
        this.onError(key, error);
      }
    }
    const next = Math.min(...this.due.values());
    if (next !== Infinity) this.wake(next);
  }
}

/** A failed reconciliation is logged; the next change of the object tries again, as in Kubernetes. */
export const logFailure =
  (context: ControllerContext, controller: string) =>
  (key: string, error: unknown): void =>
    context.log('Controller failed', { controller, key, error: error instanceof Error ? error.message : String(error) });

/** `namespace/name`, or just the name for cluster-wide objects. */
export const keyOf = ({ namespace, name }: { namespace?: string; name: string }): string => `${namespace ?? ''}/${name}`;

export function splitKey(key: string): { namespace: string; name: string } {
  const [namespace = '', name = ''] = key.split('/');
  return { namespace, name };
}
