import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';

/** What Nova's os-getConsoleOutput gives at most. */
const CONSOLE_BYTES_MAX = 64 * 1024;

/** A machine's serial console: the last 64 KiB of what it printed, kept in a file so that it outlives the simulator. */
export class ConsoleLog {
  private tail: Buffer;
  private fileBytes: number;

  constructor(private readonly file: string) {
    this.tail = existsSync(file) ? readFileSync(file) : Buffer.alloc(0);
    this.fileBytes = this.tail.length;
    this.keepLast();
  }

  write(chunk: string | Buffer): void {
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
    this.tail = Buffer.concat([this.tail, bytes]);
    this.keepLast();
    if (this.fileBytes > 4 * CONSOLE_BYTES_MAX) {
      writeFileSync(this.file, this.tail);
      this.fileBytes = this.tail.length;
    } else {
      appendFileSync(this.file, bytes);
      this.fileBytes += bytes.length;
    }
  }

  line(text: string): void {
    this.write(`${text}\n`);
  }

  text(): string {
    return this.tail.toString('utf8');
  }

  private keepLast(): void {
    if (this.tail.length > CONSOLE_BYTES_MAX) this.tail = this.tail.subarray(this.tail.length - CONSOLE_BYTES_MAX);
  }
}
