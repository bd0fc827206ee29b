import { ReconcileQueue, type ControllerContext } from '../controllers/controller.js';

/** When to look again; undefined: at the object's next change. */
export type LookAgain = { afterMs: number } | undefined;

const afterFailureMs = 300;

/** Keys whose reconciliation asks the cloud and so takes a while: one at a time for each, a failed one again a little later. */
export class CloudWork {
  private readonly queue: ReconcileQueue;
  private readonly running = new Set<string>();
  private isStopped = false;

  constructor(
    context: ControllerContext,
    private readonly controller: string,
    private readonly reconcile: (key: string) => Promise<LookAgain>,
  ) {
    const complain = (key: string, error: unknown): void => {
      context.log('Controller failed', { controller: this.controller, key, error: error instanceof Error ? error.message : String(error) });
    };
    this.queue = new ReconcileQueue((key) => this.begin(key, complain), complain);
  }

  add(key: string): void {
    this.queue.add(key);
  }

  get hasEnded(): boolean {
    return this.isStopped;
  }

  stop(): void {
    this.isStopped = true;
    this.queue.stop();
  }

  private begin(key: string, complain: (key: string, error: unknown) => void): void {
    if (this.isStopped) return;
    if (this.running.has(key)) {
      this.queue.add(key, 50);
      return;
    }
    this.running.add(key);
    void this.reconcile(key)
      .then(
        (again) => {
          if (again) this.queue.add(key, again.afterMs);
        },
        (error: unknown) => {
          complain(key, error);
          this.queue.add(key, afterFailureMs);
        },
      )
      .finally(() => this.running.delete(key));
  }
}
