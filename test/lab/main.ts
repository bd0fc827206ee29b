import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { jobGroups, jobNames, jobsCalled } from './job-groups.js';
import { labFolder } from './lab-folder.js';
import { bringUp, takeDown, type LabPlace } from './lab-scripts.js';
import { runJobs, type Tally } from './run-jobs.js';
import { runLifecycle } from './run-lifecycle.js';

const usage = 'npm run lab [-- smoke | shapes | faults | lifecycle [part of a file name] | all | up | down | <part of a job name>] [--down-after]';
const inherited = ['PATH', 'HOME', 'LANG', 'TMPDIR', 'USER', 'SHELL'];

const say = (line: string): void => console.log(line);
const place: LabPlace = { root: join(dirname(fileURLToPath(import.meta.url)), '../../..'), folder: labFolder(process.env), say };
const system = Object.fromEntries(inherited.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])));
const interrupted = new Promise<never>((_, reject) => {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => reject(new Error(`interrupted by ${signal}`)));
});
interrupted.catch(() => undefined);

/** Exit status. */
async function run(): Promise<number> {
  const { values, positionals } = parseArgs({ options: { 'down-after': { type: 'boolean', default: false } }, allowPositionals: true });
  const [command = 'all', part = ''] = positionals;
  if (command === 'down') {
    await takeDown(place);
    return 0;
  }
  const parts = partsOf(command, part);
  if (!parts) {
    console.error(`Nothing is called ${command}. Usage: ${usage}\nJobs: ${jobNames()}`);
    return 2;
  }
  const started = performance.now();
  let wasDown = true;
  try {
    wasDown = await up();
    const tally = { passed: 0, failed: 0 };
    for (const each of parts) {
      const { passed, failed } = await each();
      tally.passed += passed;
      tally.failed += failed;
    }
    if (parts.length === 0) return 0;
    say(`${secondsSince(started)} s  in all`);
    say(`${tally.passed} passed, ${tally.failed} failed`);
    return tally.failed === 0 ? 0 : 1;
  } finally {
    // A lab that somebody else brought up is theirs to end.
    if (values['down-after'] && wasDown) await takeDown(place);
  }
}

/** What a command runs once the cloud is up; undefined when it means nothing. */
function partsOf(command: string, part: string): (() => Promise<Tally>)[] | undefined {
  const { shapes = [], faults = [] } = jobGroups;
  const jobs = (chosen: Parameters<typeof runJobs>[1]) => (): Promise<Tally> => runJobs(place, chosen, system, interrupted);
  const lifecycle = (): Promise<Tally> => runLifecycle(place, part, system);
  if (command === 'up') return [];
  if (command === 'all') return [jobs([...shapes, ...faults]), lifecycle];
  if (command === 'lifecycle') return [lifecycle];
  const chosen = jobsCalled(command);
  return chosen.length > 0 ? [jobs(chosen)] : undefined;
}

async function up(): Promise<boolean> {
  say('The lab');
  const started = performance.now();
  const wasDown = await bringUp(place);
  say(`${secondsSince(started)} s  ${wasDown ? `brought up in ${place.folder}` : 'is up already'}`);
  return wasDown;
}

const secondsSince = (started: number): string => ((performance.now() - started) / 1000).toFixed(1).padStart(8);

try {
  process.exitCode = await run();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
process.exit();
