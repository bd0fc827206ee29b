import type { Memory } from '../memory.js';
import type { OperationView, Sample, Violation } from '../sample.js';

/**
 * Invariant 8: during a roll of a group `ready ≥ desired − max_unavailable` and `existing ≤ desired + max_surge`. An
 * operation is a roll when its stored parameters hold both numbers; none of today's does. The floor is judged where it is
 * crossed downwards: a roll may begin with nodes that are not ready, to replace them.
 */
export function judgeRollLimits(memory: Memory, sample: Sample): Violation[] {
  const active = sample.database.operations.filter(({ state }) => state === 'running' || state === 'waiting');
  return active.flatMap((operation) => {
    const limits = rollLimits(operation);
    return limits ? sample.database.groups.filter(({ id }) => id === operation.group).flatMap((group) => judgeGroup(memory, sample, operation, { ...group, ...limits })) : [];
  });
}

function rollLimits({ input }: OperationView): { unavailable: number; surge: number } | undefined {
  const { max_unavailable: unavailable, max_surge: surge } = input;
  return typeof unavailable === 'number' && typeof surge === 'number' ? { unavailable, surge } : undefined;
}

function judgeGroup(memory: Memory, { cloud, database, kubernetes }: Sample, { kind, id: operation }: OperationView, group: { id: string; count: number; unavailable: number; surge: number }): Violation[] {
  const names = new Set(database.nodes.filter((node) => node.group === group.id).map(({ name }) => name));
  const existing = cloud.servers.filter(({ name }) => names.has(name)).length;
  const readyIn = (nodes: readonly { readonly name: string; readonly ready: boolean }[]): number => nodes.filter(({ name, ready }) => ready && names.has(name)).length;
  const now = kubernetes.find(({ nodes }) => nodes.some(({ name }) => names.has(name)));
  const before = now && memory.kubernetes.get(now.id);
  const floor = group.count - group.unavailable;
  const dropped = now !== undefined && before !== undefined && readyIn(before.nodes) >= floor && readyIn(now.nodes) < floor;
  const tooMany = existing > group.count + group.surge;
  const about = `during ${kind} ${operation} group ${group.id}`;
  return [
    ...(dropped ? [{ invariant: 8 as const, rule: 'roll-floor', subject: operation, message: `${about} has ${readyIn(now.nodes)} ready nodes, fewer than ${floor}` }] : []),
    ...(tooMany ? [{ invariant: 8 as const, rule: 'roll-ceiling', subject: operation, message: `${about} has ${existing} servers, more than ${group.count} + ${group.surge}` }] : []),
  ];
}
