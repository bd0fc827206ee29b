interface Found {
  readonly value: unknown;
  readonly until: number;
}

export interface LookupCacheOptions {
  /** How long a thing that was found is kept, in ms; with 0 only questions at the same time are shared. */
  readonly keepMs: number;
  /** Whether a failure is the fault of who asked, such as their token's: those who waited with them then ask for themselves. */
  readonly isAskersFault: (error: unknown) => boolean;
  readonly onRead?: (result: 'found' | 'asked' | 'shared') => void;
  readonly now?: () => number;
}

const entriesMax = 5_000;

/**
 * Shares what the cloud answered about (project, service, name) for a short time, and makes concurrent questions one. Only
 * things that were found are kept: what is missing may be there a second later, and a failure is told to those alone who
 * are waiting for it.
 */
export class LookupCache {
  private readonly found = new Map<string, Found>();
  private readonly inFlight = new Map<string, Promise<unknown>>();
  private readonly now: () => number;

  constructor(private readonly options: LookupCacheOptions) {
    this.now = options.now ?? Date.now;
  }

  async find<Value>(key: readonly string[], ask: () => Promise<Value | undefined>): Promise<Value | undefined> {
    const id = JSON.stringify(key);
    for (;;) {
      const known = this.found.get(id);
      if (known && known.until > this.now()) {
        this.options.onRead?.('found');
        return known.value as Value;
      }
      const asked = this.inFlight.get(id) as Promise<Value | undefined> | undefined;
      this.options.onRead?.(asked ? 'shared' : 'asked');
      if (!asked) return this.askOnce(id, ask);
      try {
        return await asked;
      } catch (error) {
        if (!this.options.isAskersFault(error)) throw error;
        // The first of those who waited asks for all of them.
      }
    }
  }

  private askOnce<Value>(id: string, ask: () => Promise<Value | undefined>): Promise<Value | undefined> {
    const answer = ask()
      .then((value) => {
        if (value !== undefined && this.options.keepMs > 0) this.keep(id, value);
        return value;
      })
      .finally(() => this.inFlight.delete(id));
    this.inFlight.set(id, answer);
    return answer;
  }

  private keep(id: string, value: unknown): void {
    this.found.delete(id);
    if (this.found.size >= entriesMax) {
      const [oldest] = this.found.keys();
      if (oldest !== undefined) this.found.delete(oldest);
    }
    this.found.set(id, { value, until: this.now() + this.options.keepMs });
  }
}
