import { liveThrough } from './cluster-life.js';
import type { Job } from './job.js';

const sizeGiB = 3;

export const dockerVolume: Job = {
  name: '1+1 with docker volumes',
  run: (surroundings) =>
    liveThrough(surroundings, {
      name: 'heavy',
      workers: 1,
      template: { docker_volume_size: sizeGiB },
      check: async (nodes) => {
        const { volumes } = await surroundings.tenant.overseer.get<{ volumes: { size: number; attachments: { server_id: string }[] }[] }>('volumev3', '/volumes/detail');
        for (const { name, server_id: server } of nodes) {
          const own = volumes.filter(({ size, attachments }) => size === sizeGiB && attachments.some((attachment) => attachment.server_id === server));
          if (own.length !== 1) throw new Error(`${name} has ${own.length} volumes of ${sizeGiB} GiB`);
        }
      },
    }),
};
