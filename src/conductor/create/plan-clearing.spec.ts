import { describe, expect, it } from '@jest/globals';
import { planClearing, type ClearingNode, type ClearingStack } from './plan-clearing.js';

const stack = (name: string, status = 'CREATE_COMPLETE'): ClearingStack => ({ name, status, level: name.replace(/\d+$/, '') as 'node' });
const node = (id: string, phase: string, role = 'worker'): ClearingNode => ({ id, phase, role, stackName: `node${id}` });
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
    expect(planClearing([], [stack('infra', 'CREATE_FAILED')], false)).toEqual({ nodeIds: [], stackNames: ['infra'], resetSlots: false });
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

  it('clears nothing when nothing failed', () => {
    expect(planClearing([node('1', 'joined', 'control-plane'), node('2', 'booting')], stacks, true)).toEqual({
      nodeIds: [],
      stackNames: [],
      resetSlots: false,
    });
  });
});
