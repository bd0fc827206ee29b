import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dataFolder } from './data-folder.js';
import { runMainJob } from './demo.js';
import { startEnvironment } from './environment.js';
import { showDemoCluster } from './start.js';

const say = (line: string): void => console.log(line);
const [command = 'start'] = process.argv.slice(2);

/** What children need of this process's environment: nothing of OS_*, so that a sourced openrc changes nothing. */
const inherited = ['PATH', 'HOME', 'LANG', 'TERM', 'TMPDIR', 'NO_COLOR', 'NODE_EXTRA_CA_CERTS', 'USER', 'SHELL'];
const pick = (wanted: (name: string) => boolean): Record<string, string> =>
  Object.fromEntries(Object.entries(process.env).filter((entry): entry is [string, string] => wanted(entry[0]) && entry[1] !== undefined));
const system = pick((name) => inherited.includes(name));

async function start(): Promise<number> {
  const folder = dataFolder(process.env, process.getuid?.() === 0);
  const settings = pick((name) => name.startsWith('JEROBOAM_') && name !== 'JEROBOAM_DATA_DIR');
  say(`Starting with data in ${folder} …`);
  const environment = await startEnvironment({ dataFolder: folder, settings, system, simulatorOptions: [], processes: 'all', say });
  const stopped = new Promise<'signal'>((resolve) => {
    process.once('SIGINT', () => resolve('signal'));
    process.once('SIGTERM', () => resolve('signal'));
  });
  try {
    await Promise.race([stopped, environment.broken, showDemoCluster(environment, folder, system, say)]);
    await Promise.race([stopped, environment.broken]);
    return 0;
  } finally {
    say('Stopping …');
    await environment.stop();
  }
}

async function demo(): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'jeroboam-demo-'));
  const started = performance.now();
  const settings: Record<string, string> = {};
  if (process.env['TEST_DATABASE_URL']) settings['JEROBOAM_DATABASE_URL'] = process.env['TEST_DATABASE_URL'];
  if (process.env['TEST_REDIS_URL']) settings['JEROBOAM_REDIS_URL'] = process.env['TEST_REDIS_URL'];
  const environment = await startEnvironment({ dataFolder: folder, settings, system, simulatorOptions: [], processes: 'all', say });
  const interrupted = new Promise<never>((_, reject) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => reject(new Error(`interrupted by ${signal}`)));
  });
  try {
    say(`${((performance.now() - started) / 1000).toFixed(1).padStart(6)} s  Jeroboam answers`);
    await Promise.race([runMainJob(environment, folder, system, say), environment.broken, interrupted]);
    say('The demo succeeded.');
    return 0;
  } finally {
    await environment.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

try {
  process.exitCode = await (command === 'demo' ? demo() : start());
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
process.exit();
