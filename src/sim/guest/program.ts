import { spawn } from 'node:child_process';
import { basename, join } from 'node:path';
import { existsSync } from 'node:fs';
import type { ProcessGuard } from './process-guard.js';
import type { ScratchRoot } from './scratch-root.js';

/** systemd's own default path; nothing of the simulator's environment reaches a guest. */
export const HOST_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/opt/homebrew/bin';

/** How long the output of a program that has ended is waited for. */
const OUTPUT_MS = 200;

export interface ExitStatus {
  code: number | null;
  signal: NodeJS.Signals | null;
}

/** Something that a unit or cloud-init started: a child process, or a daemon that the simulator plays (the kubelet). */
export interface RunningProgram {
  ended: Promise<ExitStatus>;
  signal(signal: NodeJS.Signals): void;
}

export interface ProgramRequest {
  path: string;
  args: string[];
  environment: Record<string, string>;
  workingDirectory: string;
}

export interface ProgramRunner {
  run(request: ProgramRequest): RunningProgram;
}

/** Runs the guest's programs: its own scripts, stand-ins, or the host's tools, each in a process group of its own. */
export class ChildProgramRunner implements ProgramRunner {
  private readonly groups = new Set<number>();
  private readonly running = new Set<Promise<ExitStatus>>();

  constructor(
    private readonly root: ScratchRoot,
    private readonly standInDir: string,
    private readonly guard: ProcessGuard,
    private readonly onOutput: (chunk: Buffer) => void,
    /** Folders that come before all others on PATH, for boot faults. */
    private readonly extraPath: () => string[],
  ) {}

  run({ path, args, environment, workingDirectory }: ProgramRequest): RunningProgram {
    const child = spawn(this.executable(path), args, {
      cwd: this.root.hostPath(workingDirectory),
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        PATH: [...this.extraPath(), this.standInDir, HOST_PATH].join(':'),
        LANG: 'C.UTF-8',
        HOME: join(this.root.path, 'root'),
        TMPDIR: join(this.root.path, 'tmp'),
        ...environment,
        NODE_ROOT: this.root.path,
      },
    });
    child.stdout.on('data', this.onOutput);
    child.stderr.on('data', this.onOutput);
    const group = child.pid;
    if (group !== undefined) {
      this.groups.add(group);
      this.guard.add(group);
    }
    const ended = new Promise<ExitStatus>((resolve) => {
      child.once('error', (error) => {
        this.onOutput(Buffer.from(`Failed to execute ${path}: ${error.message}\n`));
        // What systemd reports for a command that it could not execute.
        resolve({ code: 203, signal: null });
      });
      child.once('exit', (code, signal) => {
        // What the leader left in the background goes with it, as systemd clears a unit's control group.
        if (group !== undefined) this.forget(group);
        const end = (): void => {
          clearTimeout(timer);
          resolve({ code, signal });
        };
        // The last output comes after the exit; a process that left the group may hold the pipe for ever.
        const timer = setTimeout(end, OUTPUT_MS);
        child.once('close', end);
      });
    });
    this.running.add(ended);
    void ended.then(() => this.running.delete(ended));
    return { ended, signal: (signal) => (group === undefined ? undefined : this.guard.kill(group, signal)) };
  }

  /** Pulls the plug: every group dies at once; resolves when all are gone. */
  async killAll(): Promise<void> {
    for (const group of [...this.groups]) this.forget(group);
    await Promise.all(this.running);
  }

  private forget(group: number): void {
    this.groups.delete(group);
    this.guard.release(group);
  }

  /** A path of the guest: its own file, else the stand-in of that name, else the host's tool at the same path. */
  private executable(path: string): string {
    if (!path.includes('/')) return path;
    const standIn = join(this.standInDir, basename(path));
    if (this.root.linkTarget(path) !== standIn && this.root.exists(path)) return this.root.hostPath(path);
    return existsSync(standIn) ? standIn : path;
  }
}
