import { createHash } from 'node:crypto';

const linesKept = 400;

/** Everything that happened in one world: a digest of all of it, and its last lines for people. */
export class Trace {
  private readonly hash = createHash('sha256');
  private readonly last: string[] = [];
  count = 0;

  constructor(
    private readonly elapsed: () => number,
    private readonly onLine?: (line: string) => void,
  ) {}

  add(text: string): void {
    const line = `${(this.elapsed() / 1000).toFixed(4)} ${text}`;
    this.count += 1;
    this.hash.update(line).update('\n');
    this.last.push(line);
    if (this.last.length > linesKept) this.last.shift();
    this.onLine?.(line);
  }

  tail(): readonly string[] {
    return this.last;
  }

  digest(): string {
    return this.hash.copy().digest('hex').slice(0, 16);
  }
}
