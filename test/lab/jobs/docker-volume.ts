import { liveThrough } from './cluster-life.js';
import type { Job } from './job.js';
import { expectVolumes } from './volumes.js';

const sizeGiB = 3;

export const dockerVolume: Job = {
  name: '1+1 with docker volumes',
  run: (surroundings) =>
    liveThrough(surroundings, {
      name: 'heavy',
      workers: 1,
      template: { docker_volume_size: sizeGiB },
      check: (nodes) => expectVolumes(surroundings.tenant.overseer, 'docker volumes', nodes, ({ size }) => size === sizeGiB),
    }),
};
