import { describe, expect, it } from '@jest/globals';
import { nextToClear, planClearing, type ClearingNode, type ClearingStack } from './plan-clearing.js';

const stack = (name: string, status: string | null = 'CREATE_COMPLETE'): ClearingStack => ({ name, status, level: name.replace(/\d+$/, '') as 'node' });
const node = (id: string, phase: string, role = 'worker'): ClearingNode => ({ id, phase, role, stackName: `node${id}`, standsOn: role === 'worker' ? ['group1'] : ['group0', 'slot0'] });
const stacks = [stack('infra'), stack('group1'), stack('slot0'), stack('node1'), stack('node2')];

describe('planClearing', () => {
  it('takes a failed worker away and nothing else', () => {
    const clearing = planClearing([node('1', 'ready', 'control-plane'), node('2', 'failed')], stacks, true);
    expect(clearing).toEqual({ nodeIds: ['2'], stackNames: ['node2'], resetSlots: false });
  });

  it('starts all nodes and slots afresh when the cluster was not born', () => {
    const clearing = planClearing([node('1', 'failed', 'control-plane'), node('2', 'booting')], stacks, true);
    expect(clearing).toEqual({ nodeIds: ['1', '2'], stackNames: ['slot0', 'node1', 'node2'], resetSlots: true });
  });

  it('starts all nodes and slots afresh when a later control-plane node failed, whose etcd may be half a member', () => {
    const clearing = planClearing([node('1', 'joined', 'control-plane'), node('2', 'failed', 'control-plane')], stacks, true);
    expect(clearing).toEqual({ nodeIds: ['1', '2'], stackNames: ['slot0', 'node1', 'node2'], resetSlots: true });
  });

  it('leaves a group alone whose stack could only not show its members', () => {
    const shown = [stack('infra'), stack('group1', 'UPDATE_FAILED'), stack('node1')];
    expect(planClearing([node('1', 'ready', 'control-plane')], shown, true).stackNames).toEqual([]);
  });

  it('takes only the slot away that could not be made', () => {
    const failed = [stack('infra'), stack('slot0'), stack('slot1', 'CREATE_FAILED')];
    expect(planClearing([], failed, false)).toEqual({ nodeIds: [], stackNames: ['slot1'], resetSlots: false });
  });

  it('gives up a node whose stack failed although its row does not say so', () => {
    const failed = [stack('infra'), stack('slot0'), stack('node1'), stack('node2', 'CREATE_FAILED')];
    expect(planClearing([node('1', 'ready', 'control-plane'), node('2', 'building')], failed, true).nodeIds).toEqual(['2']);
  });

  it('removes a failed infra stack before there are nodes', () => {
    expect(planClearing([], [stack('infra', 'CREATE_FAILED')], false)).toEqual({ nodeIds: [], stackNames: ['infra'], resetSlots: true });
  });

  it('removes a stack that an earlier attempt asked for and that is still not made', () => {
    const stuck = [stack('infra'), stack('slot0', 'CREATE_IN_PROGRESS'), stack('group1')];
    expect(planClearing([], stuck, false)).toEqual({ nodeIds: [], stackNames: ['slot0'], resetSlots: false });
  });

  it('gives up a worker whose stack is still not made', () => {
    const stuck = [stack('infra'), stack('slot0'), stack('node1'), stack('node2', 'CREATE_IN_PROGRESS')];
    const clearing = planClearing([node('1', 'ready', 'control-plane'), node('2', 'building')], stuck, true);
    expect(clearing).toEqual({ nodeIds: ['2'], stackNames: ['node2'], resetSlots: false });
  });

  it('gives up a worker whose stack somebody deleted', () => {
    const clearing = planClearing([node('1', 'ready', 'control-plane'), node('2', 'booting')], [stack('infra'), stack('slot0'), stack('node1'), stack('node2', null)], true);
    expect(clearing).toEqual({ nodeIds: ['2'], stackNames: [], resetSlots: false });
  });

  it.each([null, 'DELETE_FAILED', 'DELETE_IN_PROGRESS'])('gives up the workers of a group whose stack is %p, because its security group goes with it', (status) => {
    const clearing = planClearing([node('1', 'ready', 'control-plane'), node('2', 'ready')], [stack('infra'), stack('slot0'), stack('group1', status), stack('node1'), stack('node2')], true);
    expect(clearing).toEqual({ nodeIds: ['2'], stackNames: status === null ? ['node2'] : ['group1', 'node2'], resetSlots: false });
  });

  it('starts all nodes and slots afresh when a slot was deleted under its node', () => {
    const clearing = planClearing([node('1', 'ready', 'control-plane'), node('2', 'ready')], [stack('infra'), stack('group1'), stack('slot0', null), stack('node1'), stack('node2')], true);
    expect(clearing).toEqual({ nodeIds: ['1', '2'], stackNames: ['node1', 'node2'], resetSlots: true });
  });

  it.each([null, 'DELETE_FAILED'])('takes everything away that stood on an infra stack that is %p', (status) => {
    const clearing = planClearing([node('1', 'ready', 'control-plane')], [stack('infra', status), stack('group1'), stack('slot0'), stack('node1')], true);
    expect(clearing.nodeIds).toEqual(['1']);
    expect(clearing.stackNames).toEqual(status === null ? ['group1', 'slot0', 'node1'] : ['infra', 'group1', 'slot0', 'node1']);
    expect(clearing.resetSlots).toBe(true);
  });

  it('clears nothing when nothing failed', () => {
    expect(planClearing([node('1', 'joined', 'control-plane'), node('2', 'booting')], stacks, true)).toEqual({
      nodeIds: [],
      stackNames: [],
      resetSlots: false,
    });
  });
});

describe('nextToClear', () => {
  it('takes nodes first, then what they stand on, and what everything stands on last', () => {
    const doomed = [stack('infra'), stack('group1'), stack('slot0'), stack('node1')];
    expect(nextToClear(doomed)).toEqual(['node1']);
    expect(nextToClear(doomed.slice(0, 3))).toEqual(['group1', 'slot0']);
    expect(nextToClear(doomed.slice(0, 1))).toEqual(['infra']);
    expect(nextToClear([])).toEqual([]);
  });
});
