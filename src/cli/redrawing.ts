import type { WriteStream } from 'node:tty';

/** A tree's branches say nothing where its lines are not side by side. */
const branches = /^[│├└─ ]+/;

/** The part of a stream that is needed; a terminal says that it is one. */
type Output = Pick<WriteStream, 'write'> & { readonly isTTY?: boolean; readonly columns?: number; readonly rows?: number };

/**
 * Lines that change in place on a terminal. Elsewhere (a log, a pipe) each line is printed when it is new or has changed,
 * so that what happened can be read in order.
 */
export class Redrawing {
  private drawn: readonly string[] = [];
  /** Lines on the terminal that the next picture replaces. */
  private height = 0;

  constructor(private readonly output: Output) {}

  draw(lines: readonly string[]): void {
    if (this.output.isTTY === true) this.redraw(lines);
    else this.append(lines);
  }

  /** The last picture stays. */
  finish(lines: readonly string[]): void {
    this.draw(lines);
    this.drawn = [];
    this.height = 0;
  }

  private append(lines: readonly string[]): void {
    const plain = lines.map((line) => line.replace(branches, ''));
    for (const line of plain) if (!this.drawn.includes(line)) this.output.write(`${line}\n`);
    this.drawn = plain;
  }

  private redraw(lines: readonly string[]): void {
    const { columns = 80, rows = 24 } = this.output;
    // Up over what was drawn, then erase to the end of the screen; what does not fit the terminal would break the count.
    const fitting = lines.length < rows ? lines : [...lines.slice(0, rows - 2), `… ${lines.length - rows + 2} more lines`];
    const up = this.height > 0 ? `\u001b[${this.height}A` : '';
    this.output.write(`${up}\u001b[J${fitting.map((line) => `${line.slice(0, columns - 1)}\n`).join('')}`);
    this.height = fitting.length;
  }
}
