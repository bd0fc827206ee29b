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

/** Kinds with the same effects behave alike: two of each sort show everything, and the walk stays short. */
function kindsToWalk(effects: Effects): OperationKind[] {
  const sorts = new Map<string, OperationKind[]>();
  for (const kind of operationKinds) {
    const sort = JSON.stringify(effects[kind]);
    sorts.set(sort, [...(sorts.get(sort) ?? []), kind].slice(0, 2));
  }
  return [...sorts.values()].flat();
}

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

  // A new one takes the place of a paused one of its kind.
  const others = (kind: OperationKind): World['operations'] => operations.filter((operation) => operation.kind !== kind || operation.state !== 'paused');
  const requests = kindsToWalk(effects)
    .filter((kind) => effects[kind].acceptedIn.includes(status) && isFree(world, kind))
    .map((kind): Event => ({ by: 'person', next: settle({ status: effects[kind].underWay, operations: [...others(kind), { kind, state: 'queued' }] }) }));

  const moves = operations.flatMap(({ kind, state }, at): Event[] => {
    const effect = effects[kind];
    // What a delete has overtaken does not write the cluster's status any more.
    const write = (wanted: ClusterStatus): ClusterStatus => (deleteIsDue && kind !== 'cluster-delete' ? status : wanted);
    const change = (by: Mover, to: OperationState, wanted: ClusterStatus): Event => ({ by, next: settle({ status: write(wanted), operations: replace(at, to) }) });
    const engine = (to: OperationState, wanted: ClusterStatus): Event => change('engine', to, wanted);
    // Another one that holds the cluster, or is to follow at once, keeps it in progress.
    const after = (wanted: ClusterStatus): ClusterStatus => (operations.some((other, index) => index !== at && (other.state === 'queued' || isActive(other.state))) ? status : wanted);
    const stops = [
      ...(effect.paused === null ? [] : [change(state === 'queued' ? 'person' : 'engine', 'paused', after(effect.paused))]),
      ...(effect.cancelled === null ? [] : [change('person', 'cancelled', after(effect.cancelled))]),
    ];
    switch (state) {
      case 'queued':
        if (deleteIsDue && kind !== 'cluster-delete') return [engine('superseded', status)];
        if (operations.some((other) => isActive(other.state))) return [];
        // A delete that starts ends whatever waits before or behind it.
        return kind === 'cluster-delete' ? [{ by: 'engine', next: { status, operations: [{ kind, state: 'running' }] } }] : [engine('running', effect.underWay), ...stops];
      case 'running':
      case 'waiting':
        if (deleteIsDue && kind !== 'cluster-delete') return [engine('superseded', status), engine('succeeded', status), engine('failed', status)];
        return [engine(state === 'running' ? 'waiting' : 'running', status), engine('succeeded', after(effect.succeeded)), engine('failed', after(effect.failed)), ...stops];
      case 'failed':
        return at === operations.length - 1
          ? [
              { by: 'person', next: settle({ status: effect.underWay, operations: replace(at, 'queued') }) },
              ...(effect.cancelled === null ? [] : [{ by: 'person' as const, next: settle({ status: after(effect.cancelled), operations: replace(at, 'cancelled') }) }]),
            ]
          : [];
      case 'paused':
        if (deleteIsDue) return [engine('superseded', status)];
        return isFree(world, kind) ? [change('person', 'queued', effect.underWay), ...(effect.cancelled === null ? [] : [change('person', 'cancelled', after(status === effect.paused ? effect.cancelled : status))])] : [];
      case 'succeeded':
      case 'cancelled':
      case 'superseded':
        return [];
    }
  });
  return [...requests, ...moves];
}

const keyOf = (world: World): string => JSON.stringify(world);

type Graph = ReadonlyMap<string, { readonly world: World; readonly events: readonly Event[] }>;

function explore(effects: Effects, from: World): Graph {
  const graph = new Map([[keyOf(from), { world: from, events: eventsOf(effects, from) }]]);
  for (const { events } of graph.values()) {
    for (const { next } of events) if (!graph.has(keyOf(next))) graph.set(keyOf(next), { world: next, events: eventsOf(effects, next) });
  }
  return graph;
}

/** Keys of the worlds from which some fitting one can be reached by those movers: walked backwards from these. */
function leadingTo(graph: Graph, fits: (world: World) => boolean, by: readonly Mover[]): ReadonlySet<string> {
  const before = new Map<string, string[]>();
  for (const [key, { events }] of graph) {
    for (const { by: mover, next } of events) if (by.includes(mover)) before.set(keyOf(next), [...(before.get(keyOf(next)) ?? []), key]);
  }
  const found = new Set([...graph].filter(([, { world }]) => fits(world)).map(([key]) => key));
  for (const key of found) for (const earlier of before.get(key) ?? []) found.add(earlier);
  return found;
}

const isGone = ({ status, operations }: World): boolean => status === 'DELETE_COMPLETE' && operations.every(({ state }) => hasEnded(state));
const isAtRest = ({ status, operations }: World): boolean => !status.endsWith('_IN_PROGRESS') && operations.every(({ state }) => hasEnded(state) || state === 'paused');

function findings(effects: Effects): string[] {
  const graph = explore(effects, birth);
  const endable = leadingTo(graph, isGone, ['person', 'engine']);
  const restful = leadingTo(graph, isAtRest, ['engine']);
  return [...graph].flatMap(([text, { world, events }]) => {
    const illegal = events.filter(({ next }) => next.status !== world.status && !canBecome(world.status, next.status));
    const driven = world.operations.some(({ kind, state }) => !hasEnded(state) && effects[kind].underWay === world.status);
    return [
      ...illegal.map(({ next }) => `${text}: the table of statuses does not know ${world.status} → ${next.status}`),
      ...(world.status.endsWith('_IN_PROGRESS') && !driven ? [`${text}: nothing drives ${world.status}`] : []),
      ...(events.length === 0 && !isGone(world) ? [`${text}: no way out`] : []),
      ...(endable.has(text) ? [] : [`${text}: it can never be deleted`]),
      ...(restful.has(text) ? [] : [`${text}: it does not come to rest by itself`]),
    ];
  });
}

describe('clusters and their operations, walked together', () => {
  it('never stand without somebody to drive them, a way out, and a way to the end', () => {
    expect(findings(operationEffects)).toEqual([]);
  });

  it('are many enough for that to mean something', () => {
    const worlds = [...explore(operationEffects, birth).values()].map(({ world }) => world);
    const shown = operationKinds.flatMap((kind) => [operationEffects[kind].underWay, operationEffects[kind].succeeded, operationEffects[kind].failed]);
    expect(new Set(worlds.map(({ status }) => status))).toEqual(new Set(shown));
    expect(worlds.some(({ operations }) => operations.length > 1)).toBe(true);
  });

  it.each([
    { flaw: 'a delete that is never accepted', kind: 'cluster-delete' as const, change: { acceptedIn: [] }, found: /never be deleted/ },
    { flaw: 'a failure that leaves the cluster in progress', kind: 'cluster-create' as const, change: { failed: 'CREATE_IN_PROGRESS' as const }, found: /nothing drives/ },
    { flaw: 'a status that may not follow', kind: 'cluster-create' as const, change: { succeeded: 'UPDATE_COMPLETE' as const }, found: /does not know/ },
  ])('show $flaw', ({ kind, change, found }) => {
    const flawed = { ...operationEffects, [kind]: { ...operationEffects[kind], ...change } };
    expect(findings(flawed).join('\n')).toMatch(found);
  });
});
