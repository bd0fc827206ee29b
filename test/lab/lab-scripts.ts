import { spawn } from 'node:child_process';
import { existsSync, readFileSync, readdirSync, readlinkSync, realpathSync } from 'node:fs';
import { join } from 'node:path';

export const authUrl = 'http://127.0.0.1:5000/v3';
/** Of every account that up.sh makes. */
export const labPassword = 'labpass';

export interface LabPlace {
  /** The checkout, for the scripts. */
  readonly root: string;
  readonly folder: string;
  readonly say: (line: string) => void;
}

/** Ports of the services; a lab that answers on all of them is up, whoever started it. */
const ports = [5000, 9292, 8774, 9696, 8004, 8776, 9876];

/** Brings the lab up unless it is; returns whether there was something to do. Throws with the script's last words. */
export async function bringUp(place: LabPlace): Promise<boolean> {
  if (await isUp(place.folder)) return false;
  await runScript('up.sh', place);
  if (!(await isUp(place.folder))) throw new Error(`up.sh ended well, but not every service answers; see ${join(place.folder, 'log')}.`);
  return true;
}

export function takeDown(place: LabPlace): Promise<void> {
  return runScript('down.sh', place);
}

/** Services that nobody can call, like Heat's engine, are known by the pid files of a lab that this folder's scripts started. */
async function isUp(folder: string): Promise<boolean> {
  const answers = await Promise.all(ports.map((port) => hasAnswer(`http://127.0.0.1:${port}/`)));
  return answers.every(Boolean) && servicesIn(folder).every((name) => runningPid(folder, name) !== undefined);
}

/** Names of the services that up.sh started from this folder. */
function servicesIn(folder: string): string[] {
  const run = join(folder, 'run');
  if (!existsSync(run)) return [];
  return readdirSync(run).flatMap((name) => (name.endsWith('.pid') ? [name.slice(0, -'.pid'.length)] : []));
}

/** Pid of a service's first process, which leads its group; undefined when it is not running, or is none of this lab's. */
export function runningPid(folder: string, service: string): number | undefined {
  const pidFile = join(folder, 'run', `${service}.pid`);
  if (!existsSync(pidFile)) return undefined;
  const pid = Number(readFileSync(pidFile, 'utf8'));
  try {
    // A number may be somebody else's by now: ours has the chroot as its root. A process that is only not yet buried has none.
    return readlinkSync(`/proc/${pid}/root`).startsWith(`${realpathSync(folder)}/`) ? pid : undefined;
  } catch {
    return undefined; // there is no such process
  }
}

/** Any answer will do: some of these services want a token for their first page. */
async function hasAnswer(url: string): Promise<boolean> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(20_000) });
    await answer.arrayBuffer();
    return answer.status < 500;
  } catch {
    return false; // nobody listens, which is what the caller wants to know
  }
}

async function runScript(name: 'up.sh' | 'down.sh', { root, folder, say }: LabPlace): Promise<void> {
  if (process.getuid?.() !== 0) {
    throw new Error('The lab is a chroot with mounts of its own: run this as root (sudo npm run lab), on Debian or Ubuntu with debootstrap.');
  }
  const script = join(root, 'test/lab/openstack', name);
  const child = spawn('bash', [script], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'] ?? '/usr/sbin:/usr/bin:/sbin:/bin', HOME: process.env['HOME'] ?? '/root', LAB_DIR: folder, LAB_PW: labPassword },
  });
  let lastWords = '';
  const take = (chunk: Buffer): void => {
    lastWords = (lastWords + chunk.toString()).slice(-4000);
  };
  child.stdout.on('data', (chunk: Buffer) => {
    take(chunk);
    for (const line of chunk.toString().split('\n')) if (line.startsWith('== ')) say(`  ${line.slice(3)}`);
  });
  child.stderr.on('data', take);
  const status = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    // Not 'close': the services that up.sh leaves running may hold what it inherited.
    child.once('exit', resolve);
  });
  if (status !== 0) throw new Error(`${name} failed (exit status ${String(status)}):\n${lastWords}`);
}

