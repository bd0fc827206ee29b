interface Bucket {
  tokens: number;
  /** When `tokens` was true, in ms. */
  at: number;
}

const bucketsMax = 50_000;

/**
 * Token buckets by key: `perMinute` calls on average, as many at once. Keys name a node and its token, never an
 * address, because a whole tenant network may share one (NAT).
 */
export class RateLimit {
  private readonly buckets = new Map<string, Bucket>();

  constructor(
    private readonly perMinute: number,
    private readonly now: () => number = Date.now,
  ) {}

  /** 0 when the call may go on, else the whole seconds to wait. */
  secondsToWait(key: string): number {
    const now = this.now();
    const perMs = this.perMinute / 60_000;
    const bucket = this.buckets.get(key) ?? { tokens: this.perMinute, at: now };
    bucket.tokens = Math.min(this.perMinute, bucket.tokens + (now - bucket.at) * perMs);
    bucket.at = now;
    this.keep(key, bucket);
    if (bucket.tokens < 1) return Math.max(1, Math.ceil((1 - bucket.tokens) / perMs / 1000));
    bucket.tokens -= 1;
    return 0;
  }

  /** The key used longest ago goes first: a forgotten bucket is a full one. */
  private keep(key: string, bucket: Bucket): void {
    this.buckets.delete(key);
    if (this.buckets.size >= bucketsMax) {
      const [oldest] = this.buckets.keys();
      if (oldest !== undefined) this.buckets.delete(oldest);
    }
    this.buckets.set(key, bucket);
  }
}
