import { setTimeout as pause } from 'node:timers/promises';
import { putServerIntoError } from '../../support/cloud-session.js';
import type { Job, JobSurroundings } from './job.js';
import { sufferThrough } from './fault.js';

/** Nova says of a machine that it is in an error, as after the loss of its hypervisor's disk. */
export const serverInError: Job = {
  name: 'a server in ERROR in mid-create',
  run: (surroundings) =>
    sufferThrough(surroundings, {
      name: 'broken',
      workers: 1,
      mayComplete: false,
      failure: /broken-default-worker-\w+: .*(is in ERROR|Went to status ERROR).*retry/s,
      strike: async () => breakServer(surroundings, /-worker-/),
    }),
};

async function breakServer({ lab, tenant }: JobSurroundings, called: RegExp): Promise<void> {
  const giveUpAt = Date.now() + 180_000;
  for (;;) {
    const { servers } = await tenant.overseer.get<{ servers: { id: string; name: string; status: string }[] }>('compute', '/servers/detail');
    const victim = servers.find(({ name }) => called.test(name));
    if (victim?.status === 'ACTIVE') {
      return putServerIntoError(lab.admin, victim.id);
    }
    if (Date.now() > giveUpAt) throw new Error('Waited in vain for a server to break.');
    await pause(50);
  }
}
