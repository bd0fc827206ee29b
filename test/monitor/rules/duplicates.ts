import type { Memory } from '../memory.js';
import { clusterOfStack } from '../names.js';
import type { Sample, Violation } from '../sample.js';
import { grouped } from './grouped.js';

/** Invariant 3: nothing of ours exists twice, whoever was killed when. */
export function judgeDuplicates(memory: Memory, { cloud, database }: Sample): Violation[] {
  const nodeNames = new Set(database.nodes.map(({ name }) => name));
  const servers = cloud.servers.filter(({ name, user_id }) => nodeNames.has(name) || memory.ourUsers.has(user_id));
  const stacks = cloud.stacks.filter((stack) => clusterOfStack(stack) !== undefined);
  return [...twice('server', servers), ...twice('stack', stacks)];
}

function twice(what: 'server' | 'stack', things: readonly { readonly id: string; readonly name: string; readonly project_id: string }[]): Violation[] {
  const sameName = [...grouped(things, ({ name, project_id }) => `${project_id}/${name}`)].filter(([, group]) => group.length > 1);
  return sameName.map(([subject, group]) => ({
    invariant: 3,
    rule: `duplicate-${what}`,
    subject,
    message: `${group.length} ${what}s have the name ${group[0]?.name ?? ''}: ${group.map(({ id }) => id).join(', ')}`,
  }));
}
