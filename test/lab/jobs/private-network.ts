import { liveThrough } from './cluster-life.js';
import type { Job } from './job.js';

/** Reached through the operator's proxy, because nothing outside leads to its machines. */
export const privateNetwork: Job = {
  name: '1+2 without floating addresses',
  run: (surroundings) =>
    liveThrough(surroundings, {
      name: 'inner',
      workers: 2,
      cluster: { floating_ip_enabled: false },
      check: async (nodes) => {
        const outer = nodes.filter(({ floating_address: address }) => address !== null);
        if (outer.length > 0) throw new Error(`floating addresses that nobody asked for: ${outer.map(({ name }) => name).join(', ')}`);
        const { floatingips } = await surroundings.tenant.overseer.get<{ floatingips: unknown[] }>('network', `/v2.0/floatingips?project_id=${surroundings.tenant.projectId}`);
        if (floatingips.length > 0) throw new Error(`${floatingips.length} floating addresses are in the project`);
      },
    }),
};
