import { liveThrough } from './cluster-life.js';
import { expectLoadBalancer } from './expect-load-balancer.js';
import type { Job } from './job.js';
import { expectVolumes } from './volumes.js';

const sizeGiB = 12;

export const bootVolume: Job = {
  name: '3+1 booted from volumes',
  run: (surroundings) => {
    const { overseer } = surroundings.tenant;
    return liveThrough(surroundings, {
      name: 'slab',
      masters: 3,
      workers: 1,
      template: { master_lb_enabled: true, labels: { boot_volume_size: String(sizeGiB) } },
      check: async (nodes, _clusterId, apiAddress) => {
        await expectVolumes(overseer, 'bootable volumes', nodes, ({ size, bootable }) => size === sizeGiB && bootable === 'true');
        await expectLoadBalancer(overseer, apiAddress, 3);
      },
    });
  },
};
