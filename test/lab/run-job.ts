import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, emptyProject } from './clean-up.js';
import type { Job } from './jobs/job.js';
import type { Lab } from './lab.js';
import { leftInDatabase } from './left-in-database.js';
import { leftInKeystone, leftInProject, namedAfter } from './leftovers.js';
import { createTenant, type Tenant } from './tenant.js';

/** Runs a job in a project of its own, and proves that it left nothing. Answers undefined, or what went wrong. */
export async function runJob(lab: Lab, job: Job, folder: string, say: (line: string) => void): Promise<string | undefined> {
  const tenant = await createTenant(lab.admin, lab.adminPassword);
  const timed = timer(say);
  const clusterIds: string[] = [];
  let failure: string | undefined;
  try {
    const person = await tenant.addPerson('person');
    const own = join(folder, tenant.projectName);
    mkdirSync(own, { recursive: true });
    await Promise.race([job.run({ lab, tenant, person, folder: own, timed, remember: (id) => void clusterIds.push(id) }), lab.broken]);
    await timed('no leftovers in any service', () => proveEmpty(lab, tenant, [person.id], clusterIds));
  } catch (error) {
    failure = error instanceof Error ? error.message : String(error);
  }
  try {
    // On a failure the rest of the run must not stand on its ruins.
    await emptyProject(lab.admin, tenant.overseer);
    await tenant.remove();
  } catch (error) {
    failure = [failure, `not cleaned up: ${String(error)}`].filter(Boolean).join('; ');
  }
  return failure;
}

async function proveEmpty(lab: Lab, tenant: Tenant, people: readonly string[], clusterIds: readonly string[]): Promise<void> {
  const left = [
    ...(await leftInProject(tenant.overseer)),
    ...(await leftInKeystone(lab.admin, tenant.projectId, people, clusterIds)),
    ...(await Promise.all(clusterIds.map((id) => namedAfter(lab.admin, id)))).flat(),
    ...(await leftInDatabase(lab.environment.databaseUrl, clusterIds)),
  ];
  if (left.length > 0) throw new Error(`left over: ${describe(left)}`);
}

export function timer(say: (line: string) => void): <T>(phase: string, work: () => Promise<T>) => Promise<T> {
  return async (phase, work) => {
    const started = performance.now();
    const result = await work();
    say(`${((performance.now() - started) / 1000).toFixed(1).padStart(8)} s  ${phase}`);
    return result;
  };
}
