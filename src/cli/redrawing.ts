import type { WriteStream } from 'node:tty';

/** The part of a stream that is needed; a terminal says that it is one. */
type Output = Pick<WriteStream, 'write'> & { readonly isTTY?: boolean; readonly columns?: number };

/**
 * Lines that change in place on a terminal. Elsewhere (a log, a pipe) each line is printed when it is new or has changed,
 * so that what happened can be read in order.
 */
export class Redrawing {
  private drawn: readonly string[] = [];

  constructor(private readonly output: Output) {}

  draw(lines: readonly string[]): void {
    if (this.output.isTTY === true) this.redraw(lines);
    else for (const line of lines) if (!this.drawn.includes(line)) this.output.write(`${line}\n`);
    this.drawn = lines;
  }

  /** The last picture stays. */
  finish(lines: readonly string[]): void {
    this.draw(lines);
    this.drawn = [];
  }

  private redraw(lines: readonly string[]): void {
    const width = this.output.columns ?? 80;
    // Up over what was drawn, then erase to the end of the screen; a line longer than the terminal would break the count.
    const up = this.drawn.length > 0 ? `\u001b[${this.drawn.length}A` : '';
    this.output.write(`${up}\u001b[J${lines.map((line) => `${line.slice(0, width - 1)}\n`).join('')}`);
  }
}
