import type { Lab } from '../lab.js';
import type { Person, Tenant } from '../tenant.js';

/** What a job is given: a project of its own with one person in it. */
export interface JobSurroundings {
  readonly lab: Lab;
  readonly tenant: Tenant;
  readonly person: Person;
  /** Empty, for kubeconfigs. */
  readonly folder: string;
  /** Runs a phase and prints how long it took. */
  readonly timed: <T>(phase: string, work: () => Promise<T>) => Promise<T>;
  /** Every cluster that the job asked for, so that Keystone can be searched for its traces. */
  readonly remember: (clusterId: string) => void;
}

export interface Job {
  readonly name: string;
  run(surroundings: JobSurroundings): Promise<void>;
}
