import { describe, expect, it } from '@jest/globals';
import { canBecome, initialClusterStatus, type ClusterStatus } from './cluster-status.js';
import { operationEffects, type OperationEffect } from './operation-effects.js';
import { hasEnded, isActive, operationKinds, type OperationKind, type OperationState } from './operation-state.js';

/**
 * A cluster with its operations, as the rules of the API and of the engine move them. `operations`: newest last; of those
 * that have ended only the last one is kept, the others have no say any more.
 */
interface World {
  readonly status: ClusterStatus;
  readonly operations: readonly { readonly kind: OperationKind; readonly state: OperationState }[];
}

type Effects = Readonly<Record<OperationKind, OperationEffect>>;
type Mover = 'person' | 'engine';
interface Event {
  readonly by: Mover;
  readonly next: World;
}

const birth: World = { status: initialClusterStatus, operations: [{ kind: 'cluster-create', state: 'queued' }] };

/** Whether `kind` would be taken up beside what is there: one queued of a kind, and nothing after a delete. */
const isFree = ({ operations }: World, kind: OperationKind): boolean =>
  !operations.some((operation) => !hasEnded(operation.state) && (operation.kind === 'cluster-delete' || (operation.kind === kind && operation.state === 'queued')));

function eventsOf(effects: Effects, world: World): Event[] {
  const { status, operations } = world;
  const replace = (at: number, state: OperationState): World['operations'] => operations.map((operation, index) => (index === at ? { ...operation, state } : operation));
  const settle = (next: World): World => ({ ...next, operations: next.operations.filter(({ state }, index) => !hasEnded(state) || index === next.operations.length - 1) });
  const deleteIsDue = operations.some(({ kind, state }) => kind === 'cluster-delete' && !hasEnded(state));

  const requests = operationKinds
    .filter((kind) => effects[kind].acceptedIn.includes(status) && isFree(world, kind))
    .map((kind): Event => ({ by: 'person', next: settle({ status: effects[kind].underWay, operations: [...operations, { kind, state: 'queued' }] }) }));

  const moves = operations.flatMap(({ kind, state }, at): Event[] => {
    const effect = effects[kind];
    // What a delete has overtaken does not write the cluster's status any more.
    const write = (wanted: ClusterStatus): ClusterStatus => (deleteIsDue && kind !== 'cluster-delete' ? status : wanted);
    const engine = (to: OperationState, wanted: ClusterStatus): Event => ({ by: 'engine', next: settle({ status: write(wanted), operations: replace(at, to) }) });
    switch (state) {
      case 'queued':
        if (deleteIsDue && kind !== 'cluster-delete') return [engine('superseded', status)];
        if (operations.some((other) => isActive(other.state))) return [];
        // A delete that starts ends whatever waits before or behind it.
        return kind === 'cluster-delete' ? [{ by: 'engine', next: { status, operations: [{ kind, state: 'running' }] } }] : [engine('running', status)];
      case 'running':
      case 'waiting':
        if (deleteIsDue && kind !== 'cluster-delete') return [engine('superseded', status), engine('succeeded', status), engine('failed', status)];
        return [engine(state === 'running' ? 'waiting' : 'running', status), engine('succeeded', effect.succeeded), engine('failed', effect.failed)];
      case 'failed':
        return at === operations.length - 1 ? [{ by: 'person', next: settle({ status: effect.underWay, operations: replace(at, 'queued') }) }] : [];
      case 'paused':
      case 'succeeded':
      case 'cancelled':
      case 'superseded':
        return [];
    }
  });
  return [...requests, ...moves];
}

const keyOf = (world: World): string => JSON.stringify(world);

function explore(effects: Effects, from: World, by: readonly Mover[] = ['person', 'engine']): World[] {
  const seen = new Map([[keyOf(from), from]]);
  for (const world of seen.values()) {
    for (const event of eventsOf(effects, world)) if (by.includes(event.by) && !seen.has(keyOf(event.next))) seen.set(keyOf(event.next), event.next);
  }
  return [...seen.values()];
}

const isGone = ({ status, operations }: World): boolean => status === 'DELETE_COMPLETE' && operations.every(({ state }) => hasEnded(state));
const isAtRest = ({ status, operations }: World): boolean => !status.endsWith('_IN_PROGRESS') && operations.every(({ state }) => hasEnded(state));

function findings(effects: Effects): string[] {
  return explore(effects, birth).flatMap((world) => {
    const text = keyOf(world);
    const events = eventsOf(effects, world);
    const illegal = events.filter(({ next }) => next.status !== world.status && !canBecome(world.status, next.status));
    const driven = world.operations.some(({ kind, state }) => !hasEnded(state) && effects[kind].underWay === world.status);
    return [
      ...illegal.map(({ next }) => `${text}: the table of statuses does not know ${world.status} → ${next.status}`),
      ...(world.status.endsWith('_IN_PROGRESS') && !driven ? [`${text}: nothing drives ${world.status}`] : []),
      ...(events.length === 0 && !isGone(world) ? [`${text}: no way out`] : []),
      ...(explore(effects, world).some(isGone) ? [] : [`${text}: it can never be deleted`]),
      ...(explore(effects, world, ['engine']).some(isAtRest) ? [] : [`${text}: it does not come to rest by itself`]),
    ];
  });
}

describe('clusters and their operations, walked together', () => {
  it('never stand without somebody to drive them, a way out, and a way to the end', () => {
    expect(findings(operationEffects)).toEqual([]);
  });

  it('are many enough for that to mean something', () => {
    const worlds = explore(operationEffects, birth);
    expect(new Set(worlds.map(({ status }) => status))).toEqual(
      new Set(['CREATE_IN_PROGRESS', 'CREATE_COMPLETE', 'CREATE_FAILED', 'DELETE_IN_PROGRESS', 'DELETE_COMPLETE', 'DELETE_FAILED']),
    );
    expect(worlds.some(({ operations }) => operations.length > 1)).toBe(true);
  });

  it.each([
    { flaw: 'a delete that is never accepted', kind: 'cluster-delete' as const, change: { acceptedIn: [] }, found: /no way out(.|\n)*never be deleted/ },
    { flaw: 'a failure that leaves the cluster in progress', kind: 'cluster-create' as const, change: { failed: 'CREATE_IN_PROGRESS' as const }, found: /nothing drives/ },
    { flaw: 'a status that may not follow', kind: 'cluster-create' as const, change: { succeeded: 'UPDATE_COMPLETE' as const }, found: /does not know/ },
  ])('show $flaw', ({ kind, change, found }) => {
    const flawed = { ...operationEffects, [kind]: { ...operationEffects[kind], ...change } };
    expect(findings(flawed).join('\n')).toMatch(found);
  });
});
