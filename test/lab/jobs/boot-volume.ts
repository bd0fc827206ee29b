import { liveThrough } from './cluster-life.js';
import type { Job } from './job.js';

const sizeGiB = 12;

export const bootVolume: Job = {
  name: '1+1 booted from volumes',
  run: (surroundings) =>
    liveThrough(surroundings, {
      name: 'slab',
      workers: 1,
      template: { labels: { boot_volume_size: String(sizeGiB) } },
      check: async (nodes) => {
        interface Volume {
          readonly size: number;
          readonly bootable: string;
          readonly attachments: readonly { readonly server_id: string }[];
        }
        const { volumes } = await surroundings.tenant.overseer.get<{ volumes: Volume[] }>('volumev3', '/volumes/detail');
        for (const { name, server_id: server } of nodes) {
          const own = volumes.filter(({ size, bootable, attachments }) => size === sizeGiB && bootable === 'true' && attachments.some((attachment) => attachment.server_id === server));
          if (own.length !== 1) throw new Error(`${name} has ${own.length} bootable volumes of ${sizeGiB} GiB`);
        }
      },
    }),
};
