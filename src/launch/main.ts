import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dataFolder } from './data-folder.js';
import { runMainJob } from './demo.js';
import { startEnvironment } from './environment.js';
import { showDemoCluster } from './start.js';

const say = (line: string): void => console.log(line);
/** Magnum's own port, and the next one for the machines. */
const magnumPorts = { api: 9511, node: 9512 };
const [command = 'start'] = process.argv.slice(2);

/** What children need of this process's environment: nothing of OS_*, so that a sourced openrc changes nothing. */
const inherited = ['PATH', 'HOME', 'LANG', 'TERM', 'TMPDIR', 'NO_COLOR', 'NODE_EXTRA_CA_CERTS', 'USER', 'SHELL'];
const pick = (wanted: (name: string) => boolean): Record<string, string> =>
  Object.fromEntries(Object.entries(process.env).filter((entry): entry is [string, string] => wanted(entry[0]) && entry[1] !== undefined));
const system = pick((name) => inherited.includes(name));

const interruption = new AbortController();
// Each time, not once: npm passes Ctrl-C on although the terminal has sent it already, and the stopping must not be cut short.
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => interruption.abort(new Error(`Interrupted by ${name}.`)));
const interrupted = new Promise<never>((_, reject) => interruption.signal.addEventListener('abort', () => reject(interruption.signal.reason as Error)));
// Whoever does not wait for it must not be ended by it.
interrupted.catch(() => undefined);

/** Stays up until a signal comes, which is its regular end. */
async function start(): Promise<void> {
  const folder = dataFolder(process.env, process.getuid?.() === 0);
  const settings = pick((name) => name.startsWith('JEROBOAM_') && name !== 'JEROBOAM_DATA_DIR');
  say(`Starting with data in ${folder} …`);
  try {
    const environment = await startEnvironment({ dataFolder: folder, settings, system, simulatorOptions: [], ports: magnumPorts, processes: 'all', say, signal: interruption.signal });
    try {
      await Promise.race([interrupted, environment.broken, showDemoCluster(environment, folder, system, say)]);
      await Promise.race([interrupted, environment.broken]);
    } finally {
      say('Stopping …');
      await environment.stop();
    }
  } catch (error) {
    if (error !== interruption.signal.reason) throw error;
  }
}

async function demo(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'jeroboam-demo-'));
  const started = performance.now();
  const settings: Record<string, string> = {};
  if (process.env['TEST_DATABASE_URL']) settings['JEROBOAM_DATABASE_URL'] = process.env['TEST_DATABASE_URL'];
  if (process.env['TEST_REDIS_URL']) settings['JEROBOAM_REDIS_URL'] = process.env['TEST_REDIS_URL'];
  try {
    const environment = await startEnvironment({ dataFolder: folder, settings, system, simulatorOptions: [], processes: 'all', say, signal: interruption.signal });
    try {
      say(`${((performance.now() - started) / 1000).toFixed(1).padStart(6)} s  Jeroboam answers`);
      await Promise.race([runMainJob(environment, folder, system, say), environment.broken, interrupted]);
      say('The demo succeeded.');
    } finally {
      await environment.stop();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

try {
  await (command === 'demo' ? demo() : start());
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
process.exit();
