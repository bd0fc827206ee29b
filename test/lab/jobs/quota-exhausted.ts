import type { Job } from './job.js';
import { stackSeen, sufferThrough } from './fault.js';

/** The project's quota shrinks after the create was accepted: Nova refuses the worker, and the reason says so. */
export const quotaExhausted: Job = {
  name: 'quota exhausted in mid-create',
  run: (surroundings) => {
    const { lab, tenant } = surroundings;
    const allow = (instances: number): Promise<unknown> =>
      lab.admin.must('compute', 'PUT', `/os-quota-sets/${tenant.projectId}`, { quota_set: { instances } });
    return sufferThrough(surroundings, {
      name: 'cramped',
      workers: 2,
      mayComplete: false,
      failure: /cramped-default-worker-\w+: .*server.*Quota exceeded for instances.*retry/s,
      strike: async () => {
        await stackSeen(surroundings, 'the stack of the network', ({ stack_name: name }) => /-infra$/.test(name));
        await allow(1);
      },
      lift: async () => {
        await allow(-1);
      },
    });
  },
};
