import { createHash } from 'node:crypto';
import type { KeystoneToken } from '../../openstack/keystone/token.js';

interface Entry {
  /** Null: Keystone does not know the token. */
  readonly token: KeystoneToken | null;
  readonly until: number;
}

export interface TokenCacheOptions {
  /** Longest trust in a validated token, in ms; never beyond its expiry. */
  readonly trustMs: number;
  readonly onRead?: (result: 'found' | 'asked' | 'shared') => void;
  readonly now?: () => number;
}

/** A refused token is asked about again after this: long enough to absorb a client that repeats itself. */
const refusalMs = 5_000;
const entriesMax = 10_000;

/** Remembers what Keystone said about tokens, by their digest; concurrent questions about one token are one question. */
export class TokenCache {
  private readonly entries = new Map<string, Entry>();
  private readonly inFlight = new Map<string, Promise<KeystoneToken | null>>();
  private readonly now: () => number;

  constructor(
    private readonly validate: (token: string) => Promise<KeystoneToken | null>,
    private readonly options: TokenCacheOptions,
  ) {
    this.now = options.now ?? Date.now;
  }

  /** Null when Keystone refuses the token; throws what `validate` throws, and remembers none of that. */
  async find(token: string): Promise<KeystoneToken | null> {
    const key = createHash('sha256').update(token).digest('base64');
    const known = this.entries.get(key);
    if (known && known.until > this.now()) {
      this.options.onRead?.('found');
      return known.token;
    }
    const asked = this.inFlight.get(key);
    this.options.onRead?.(asked ? 'shared' : 'asked');
    return asked ?? this.ask(key, token);
  }

  private ask(key: string, token: string): Promise<KeystoneToken | null> {
    const answer = this.validate(token)
      .then((found) => {
        const now = this.now();
        const valid = found !== null && found.expiresAt.getTime() > now ? found : null;
        const until = valid ? Math.min(now + this.options.trustMs, valid.expiresAt.getTime()) : now + Math.min(refusalMs, this.options.trustMs);
        this.remember(key, { token: valid, until });
        return valid;
      })
      .finally(() => this.inFlight.delete(key));
    this.inFlight.set(key, answer);
    return answer;
  }

  private remember(key: string, entry: Entry): void {
    this.entries.delete(key);
    if (this.entries.size >= entriesMax) {
      const [oldest] = this.entries.keys();
      if (oldest !== undefined) this.entries.delete(oldest);
    }
    this.entries.set(key, entry);
  }
}
