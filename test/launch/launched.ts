import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { systemEnvironment } from '../support/system-environment.js';
import { until } from '../support/until.js';

const main = fileURLToPath(new URL('../../dist/src/launch/main.js', import.meta.url));

/** What `npm start` and `npm run demo` run, after their preparation. */
export class Launched {
  private constructor(private readonly child: ChildProcess) {}
  output = '';

  static start(arguments_: readonly string[], environment: Record<string, string>): Launched {
    const child = spawn(process.execPath, [main, ...arguments_], { env: { ...systemEnvironment(), ...environment }, stdio: ['ignore', 'pipe', 'pipe'] });
    const launched = new Launched(child);
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (text: Buffer) => (launched.output += text.toString()));
    return launched;
  }

  async untilItSays(words: string): Promise<void> {
    await until(() => this.output.includes(words) || this.hasEnded, { deadlineMs: 90_000, what: `“${words}” in the output` });
    if (!this.output.includes(words)) throw new Error(`It ended without “${words}”:\n${this.output}`);
  }

  get pid(): number | undefined {
    return this.child.pid;
  }

  send(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  /** Exit status, once it has ended. */
  async status(): Promise<number | null> {
    if (!this.hasEnded) await once(this.child, 'exit');
    return this.child.exitCode;
  }

  private get hasEnded(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }
}

/** Processes that have a folder's name in their command line or environment, as `pid command`. */
export function processesOf(folder: string): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .flatMap((pid) => {
      const command = readProc(pid, 'cmdline');
      return command.includes(folder) || readProc(pid, 'environ').includes(folder) ? [`${pid} ${command.replaceAll('\0', ' ')}`] : [];
    });
}

function readProc(pid: string, file: 'cmdline' | 'environ'): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return ''; // it ended meanwhile, or is another user's
  }
}
