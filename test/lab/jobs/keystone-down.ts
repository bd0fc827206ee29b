import { setTimeout as pause } from 'node:timers/promises';
import type { Job } from './job.js';
import { stackSeen, sufferThrough } from './fault.js';

const downForMs = 30_000;

/** Nobody can log in for half a minute: every service, Heat among them, fails in what it was doing or waits. */
export const keystoneDown: Job = {
  name: 'Keystone down for 30 s in mid-create',
  run: (surroundings) =>
    sufferThrough(surroundings, {
      name: 'locked',
      workers: 2,
      mayComplete: true,
      failure: /Stack jb-\S+ is CREATE_FAILED: .+ retry/s,
      strike: async () => {
        await stackSeen(surroundings, 'the stack of a slot', ({ stack_name: name }) => /-slot-/.test(name));
        await surroundings.lab.services.kill('keystone');
        await pause(downForMs);
        await surroundings.lab.services.bringBack();
      },
    }),
};
