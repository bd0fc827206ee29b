import type { Job } from './job.js';
import { stackSeen, sufferThrough } from './fault.js';

export const conductorKilled: Job = {
  name: 'conductor killed in mid-create',
  run: (surroundings) =>
    sufferThrough(surroundings, {
      name: 'beheaded',
      workers: 2,
      mayComplete: true,
      strike: async () => {
        await stackSeen(surroundings, 'the stack of a node', ({ stack_name: name }) => /-node-/.test(name));
        await surroundings.lab.killConductor();
        surroundings.lab.startConductor();
      },
    }),
};
