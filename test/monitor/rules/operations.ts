import type { Sample, Violation } from '../sample.js';
import { grouped } from './grouped.js';

/** Invariant 2: at most one running or waiting operation changes a cluster. */
export function judgeOperations({ database }: Sample): Violation[] {
  const active = database.operations.filter(({ state }) => state === 'running' || state === 'waiting');
  const crowded = [...grouped(active, ({ cluster }) => cluster)].filter(([, operations]) => operations.length > 1);
  return [
    ...crowded.map(([cluster, operations]) => ({
      invariant: 2 as const,
      rule: 'one-active-operation',
      subject: cluster,
      message: `cluster ${cluster} has ${operations.length} active operations: ${operations.map(({ kind, id, state }) => `${kind} ${id} (${state})`).join(', ')}`,
    })),
    // Two that are never active in the same sample would escape the eye; what forbids them must at least be in force.
    ...(database.guarded
      ? []
      : [{ invariant: 2 as const, rule: 'one-active-operation-guard', subject: 'operations', message: 'no valid unique index forbids a second active operation of a cluster' }]),
  ];
}
