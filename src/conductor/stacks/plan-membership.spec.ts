import { describe, expect, it } from '@jest/globals';
import type { NodePhase } from '../../domain/node-phase.js';
import { membersOf, planMembership, type MemberNode, type MembershipStack } from './plan-membership.js';

const node = (memberIndex: number, phase: NodePhase = 'ready', serverId: string | null = `server-${memberIndex}`): MemberNode => ({
  nodeGroupId: 'workers',
  memberIndex,
  name: `node-${memberIndex}`,
  phase,
  serverId,
});
const member = (index: number, serverId: string | null = `server-${index}`): { index: number; nodeName: string; serverId: string | null } => ({
  index,
  nodeName: `node-${index}`,
  serverId,
});
const stack = (status: string): MembershipStack => ({ id: 'stack', name: 'jb-group', status, statusReason: 'somebody stumbled' });
const published = (...members: ReturnType<typeof member>[]): { stackId: string; members: typeof members } => ({ stackId: 'stack', members });

describe('membersOf', () => {
  it('takes every node of the group until its removal begins, in the order of their numbers', () => {
    const nodes = [node(4), node(2, 'planned', null), node(3, 'deleting'), node(1, 'gone'), { ...node(0), nodeGroupId: 'others' }, node(5, 'failed')];
    expect(membersOf(nodes, 'workers')).toEqual([member(2, null), member(4), member(5)]);
  });
});

describe('planMembership', () => {
  it.each([
    { when: 'the stack was never told and there is nobody', wanted: [], shown: null, status: 'CREATE_COMPLETE', then: 'published' },
    { when: 'the stack was never told of its members', wanted: [member(0)], shown: null, status: 'CREATE_COMPLETE', then: 'send' },
    { when: 'it shows the members', wanted: [member(0)], shown: published(member(0)), status: 'UPDATE_COMPLETE', then: 'published' },
    { when: 'a member has got its server', wanted: [member(0)], shown: published(member(0, null)), status: 'UPDATE_COMPLETE', then: 'send' },
    { when: 'a member has left', wanted: [member(1)], shown: published(member(0), member(1)), status: 'UPDATE_COMPLETE', then: 'send' },
    { when: 'another member has come in its place', wanted: [member(1)], shown: published(member(0)), status: 'UPDATE_COMPLETE', then: 'send' },
    { when: 'the update is under way', wanted: [member(0)], shown: published(member(0)), status: 'UPDATE_IN_PROGRESS', then: 'wait' },
    { when: 'an older update is under way', wanted: [member(1)], shown: published(member(0)), status: 'UPDATE_IN_PROGRESS', then: 'wait' },
    { when: 'the update failed', wanted: [member(0)], shown: published(member(0)), status: 'UPDATE_FAILED', then: 'send' },
    { when: 'the stack was never made', wanted: [member(0)], shown: null, status: 'CREATE_FAILED', then: 'wait' },
    { when: 'the stack is on its way out', wanted: [member(0)], shown: null, status: 'DELETE_IN_PROGRESS', then: 'wait' },
  ])('answers $then when $when', ({ wanted, shown, status, then }) => {
    expect(planMembership(wanted, shown, stack(status)).kind).toBe(then);
  });

  it('tells a stack that took the place of the one that was told', () => {
    const shown = { stackId: 'the stack before', members: [member(0)] };
    expect(planMembership([member(0)], shown, stack('CREATE_COMPLETE'))).toEqual({ kind: 'send', because: '1 members instead of 0, or other servers' });
  });

  it('says why an update is sent again', () => {
    expect(planMembership([], null, stack('UPDATE_FAILED'))).toEqual({ kind: 'send', because: 'the last update failed: somebody stumbled' });
  });

  it('waits for a stack that is not there', () => {
    expect(planMembership([], null, undefined)).toEqual({ kind: 'wait', for: "the node group's stack, which is not there" });
  });
});
