import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

/**
 * When a process began, in whatever way this system tells it; undefined when there is no such process. Together with its number it
 * names a process for good, because numbers are used again.
 */
export const startOfProcess = (pid: number): string | undefined =>
  // Field 22 of stat; the name before it may hold spaces and brackets.
  existsSync('/proc/self/stat') ? readProc(pid, 'stat')?.replace(/^.*\) /s, '').split(' ')[19] : askPs(pid, 'lstart');

/** Its program and arguments; undefined when there is no such process. */
export const commandOfProcess = (pid: number): string | undefined =>
  existsSync('/proc/self/cmdline') ? readProc(pid, 'cmdline')?.replaceAll('\0', ' ') : askPs(pid, 'command');

/** Whether it ended within the time (ms). */
export async function endsWithin(milliseconds: number, isAlive: () => boolean): Promise<boolean> {
  const end = performance.now() + milliseconds;
  while (isAlive()) {
    if (performance.now() > end) return false;
    await pause(50);
  }
  return true;
}

function readProc(pid: number, file: 'stat' | 'cmdline'): string | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/${file}`, 'utf8');
    // Nobody has fetched its exit status yet, but it does nothing any more.
    return file === 'stat' && /\) [ZX] /.test(text) ? undefined : text;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ESRCH') return undefined;
    throw error;
  }
}

function askPs(pid: number, what: 'lstart' | 'command'): string | undefined {
  const { stdout } = spawnSync('ps', ['-o', `${what}=`, '-p', String(pid)], { encoding: 'utf8' });
  return stdout.trim() || undefined;
}
