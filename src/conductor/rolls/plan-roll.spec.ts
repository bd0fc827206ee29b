import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { planRoll, type RollLimits, type RollNode } from './plan-roll.js';

interface SimulatedNode extends Omit<RollNode, 'readySince' | 'createdAt'> {
  readonly bornAt: number;
  readonly readyAt: number;
  readonly goneAt: number;
}

interface Times {
  readonly boot: readonly number[];
  readonly drain: readonly number[];
}

const longest = (values: readonly number[]): number => Math.max(...values);
const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

interface Outcome {
  readonly seconds: number;
  readonly turns: number;
  readonly created: number;
  readonly violations: readonly string[];
}

/** Plays a roll from all outdated to all new: an event each time a boot or a drain ends, and the planner asked after each. */
function play(limits: RollLimits, times: Times, zones = 1): Outcome {
  let now = 0;
  let drawn = 0;
  let turns = 0;
  let created = 0;
  const violations: string[] = [];
  const pick = (values: readonly number[]): number => values[drawn++ % values.length] ?? 1;
  let nodes: SimulatedNode[] = Array.from({ length: limits.desired }, (_, index) => ({
    ...{ id: `old-${index}`, name: `old-${index}`, state: 'ready', isCurrent: false, goesBecause: null, isNew: false, hold: null, zone: `z${index % zones}` },
    ...{ bornAt: 0, readyAt: 0, goneAt: Infinity },
  }));
  for (;;) {
    nodes = nodes.filter(({ goneAt }) => goneAt > now).map((node) => (node.state === 'coming' && node.readyAt <= now ? { ...node, state: 'ready' } : node));
    turns += 1;
    const seen = nodes.map((node): RollNode => ({ ...node, createdAt: new Date(node.bornAt * 1000), readySince: node.state === 'ready' ? new Date(node.readyAt * 1000) : null }));
    const plan = planRoll(seen, limits, new Date(now * 1000));
    if (plan.kind === 'done') return { seconds: now, turns, created, violations };
    if (plan.kind === 'halt') throw new Error(plan.because);
    for (const action of plan.actions) {
      if (action.kind === 'create') {
        created += 1;
        const id = `new-${created}`;
        nodes.push({ id, name: id, state: 'coming', isCurrent: true, goesBecause: null, isNew: true, hold: null, zone: 'z0', bornAt: now, readyAt: now + pick(times.boot), goneAt: Infinity });
      } else {
        nodes = nodes.map((node) => (node.id === action.nodeId ? { ...node, state: 'leaving', goneAt: now + pick(times.drain) } : node));
      }
    }
    const ready = nodes.filter(({ state }) => state === 'ready').length;
    if (ready < limits.desired - limits.maxUnavailable) violations.push(`at ${now} s only ${ready} of ${limits.desired} are ready`);
    if (nodes.length > limits.desired + limits.maxSurge) violations.push(`at ${now} s there are ${nodes.length} nodes`);
    const ends = nodes.flatMap(({ state, readyAt, goneAt }) => [state === 'coming' ? readyAt : goneAt, state === 'ready' && readyAt > 0 ? readyAt + limits.soakSeconds : Infinity]);
    const next = Math.min(...ends.filter((end) => end > now));
    if (!Number.isFinite(next)) throw new Error(`stuck at ${now} s: ${plan.waitingFor}`);
    now = next;
  }
}

const limitsArbitrary = fc
  .record({ desired: fc.integer({ min: 1, max: 40 }), maxSurge: fc.integer({ min: 0, max: 12 }), maxUnavailable: fc.integer({ min: 0, max: 12 }), canary: fc.boolean(), soakSeconds: fc.integer({ min: 0, max: 60 }) })
  .filter(({ maxSurge, maxUnavailable }) => maxSurge + maxUnavailable > 0);
const seconds = fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 60 });

describe('a roll', () => {
  it('ends, replaces every node once, and keeps its limits at every moment', () => {
    fc.assert(
      fc.property(limitsArbitrary, fc.record({ boot: seconds, drain: seconds }), fc.integer({ min: 1, max: 3 }), (limits, times, zones) => {
        const outcome = play(limits, times, zones);
        expect(outcome.violations).toEqual([]);
        expect(outcome.created).toBe(limits.desired);
      }),
      { numRuns: 300 },
    );
  });

  it('takes no longer than the window makes it', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: 12 }), fc.record({ boot: seconds, drain: seconds }), (desired, window, times) => {
        const { seconds: taken } = play({ desired, maxSurge: window, maxUnavailable: 0, canary: false, soakSeconds: 0 }, times);
        // A window's places turn over in boot + drain; the last node to begin may be the slowest of all.
        const bound = (desired / window) * (longest(times.boot) + longest(times.drain)) + longest(times.boot) + longest(times.drain);
        expect(taken).toBeLessThanOrEqual(1.1 * bound);
      }),
      { numRuns: 200 },
    );
  });

  it('keeps every place of the window busy: 100 nodes, 10 at once, 120 s boots, 60 s drains', () => {
    const times = { boot: [120], drain: [60] };
    const { seconds: taken } = play({ desired: 100, maxSurge: 10, maxUnavailable: 0, canary: false, soakSeconds: 0 }, times);
    const lowerBound = (100 / 10) * (mean(times.boot) + mean(times.drain));
    expect(taken / lowerBound).toBeLessThanOrEqual(1.1);
  });

  it('makes the first node alone, and waits until it has proved good', () => {
    const limits = { desired: 5, maxSurge: 3, maxUnavailable: 0, canary: true, soakSeconds: 600 };
    const old = Array.from({ length: 5 }, (_, index) => nodeOf({ id: `old-${index}` }));
    expect(actionsOf(planRoll(old, limits, at(0)))).toEqual(['create']);
    const first = nodeOf({ id: 'new', isCurrent: true, readySince: at(0) });
    expect(actionsOf(planRoll([...old, first], limits, at(599)))).toEqual([]);
    expect(actionsOf(planRoll([...old, first], limits, at(600)))).toEqual(['create', 'create', 'retire']);
  });

  it('halts at a new node that is no good, and names it', () => {
    const plan = planRoll([nodeOf({ id: 'old' }), nodeOf({ id: 'new', isCurrent: true, state: 'failed' })], { ...one, maxSurge: 1 }, at(0));
    expect(plan).toEqual({ kind: 'halt', because: 'new node new is failed' });
  });

  it('leaves a node on hold alone and says so', () => {
    const plan = planRoll([nodeOf({ id: 'old', hold: 'payroll' }), nodeOf({ id: 'new', isCurrent: true, readySince: at(0) })], { ...one, maxSurge: 1 }, at(10));
    expect(plan).toEqual({ kind: 'go', actions: [], waitingFor: 'old is on hold (payroll)' });
  });

  it('takes outdated nodes that are not ready first: they cost nothing', () => {
    const nodes = [nodeOf({ id: 'good' }), nodeOf({ id: 'bad', state: 'unready' }), nodeOf({ id: 'new', isCurrent: true, readySince: at(0) })];
    const plan = planRoll(nodes, { desired: 2, maxSurge: 1, maxUnavailable: 0, canary: false, soakSeconds: 0 }, at(1));
    expect(plan).toMatchObject({ actions: [{ kind: 'retire', nodeId: 'bad', because: 'it is outdated and not ready' }] });
  });

  it('takes from each zone in turn', () => {
    const nodes = ['a', 'a', 'a', 'b', 'b', 'b'].map((zone, index) => nodeOf({ id: `${zone}${index}`, zone }));
    const plan = planRoll(nodes, { desired: 6, maxSurge: 0, maxUnavailable: 4, canary: false, soakSeconds: 0 }, at(0));
    expect(plan.kind === 'go' && plan.actions.map((action) => (action.kind === 'retire' ? action.nodeId[0] : '?'))).toEqual(['a', 'b', 'a', 'b']);
  });
});

const at = (second: number): Date => new Date(second * 1000);
const one: RollLimits = { desired: 1, maxSurge: 0, maxUnavailable: 0, canary: false, soakSeconds: 0 };
const nodeOf = (changes: Partial<RollNode> & { readonly id: string }): RollNode => ({
  ...{ name: changes.id, state: 'ready', isCurrent: false, goesBecause: null, isNew: changes.isCurrent === true, readySince: null, hold: null, zone: null, createdAt: at(0) },
  ...changes,
});
const actionsOf = (plan: ReturnType<typeof planRoll>): string[] => (plan.kind === 'go' ? plan.actions.map(({ kind }) => kind) : [plan.kind]);
