import { spawn, type ChildProcess } from 'node:child_process';

/** Reads `+ group` and `- group`; when the pipe ends without a clean stop, what is left is killed. */
const WATCHDOG = `
trap '' INT TERM HUP
declare -A groups
while read -r sign group; do
  if [ "$sign" = + ]; then groups[$group]=1; else unset "groups[$group]"; fi
done
for group in "\${!groups[@]}"; do kill -KILL -- "-$group" 2>/dev/null; done
`;

/**
 * Sees to it that no program of a guest outlives the simulator, a SIGKILL of it included: a shell of its own session
 * holds the other end of a pipe, knows every process group, and kills them when the pipe breaks.
 */
export class ProcessGuard {
  private readonly watchdog: ChildProcess;
  private readonly groups = new Set<number>();

  constructor(bash: string) {
    // --norc: on a socket bash believes that it serves a remote shell and would read ~/.bashrc.
    this.watchdog = spawn(bash, ['--norc', '-c', WATCHDOG], { detached: true, stdio: ['pipe', 'ignore', 'ignore'], env: {} });
    this.watchdog.unref();
    // EPIPE when the watchdog itself was killed: the guests still run, they are only less well looked after.
    this.watchdog.stdin?.on('error', () => undefined);
  }

  /** A process group is a detached child's pid. */
  add(group: number): void {
    this.groups.add(group);
    this.watchdog.stdin?.write(`+ ${group}\n`);
  }

  /** To be called when the group's leader has ended: what it left in the background goes too. */
  release(group: number): void {
    this.kill(group, 'SIGKILL');
    this.groups.delete(group);
    this.watchdog.stdin?.write(`- ${group}\n`);
  }

  kill(group: number, signal: NodeJS.Signals): void {
    if (!this.groups.has(group)) return;
    try {
      process.kill(-group, signal);
    } catch (error) {
      // ESRCH: the group has ended by itself.
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }

  /** Ends the watchdog; groups that are still known die with it. */
  close(): void {
    this.watchdog.stdin?.end();
  }
}
