import { describe, expect, it } from '@jest/globals';
import { canBecome, clusterStatuses, initialClusterStatus } from './cluster-status.js';
import { initialNodePhase, nodeCanBecome, nodePhases } from './node-phase.js';
import { canMove, initialOperationState, operationStates } from './operation-state.js';

interface StateTable {
  readonly of: string;
  readonly states: readonly string[];
  readonly initial: string;
  readonly terminal: readonly string[];
  readonly successors: (state: string) => readonly string[];
}

const table = <State extends string>(
  of: string,
  states: readonly State[],
  initial: State,
  terminal: readonly State[],
  allows: (from: State, to: State) => boolean,
): StateTable => ({
  of,
  states,
  initial,
  terminal,
  successors: (state) => states.filter((next) => states.some((from) => from === state && allows(from, next))),
});

const tables = [
  table('clusters and node groups', clusterStatuses, initialClusterStatus, ['DELETE_COMPLETE'], canBecome),
  table('nodes', nodePhases, initialNodePhase, ['gone'], nodeCanBecome),
  table('operations', operationStates, initialOperationState, ['succeeded', 'cancelled', 'superseded'], canMove),
];

/** Everything that can come of a state, the state itself included. */
function reachableFrom(start: string, successors: StateTable['successors']): Set<string> {
  const seen = new Set([start]);
  for (const state of seen) for (const next of successors(state)) seen.add(next);
  return seen;
}

describe.each(tables)('the states of $of', ({ states, initial, terminal, successors }) => {
  it('are all reachable', () => {
    expect([...reachableFrom(initial, successors)].sort()).toEqual([...states].sort());
  });

  it('have an exit each, unless they are terminal', () => {
    expect(states.filter((state) => successors(state).every((next) => next === state)).sort()).toEqual([...terminal].sort());
  });

  it('can all come to an end', () => {
    const endless = states.filter((state) => ![...reachableFrom(state, successors)].some((reached) => terminal.includes(reached)));
    expect(endless).toEqual([]);
  });
});

describe('the walk itself', () => {
  const trap: Record<string, string[]> = { a: ['b', 'c'], b: ['d'], c: ['c'], d: [] };

  it('finds a state that only leads to itself, and one that nothing leads to', () => {
    const successors = (state: string): string[] => trap[state] ?? [];
    expect([...reachableFrom('c', successors)]).toEqual(['c']);
    expect([...reachableFrom('b', successors)]).toEqual(['b', 'd']);
    expect(reachableFrom('a', successors).size).toBe(4);
  });
});
