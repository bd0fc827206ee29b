import { autoscalerReads } from './jobs/autoscaler-reads.js';
import { conductorKilled } from './jobs/conductor-killed.js';
import { creatorLeaves } from './jobs/creator-leaves.js';
import { engineKilled } from './jobs/engine-killed.js';
import type { Job } from './jobs/job.js';
import { keystoneDown } from './jobs/keystone-down.js';
import { mainJob } from './jobs/main-job.js';
import { quotaExhausted } from './jobs/quota-exhausted.js';
import { serverInError } from './jobs/server-in-error.js';
import { shapeJobs } from './jobs/shapes.js';
import { templates } from './jobs/templates.js';

/** What can be asked for by one word. */
export const jobGroups: Readonly<Record<string, readonly Job[]>> = {
  smoke: [mainJob],
  shapes: [templates, mainJob, creatorLeaves, autoscalerReads, ...shapeJobs],
  faults: [engineKilled, conductorKilled, serverInError, quotaExhausted, keystoneDown],
};

const allJobs: readonly Job[] = [...new Set(Object.values(jobGroups).flat())];

/** A group by its name, or every job whose name contains the text. */
export const jobsCalled = (text: string): readonly Job[] => jobGroups[text] ?? allJobs.filter(({ name }) => name.includes(text));

export const jobNames = (): string => allJobs.map(({ name }) => name).join('; ');
