interface Found {
  readonly value: unknown;
  readonly until: number;
}

const entriesMax = 5_000;

/**
 * Shares what the cloud answered about (project, service, name) for a short time, and makes concurrent questions one.
 * Only things that were found are kept: what is missing may be there a second later.
 */
export class LookupCache {
  private readonly found = new Map<string, Found>();
  private readonly inFlight = new Map<string, Promise<unknown>>();

  constructor(
    private readonly keepMs: number,
    private readonly now: () => number = Date.now,
  ) {}

  async find<Value>(key: readonly string[], ask: () => Promise<Value | undefined>): Promise<Value | undefined> {
    const id = JSON.stringify(key);
    const known = this.found.get(id);
    if (known && known.until > this.now()) return known.value as Value;
    const shared = this.inFlight.get(id) as Promise<Value | undefined> | undefined;
    // Another request's failure may be its token's fault: this one then asks for itself.
    return shared ? shared.catch(() => this.askOnce(id, ask)) : this.askOnce(id, ask);
  }

  private askOnce<Value>(id: string, ask: () => Promise<Value | undefined>): Promise<Value | undefined> {
    const answer = ask()
      .then((value) => {
        if (value !== undefined) this.keep(id, value);
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
    this.found.set(id, { value, until: this.now() + this.keepMs });
  }
}
