import type { LifecycleEnvironment } from './lifecycle-environment.js';

export interface ConductorSwitch {
  /** Every conductor ends as on SIGTERM. What the API accepts meanwhile waits. */
  off(): Promise<void>;
  /** `settings` (JEROBOAM_*) differ from the environment's own. */
  on(settings?: Readonly<Record<string, string>>): void;
}

/**
 * Lets tests arrange faults for clusters by their ids before anybody works on them: accepted while no conductor runs. For
 * environments of separate processes.
 */
export function conductorSwitch({ environment }: LifecycleEnvironment): ConductorSwitch {
  const [first] = [environment.servers['conductor']];
  if (!first) throw new Error('the environment has no conductor of its own');
  let current = first;
  return {
    off: () => current.stop(),
    on: (settings = {}) => {
      current = environment.startRole('conductor', settings);
    },
  };
}
