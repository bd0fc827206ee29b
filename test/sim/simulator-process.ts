import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** The line that the simulator prints when it is ready. */
export interface ReadyLine {
  readonly ready: true;
  readonly pid: number;
  readonly auth_url: string;
  readonly region: string;
  readonly admin_url: string;
  readonly range: string;
  readonly proxy_url: string;
  readonly password: string;
  readonly users: readonly string[];
  readonly data_dir: string;
}

const main = fileURLToPath(new URL('../../dist/src/sim/main.js', import.meta.url));

/** A running simulator. */
export class SimulatorProcess {
  private constructor(
    private readonly child: ChildProcess,
    readonly ready: ReadyLine,
    private readonly words: string[],
  ) {}

  /** Rejects with its last words when it ends before it is ready. */
  static async start(...flags: string[]): Promise<SimulatorProcess> {
    const child = spawn(process.execPath, [main, ...flags], { stdio: ['ignore', 'pipe', 'pipe'] });
    const words: string[] = [];
    child.stderr.on('data', (text: Buffer) => words.push(text.toString()));
    const ended = once(child, 'exit').then(([code]) => {
      throw new Error(`the simulator ended with ${String(code)}: ${words.join('')}`);
    });
    const [line] = (await Promise.race([once(createInterface({ input: child.stdout }), 'line'), ended])) as [string];
    ended.catch(() => undefined);
    return new SimulatorProcess(child, JSON.parse(line) as ReadyLine, words);
  }

  /** What it wrote to stderr so far. */
  get log(): string {
    return this.words.join('');
  }

  /** Asks it to end; answers the exit code. */
  async stop(): Promise<number | null> {
    return this.end('SIGTERM');
  }

  async kill(): Promise<void> {
    await this.end('SIGKILL');
  }

  private async end(signal: NodeJS.Signals): Promise<number | null> {
    if (this.child.exitCode === null && this.child.signalCode === null) {
      const exit = once(this.child, 'exit');
      this.child.kill(signal);
      await exit;
    }
    return this.child.exitCode;
  }
}
