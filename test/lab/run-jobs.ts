import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Job } from './jobs/job.js';
import type { LabPlace } from './lab-scripts.js';
import { startLab } from './lab.js';
import { runJob, timer } from './run-job.js';

export interface Tally {
  readonly passed: number;
  readonly failed: number;
}

/** Starts Jeroboam on a lab that is up, and runs the jobs one after the other. `interrupted` rejects when somebody ends the run. */
export async function runJobs(place: LabPlace, jobs: readonly Job[], system: Readonly<Record<string, string>>, interrupted: Promise<never>): Promise<Tally> {
  const { say } = place;
  const folder = mkdtempSync(join(tmpdir(), 'jeroboam-lab-'));
  const lab = await timer(say)('Jeroboam and the guest agent run', () => startLab({ folder, system, place }));
  let failed = 0;
  try {
    for (const [index, job] of jobs.entries()) {
      say(`[${index + 1}/${jobs.length}] ${job.name}`);
      const failure = await Promise.race([runJob(lab, job, folder, say), interrupted]);
      say(failure === undefined ? '    passed' : `    FAILED: ${failure}`);
      if (failure !== undefined) failed += 1;
    }
  } finally {
    await lab.stop();
    if (failed === 0) rmSync(folder, { recursive: true, force: true });
  }
  if (failed > 0) say(`Logs: ${join(folder, 'log')}`);
  return { passed: jobs.length - failed, failed };
}
