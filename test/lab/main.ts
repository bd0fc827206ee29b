import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { creatorLeaves } from './jobs/creator-leaves.js';
import { dockerVolume } from './jobs/docker-volume.js';
import type { Job } from './jobs/job.js';
import { mainJob } from './jobs/main-job.js';
import { privateNetwork } from './jobs/private-network.js';
import { labFolder } from './lab-folder.js';
import { bringUp, takeDown, type LabPlace } from './lab-scripts.js';
import { startLab } from './lab.js';
import { runJob, timer } from './run-job.js';

const allJobs: readonly Job[] = [mainJob, privateNetwork, dockerVolume, creatorLeaves];
const usage = 'npm run lab [-- smoke | all | up | down | <part of a job name>]';

const say = (line: string): void => console.log(line);
const root = join(dirname(fileURLToPath(import.meta.url)), '../../..');
const inherited = ['PATH', 'HOME', 'LANG', 'TMPDIR', 'USER', 'SHELL'];

async function run(command: string): Promise<number> {
  const place: LabPlace = { root, folder: labFolder(process.env), say };
  switch (command) {
    case 'up':
      await up(place);
      return 0;
    case 'down':
      await takeDown(place);
      return 0;
    case 'smoke':
      return runJobs(place, [mainJob]);
    case 'all':
      return runJobs(place, allJobs);
    default: {
      const chosen = allJobs.filter(({ name }) => name.includes(command));
      if (chosen.length > 0) return runJobs(place, chosen);
      console.error(`Nothing is called ${command}. Usage: ${usage}\nJobs: ${allJobs.map(({ name }) => name).join('; ')}`);
      return 2;
    }
  }
}

async function up(place: LabPlace): Promise<void> {
  say('The lab');
  const started = performance.now();
  const wasDown = await bringUp(place);
  say(`${((performance.now() - started) / 1000).toFixed(1).padStart(8)} s  ${wasDown ? `brought up in ${place.folder}` : 'is up already'}`);
}

async function runJobs(place: LabPlace, jobs: readonly Job[]): Promise<number> {
  const started = performance.now();
  await up(place);
  const folder = mkdtempSync(join(tmpdir(), 'jeroboam-lab-'));
  const system = Object.fromEntries(inherited.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])));
  const lab = await timer(say)('Jeroboam and the guest agent run', () => startLab({ folder, system, say }));
  const interrupted = new Promise<never>((_, reject) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => reject(new Error(`interrupted by ${signal}`)));
  });
  let failed = 0;
  try {
    for (const job of jobs) {
      const failure = await Promise.race([runJob(lab, job, folder, say), interrupted]);
      say(failure === undefined ? '    passed' : `    FAILED: ${failure}`);
      if (failure !== undefined) failed += 1;
    }
  } finally {
    await lab.stop();
    if (failed === 0) rmSync(folder, { recursive: true, force: true });
  }
  if (failed > 0) say(`Logs: ${join(folder, 'log')}`);
  say(`${((performance.now() - started) / 1000).toFixed(1).padStart(8)} s  in all`);
  say(`${jobs.length - failed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
}

try {
  process.exitCode = await run(process.argv[2] ?? 'all');
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
process.exit();
