import type { Memory } from '../memory.js';
import { clusterOfStack, clusterOfUser } from '../names.js';
import type { Sample, Violation } from '../sample.js';

/** A server that Heat has just made belongs to its stack's record a moment later; so long may that take (ms). */
const adoptionMs = 5_000;

/** Invariant 3: nothing of a deleted cluster is left or comes back, and no server stands outside the stacks. */
export function judgeLeaks(memory: Memory, { at, cloud, final }: Sample): Violation[] {
  // Deleted already when the database was read before this look at the cloud.
  const left = [
    ...cloud.stacks.map((stack) => ({ id: stack.id, what: `stack ${stack.name}`, cluster: clusterOfStack(stack) })),
    ...cloud.users.map(({ id, name }) => ({ id, what: `user ${name}`, cluster: clusterOfUser(name) })),
  ].filter(({ cluster }) => cluster !== undefined && memory.deleted.has(cluster));
  const outside = cloud.servers.filter(({ id }) => {
    const since = memory.outsideSince.get(id);
    return since !== undefined && at - since >= (final ? adoptionMs / 2 : adoptionMs);
  });
  return [
    ...left.map(({ id, what, cluster }) => ({
      invariant: 3 as const,
      rule: 'left-after-delete',
      subject: id,
      message: `${what} exists although cluster ${String(cluster)} is deleted`,
    })),
    ...outside
      .filter(({ stack_id }) => stack_id === null)
      .map(({ id, name }) => ({ invariant: 3 as const, rule: 'server-outside-stacks', subject: id, message: `server ${name} (${id}) belongs to no stack` })),
  ];
}
