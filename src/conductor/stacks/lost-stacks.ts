import { groupStackName, infraStackName, slotStackName } from '../../domain/resource-names.js';
import type { StackSummary } from '../../openstack/heat/stack.js';

/** Rows whose stacks were made: what every node of a cluster stands on. A null stack id: not made yet. */
export interface StackBase {
  readonly cluster: { readonly id: string; readonly stackId: string | null };
  readonly groups: readonly { readonly id: string; readonly stackId: string | null }[];
  readonly slots: readonly { readonly index: number; readonly stackId: string | null }[];
}

/** The first stack that was made and is gone or on its way out, as a sentence; undefined when all are there. Pure. */
export function findLostStack({ cluster, groups, slots }: StackBase, stacks: ReadonlyMap<string, Pick<StackSummary, 'status'>>): string | undefined {
  const made = [
    { name: infraStackName(cluster.id), stackId: cluster.stackId },
    ...groups.map(({ id, stackId }) => ({ name: groupStackName(cluster.id, id), stackId })),
    ...slots.map(({ index, stackId }) => ({ name: slotStackName(cluster.id, index), stackId })),
  ].filter(({ stackId }) => stackId !== null);
  for (const { name } of made) {
    const status = stacks.get(name)?.status;
    if (status === undefined) return `Stack ${name} is gone, although we did not delete it`;
    if (status.startsWith('DELETE_')) return `Stack ${name} is ${status}, although we did not delete it`;
  }
  return undefined;
}
