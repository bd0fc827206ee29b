import { ChildProgramRunner, type ProgramRequest, type ProgramRunner, type RunningProgram } from './program.js';
import type { ProcessGuard } from './process-guard.js';
import type { ScratchRoot } from './scratch-root.js';

/** A daemon that lives in the simulator instead of a process. */
export type PlayedDaemon = (args: string[]) => RunningProgram;

/** Runs daemons that the simulator plays, and everything else as a child process. */
export class MachineRunner implements ProgramRunner {
  private readonly children: ChildProgramRunner;
  private readonly daemons: Record<string, PlayedDaemon>;

  constructor(options: {
    root: ScratchRoot;
    standInDir: string;
    guard: ProcessGuard;
    onOutput: (chunk: Buffer) => void;
    extraPath: () => string[];
    daemons: Record<string, PlayedDaemon>;
  }) {
    this.children = new ChildProgramRunner(options.root, options.standInDir, options.guard, options.onOutput, options.extraPath);
    this.daemons = { '/usr/bin/containerd': idleDaemon, ...options.daemons };
  }

  run(request: ProgramRequest): RunningProgram {
    const daemon = this.daemons[request.path];
    return daemon ? daemon(request.args) : this.children.run(request);
  }

  killAll(): Promise<void> {
    return this.children.killAll();
  }
}

/** Runs until it is told to end, and does nothing meanwhile. */
function idleDaemon(): RunningProgram {
  let end: (status: { code: number | null; signal: NodeJS.Signals | null }) => void = () => undefined;
  const ended = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) => (end = resolve));
  return {
    ended,
    signal: (signal) => {
      end(signal === 'SIGTERM' ? { code: 0, signal: null } : { code: null, signal });
    },
  };
}
