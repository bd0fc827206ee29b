import { liveThrough } from './cluster-life.js';
import type { Job } from './job.js';

export const mainJob: Job = {
  name: 'main job, 1+1',
  run: (surroundings) =>
    liveThrough(surroundings, {
      name: 'blue',
      workers: 1,
      check: (nodes) => {
        const without = nodes.filter(({ floating_address: address }) => !address?.startsWith('127.100.'));
        if (without.length > 0) throw new Error(`no floating address: ${without.map(({ name }) => name).join(', ')}`);
      },
    }),
};
