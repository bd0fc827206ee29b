import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { ControlPlanePlan } from './control-plane-action.js';
import { planControlPlane } from './plan-control-plane.js';
import { PlaneModel, type ModelSlot } from './plane-model.js';

interface Run {
  readonly end: ControlPlanePlan;
  /** Kinds of what was done, in order. */
  readonly steps: readonly string[];
}

const stepsMax = 400;

/** Follows the planner until it is done, halted, or waits for something that never comes; looks at the invariants at every step. */
function follow(model: PlaneModel, { mayBreakQuorum = false }: { mayBreakQuorum?: boolean } = {}): Run {
  const steps: string[] = [];
  let waits = 0;
  for (let count = 0; count < stepsMax; count++) {
    const hadQuorum = model.hasQuorum();
    const wasAlone = model.voters === 1;
    const plan = planControlPlane(model.view);
    if (plan.kind === 'done' || plan.kind === 'halted') return { end: plan, steps };
    if (plan.kind === 'act') {
      expect(plan.because).not.toBe('');
      model.do(plan.action);
      steps.push(plan.action.kind);
      waits = 0;
    } else if ((waits += 1) > 5) return { end: plan, steps };
    model.pass();
    if (hadQuorum && !wasAlone && !mayBreakQuorum) expect(model.hasQuorum()).toBe(true);
    expect(slotsInMotion(model).length).toBeLessThanOrEqual(1);
  }
  throw new Error(`no end after ${stepsMax} steps: ${steps.slice(-20).join(', ')}`);
}

/** What our own hands are on: dead machines that nobody has touched yet do not count. */
const slotsInMotion = ({ slots }: PlaneModel): ModelSlot[] =>
  slots.filter(({ stack, node, isQuarantined }) => !isQuarantined && (stack !== 'complete' || node === null || !['ready', 'failed'].includes(node.phase)));

const outdate = (model: PlaneModel): void => {
  for (const { node } of model.slots) if (node && node.revision < 2) node.replaceBecause = 'it is outdated: flavor';
};

describe('planControlPlane', () => {
  it('leaves alone what is as it should be', () => {
    expect(follow(new PlaneModel({ slots: 3, hasVolumes: true }))).toEqual({ end: { kind: 'done' }, steps: [] });
  });

  it('grows slot by slot, and each counts before the next begins', () => {
    const model = new PlaneModel({ slots: 1, hasVolumes: true });
    model.desired = 3;
    const one = ['add-slot', 'build-slot', 'draw-node', 'start-node', 'admit-node'];
    expect(follow(model)).toEqual({ end: { kind: 'done' }, steps: [...one, ...one] });
    expect(model.voters).toBe(3);
  });

  it('shrinks from the newest slot on: balancer, lead, member, machine, slot', () => {
    const model = new PlaneModel({ slots: 3, hasVolumes: true });
    model.desired = 1;
    model.leaderId = model.members[2]?.id ?? null;
    const run = follow(model);
    const leave = ['drain-node', 'drain-node', 'switch-pool'];
    const end = ['remove-member', 'delete-node', 'delete-slot', 'forget-nodes'];
    expect(run).toEqual({ end: { kind: 'done' }, steps: ['leave-slot', ...leave, 'move-leader', ...end, 'leave-slot', ...leave, ...end] });
    expect(model.slots.map(({ index }) => index)).toEqual([0]);
  });

  it('lets a broken slot go first when one is to go', () => {
    const model = new PlaneModel({ slots: 3, hasVolumes: true });
    model.kill(model.slot(1), { fenceable: true });
    model.desired = 2;
    expect(follow(model).end).toEqual({ kind: 'done' });
    expect(model.slots.map(({ index }) => index)).toEqual([0, 2]);
  });

  it('never gives a number twice', () => {
    const model = new PlaneModel({ slots: 3, hasVolumes: true });
    model.desired = 1;
    follow(model);
    model.desired = 3;
    follow(model);
    expect(model.slots.map(({ index }) => index)).toEqual([0, 3, 4]);
  });

  it('replaces every outdated node, the leader of etcd last, and takes the lead off it first', () => {
    const model = new PlaneModel({ slots: 3, hasVolumes: true });
    outdate(model);
    const { end, steps } = follow(model);
    expect(end).toEqual({ kind: 'done' });
    expect(model.slots.map(({ node }) => node?.revision)).toEqual([2, 2, 2]);
    expect(steps.slice(0, 10)).toEqual(['drain-node', 'drain-node', 'switch-pool', 'stop-server', 'delete-node', 'forget-nodes', 'draw-node', 'start-node', 'admit-node', 'switch-pool']);
    expect(steps.filter((step) => step === 'move-leader')).toHaveLength(1);
  });

  it('replaces the only node of a control plane that has a volume', () => {
    const model = new PlaneModel({ slots: 1, hasVolumes: true });
    outdate(model);
    expect(follow(model)).toEqual({ end: { kind: 'done' }, steps: ['drain-node', 'drain-node', 'stop-server', 'delete-node', 'draw-node', 'start-node', 'forget-nodes', 'admit-node'] });
  });

  it('does not touch the only node of a control plane without a volume', () => {
    const model = new PlaneModel({ slots: 1, hasVolumes: false });
    outdate(model);
    const { end, steps } = follow(model);
    expect(steps).toEqual([]);
    expect(end).toMatchObject({ kind: 'halted', because: expect.stringContaining('needs an etcd volume') as unknown });
  });

  it('replaces members where three have no volumes', () => {
    const model = new PlaneModel({ slots: 3, hasVolumes: false });
    outdate(model);
    const { end, steps } = follow(model);
    expect(end).toEqual({ kind: 'done' });
    expect(steps.filter((step) => step === 'remove-member')).toHaveLength(3);
    expect(model.voters).toBe(3);
  });

  it.each([
    ['image', 'there is no image i any more'],
    ['flavor', 'there is no flavor f any more'],
  ])('begins nothing when the %s is gone', (_, problem) => {
    const model = new PlaneModel({ slots: 3, hasVolumes: true });
    outdate(model);
    model.problems = [problem];
    expect(follow(model)).toMatchObject({ end: { kind: 'halted', because: expect.stringContaining(problem) as unknown }, steps: [] });
  });

  it('begins nothing while a member is not healthy', () => {
    const model = new PlaneModel({ slots: 3, hasVolumes: true });
    const node = model.slot(0).node;
    if (node) node.replaceBecause = 'it is outdated: flavor';
    model.kill(model.slot(2), { fenceable: true });
    expect(follow(model)).toMatchObject({ end: { kind: 'wait', for: expect.stringContaining('not healthy') as unknown }, steps: [] });
  });

  it('puts the node as it was back where the new one fails, and goes no further', () => {
    const model = new PlaneModel({ slots: 3, hasVolumes: true });
    outdate(model);
    model.slots.forEach((slot) => (slot.fallbackRevision = null));
    model.cursed.add(1);
    const slot = model.slot(1);
    model.leaderId = model.members[0]?.id ?? null;
    // The view knows what was there before as soon as the new one has failed.
    const pass = model.pass.bind(model);
    model.pass = () => {
      pass();
      if (slot.node?.phase === 'failed' && slot.node.standsInBecause === null) slot.fallbackRevision = 1;
    };
    const { end } = follow(model);
    expect(end).toMatchObject({ kind: 'halted', because: expect.stringContaining('runs there as before') as unknown });
    expect(model.slots.map(({ node }) => node?.revision)).toEqual([1, 1, 1]);
    expect(model.slots.every(({ node }) => node?.isReady)).toBe(true);
  });

  it('brings a dead machine that can be fenced back in its slot', () => {
    const model = new PlaneModel({ slots: 3, hasVolumes: true });
    const slot = model.slot(1);
    model.kill(slot, { fenceable: true });
    Object.assign(slot.node ?? {}, { replaceBecause: 'somebody wants it replaced', isDoomed: true });
    expect(follow(model).end).toEqual({ kind: 'done' });
    expect(model.slots.map(({ index }) => index)).toEqual([0, 1, 2]);
  });

  it('gives up the slot of a dead machine that nobody can fence', () => {
    const model = new PlaneModel({ slots: 3, hasVolumes: true });
    const slot = model.slot(1);
    model.kill(slot, { fenceable: false });
    Object.assign(slot.node ?? {}, { replaceBecause: 'somebody wants it replaced', isDoomed: true });
    expect(follow(model).end).toEqual({ kind: 'done' });
    expect(model.slots.map(({ index, isQuarantined }) => `${index}${isQuarantined ? ' in quarantine' : ''}`)).toEqual(['0', '1 in quarantine', '2', '3']);
    expect(slot.node?.server).toBe('running');
    expect(model.voters).toBe(3);
  });

  it('takes a slot out of quarantine when its machine is off at last', () => {
    const model = new PlaneModel({ slots: 3, hasVolumes: true });
    const slot = model.slot(1);
    model.kill(slot, { fenceable: false });
    Object.assign(slot.node ?? {}, { replaceBecause: 'somebody wants it replaced', isDoomed: true });
    follow(model);
    if (slot.node) slot.node.server = 'off';
    expect(follow(model).end).toEqual({ kind: 'done' });
    expect(model.slots.map(({ index }) => index)).toEqual([0, 2, 3]);
  });

  it('says that the only machine is not fenced, and takes nothing from it', () => {
    const model = new PlaneModel({ slots: 1, hasVolumes: true });
    const slot = model.slot(0);
    model.kill(slot, { fenceable: false });
    Object.assign(slot.node ?? {}, { replaceBecause: 'somebody wants it replaced', isDoomed: true });
    expect(follow(model).end).toMatchObject({ kind: 'halted', because: expect.stringContaining('not fenced') as unknown });
    expect(model.slots).toHaveLength(1);
  });

  it('lets nobody in while the members are too few to lose one', () => {
    const model = new PlaneModel({ slots: 3, hasVolumes: true });
    model.desired = 5;
    model.kill(model.slot(0), { fenceable: true });
    expect(follow(model)).toMatchObject({ end: { kind: 'wait' }, steps: [] });
  });

  it('never loses the quorum, works in one slot at a time, and ends as wanted', () => {
    const odd = fc.constantFrom(1, 3, 5);
    fc.assert(
      fc.property(
        fc.record({ from: odd, to: odd, hasVolumes: fc.boolean(), old: fc.array(fc.nat(4), { maxLength: 5 }), doomed: fc.array(fc.nat(4), { maxLength: 2 }), dead: fc.option(fc.record({ slot: fc.nat(4), fenceable: fc.boolean() })), leader: fc.nat(4) }),
        ({ from, to, hasVolumes, old, doomed, dead, leader }) => {
          const model = new PlaneModel({ slots: from, hasVolumes });
          model.desired = to;
          model.leaderId = model.members[leader % from]?.id ?? null;
          const nodeAt = (position: number) => model.slots[position % from]?.node;
          for (const position of old) Object.assign(nodeAt(position) ?? {}, { replaceBecause: 'it is outdated: image' });
          for (const position of doomed) Object.assign(nodeAt(position) ?? {}, { replaceBecause: 'somebody wants it replaced', isDoomed: true });
          if (dead && from > 1) {
            const slot = model.slots[dead.slot % from];
            if (slot) model.kill(slot, dead);
            Object.assign(slot?.node ?? {}, { replaceBecause: 'it is dead', isDoomed: true });
          }
          const { end } = follow(model);
          // What is lost with the last disk is said before anything is touched.
          const mayHalt = !hasVolumes && (from === 1 || to === 1) && (old.length > 0 || doomed.length > 0);
          if (mayHalt && end.kind === 'halted') expect(end.because).toContain('needs an etcd volume');
          else {
            expect(end).toEqual({ kind: 'done' });
            const used = model.slots.filter(({ isQuarantined }) => !isQuarantined);
            expect(used).toHaveLength(to);
            expect(used.every(({ node, pool }) => node?.isReady === true && node.replaceBecause === null && pool !== 'off')).toBe(true);
            expect(model.voters).toBe(to);
          }
        },
      ),
      { numRuns: 150 },
    );
  });
});
