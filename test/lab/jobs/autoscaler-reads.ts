import { findMinions, HeatReader, readAsHealer, readInstances } from '../../support/heat-readers.js';
import type { Person } from '../tenant.js';
import { liveThrough } from './cluster-life.js';
import type { Job } from './job.js';

const newest = { 'OpenStack-API-Version': 'container-infra latest' };

interface Group {
  readonly uuid: string;
  readonly name: string;
  readonly role: string;
  readonly stack_id: string;
}

/** What cluster-autoscaler's magnum provider and magnum-auto-healer read in Heat, with the token of an ordinary person. */
export const autoscalerReads: Job = {
  name: 'autoscaler reads Heat, 1+2',
  run: (surroundings) => {
    const { person, timed } = surroundings;
    return liveThrough(surroundings, {
      name: 'read',
      workers: 2,
      check: async (nodes, clusterId) => {
        const before = await serversOf(person);
        await timed('Heat shows the members', async () => {
          const workers = nodes.filter(({ role }) => role === 'worker').map(({ server_id: id }) => id);
          await mustShow(person, clusterId, workers);
        });
        const after = await serversOf(person);
        if (before.join() !== after.join()) throw new Error(`servers changed while they were read: ${before.join()} became ${after.join()}`);
      },
    });
  },
};

async function mustShow(person: Person, clusterId: string, servers: readonly string[]): Promise<void> {
  const heat = new HeatReader(person.session);
  const { nodegroups } = await person.session.get<{ nodegroups: Group[] }>('container-infra', `/clusters/${clusterId}/nodegroups`, newest);
  const listed = nodegroups.find(({ role }) => role === 'worker');
  if (!listed) throw new Error('there is no group of workers');
  const group = await person.session.get<Group>('container-infra', `/clusters/${clusterId}/nodegroups/${listed.uuid}`, newest);
  const minions = await findMinions(heat, group.stack_id);
  const instances = await readInstances(heat, group.uuid, minions);
  const expected = servers.map((id) => `openstack:///${id} running`).sort();
  const seen = instances.map(({ id, state }) => `${id} ${state}`).sort();
  if (seen.join() !== expected.join()) throw new Error(`the autoscaler sees ${seen.join()} instead of ${expected.join()}`);
  const entries = await heat.resourcesById(minions.id);
  if (entries.length !== servers.length) throw new Error(`${entries.length} entries for ${servers.length} servers`);
  const { stack_id: stackId } = await person.session.get<{ stack_id: string }>('container-infra', `/clusters/${clusterId}`, newest);
  const healer = await readAsHealer(heat, stackId);
  if (!healer.status.endsWith('_COMPLETE')) throw new Error(`the auto-healer finds stack ${healer.name} ${healer.status}`);
}

/** Id and status of every server of the project. */
async function serversOf({ session }: Person): Promise<string[]> {
  const { servers } = await session.get<{ servers: { id: string; status: string }[] }>('compute', '/servers/detail');
  return servers.map(({ id, status }) => `${id} ${status}`).sort();
}
