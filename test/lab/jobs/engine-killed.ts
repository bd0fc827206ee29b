import type { Job } from './job.js';
import { stackSeen, sufferThrough } from './fault.js';

/** Heat calls what its dead engine was working at failed when the next one starts: the create goes on or says so, and a retry completes it. */
export const engineKilled: Job = {
  name: "Heat's engine killed in mid-create",
  run: (surroundings) =>
    sufferThrough(surroundings, {
      name: 'headless',
      workers: 2,
      mayComplete: true,
      failure: /Stack jb-\S+ is CREATE_FAILED: .+ retry/s,
      strike: async () => {
        await stackSeen(surroundings, 'the stack of a slot to be made', ({ stack_name: name, stack_status: status }) => /-slot-/.test(name) && status === 'CREATE_IN_PROGRESS');
        surroundings.lab.services.kill('heat-engine');
        await surroundings.lab.services.bringBack();
      },
    }),
};
