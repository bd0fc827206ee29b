import type { Job } from './job.js';
import { stackSeen, sufferThrough } from './fault.js';

/** Minutes; those of a create on a busy machine, since nothing else ends the wait. */
const createTimeout = 6;

/**
 * With convergence no engine ever goes on with what a dead one was working at: its stack stays CREATE_IN_PROGRESS for good.
 * The create ends at its own deadline and says what it waited for, and a retry makes those stacks anew.
 */
export const engineKilled: Job = {
  name: "Heat's engine killed in mid-create",
  run: (surroundings) =>
    sufferThrough(surroundings, {
      name: 'headless',
      workers: 1,
      cluster: { create_timeout: createTimeout },
      mayComplete: true,
      failure: /time .* is over; .*-slot-.*retry/s,
      strike: async () => {
        await stackSeen(surroundings, 'the stack of a slot to be made', ({ stack_name: name, stack_status: status }) => /-slot-/.test(name) && status === 'CREATE_IN_PROGRESS');
        await surroundings.lab.services.kill('heat-engine');
        await surroundings.lab.services.bringBack();
      },
    }),
};
