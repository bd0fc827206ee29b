import { spawn, type ChildProcess } from 'node:child_process';
import { createWriteStream, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';

export interface Child {
  readonly process: ChildProcess;
  /** Asks it to end (SIGTERM) and waits; cuts it (SIGKILL) when it does not within the grace. */
  stop(): Promise<void>;
  /** Resolves with a sentence when the process has ended, whoever ended it, and what it printed is in the log file. */
  readonly ended: Promise<string>;
}

export interface ChildOptions {
  readonly name: string;
  /** Script and its arguments. */
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly logFile: string;
  readonly graceMs: number;
  readonly onLine?: (line: string) => void;
}

/**
 * A Node process of ours, in a process group of its own (Ctrl-C in the terminal goes to the launcher, which ends its
 * children in order), with what it prints in a log file. It has a channel to us: when that closes, we have been killed, and
 * it ends by itself.
 */
export function startChild({ name, command, environment, logFile, graceMs, onLine }: ChildOptions): Child {
  mkdirSync(dirname(logFile), { recursive: true });
  const log = createWriteStream(logFile, { flags: 'a' });
  const child = spawn(process.execPath, [...command], { env: { ...environment }, stdio: ['ignore', 'pipe', 'pipe', 'ipc'], detached: true });
  child.channel?.unref();
  if (!child.stdout || !child.stderr) throw new Error('a child without pipes');
  createInterface({ input: child.stdout }).on('line', (line) => {
    log.write(`${line}\n`);
    onLine?.(line);
  });
  child.stderr.pipe(log, { end: false });
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(`${name} could not be started: ${error.message}`));
    // Not 'exit': its last lines may still be in the pipe then.
    child.once('close', (code, signal) => log.end(() => resolve(`${name} ended (${signal ?? `exit status ${String(code)}`}); see ${logFile}`)));
  });
  return { process: child, ended, stop: () => stopChild(child, ended, graceMs) };
}

async function stopChild(child: ChildProcess, ended: Promise<string>, graceMs: number): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGTERM');
  const cut = setTimeout(() => child.kill('SIGKILL'), graceMs);
  await ended;
  clearTimeout(cut);
}
