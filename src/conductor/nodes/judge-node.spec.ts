import { describe, expect, it } from '@jest/globals';
import { judgeNode, type JudgedNode, type SeenStack } from './judge-node.js';

const now = new Date('2026-01-01T00:10:00Z');
const complete = { status: 'CREATE_COMPLETE', statusReason: '' };
const building = { status: 'CREATE_IN_PROGRESS', statusReason: '' };
const base: JudgedNode = {
  name: 'n',
  phase: 'building',
  phaseReason: null,
  bootPhase: null,
  bootStatus: null,
  bootMessage: null,
  bootDeadline: null,
  serverId: null,
};
const booting: Partial<JudgedNode> = { phase: 'booting', serverId: 's', bootDeadline: new Date('2026-01-01T00:20:00Z') };

interface JudgementCase {
  readonly when: string;
  readonly node: Partial<JudgedNode>;
  readonly unasked: boolean;
  readonly stack: SeenStack | undefined;
  readonly serverTrouble?: string | undefined;
  readonly then: object;
}

describe('judgeNode', () => {
  it.each<JudgementCase>([
    { when: 'nothing was asked yet', node: { phase: 'planned' as const }, unasked: true, stack: undefined, then: { kind: 'start' } },
    { when: 'the conductor died before asking', node: {}, unasked: true, stack: undefined, then: { kind: 'start' } },
    { when: 'its stack vanished', node: {}, unasked: false, stack: undefined, then: { kind: 'failed', stackFailed: false } },
    { when: 'its stack is being deleted by somebody', node: {}, unasked: false, stack: { status: 'DELETE_IN_PROGRESS', statusReason: '' }, then: { kind: 'failed' } },
    { when: 'its stack is being built', node: {}, unasked: false, stack: building, then: { kind: 'unchanged', waitsFor: 'its stack, which is CREATE_IN_PROGRESS' } },
    { when: 'its stack failed', node: {}, unasked: false, stack: { status: 'CREATE_FAILED', statusReason: 'quota' }, then: { kind: 'failed', because: 'quota', stackFailed: true } },
    { when: 'its server is active', node: {}, unasked: false, stack: complete, then: { kind: 'booting' } },
    { when: 'it joined before its server was seen', node: { phase: 'joined' as const }, unasked: false, stack: complete, then: { kind: 'booting' } },
    { when: 'it joined', node: { phase: 'joined' as const, serverId: 's' }, unasked: false, stack: complete, then: { kind: 'unchanged', waitsFor: 'to be Ready' } },
    { when: 'it boots silently', node: booting, unasked: false, stack: complete, then: { kind: 'unchanged', waitsFor: 'to join (it has not called yet)' } },
    { when: 'it gave up', node: { ...booting, bootPhase: 'kubeadm', bootStatus: 'failed', bootMessage: 'bad token' }, unasked: false, stack: complete, then: { kind: 'failed', because: 'it gave up in phase kubeadm: bad token' } },
    { when: 'its time is over', node: { ...booting, bootDeadline: now }, unasked: false, stack: complete, then: { kind: 'failed', because: 'it did not join within 900 s of its server being active; it has not called yet' } },
    { when: 'its server broke while it boots', node: booting, unasked: false, stack: complete, serverTrouble: 'its server s is in ERROR: disk lost', then: { kind: 'failed', because: 'its server s is in ERROR: disk lost', stackFailed: false } },
    { when: 'it was failed by node-api', node: { ...booting, phase: 'failed' as const, phaseReason: 'claimed twice' }, unasked: false, stack: complete, then: { kind: 'failed', because: 'claimed twice' } },
    { when: 'it is ready and its stack vanished', node: { phase: 'ready' as const, serverId: 's' }, unasked: false, stack: undefined, then: { kind: 'failed' } },
    { when: 'it is ready and its server vanished', node: { phase: 'ready' as const, serverId: 's' }, unasked: false, stack: complete, serverTrouble: 'it is gone', then: { kind: 'failed', because: 'it is gone' } },
    { when: 'it is ready', node: { phase: 'ready' as const, serverId: 's' }, unasked: false, stack: complete, then: { kind: 'unchanged', waitsFor: null } },
  ])('when $when', ({ node, unasked, stack, serverTrouble, then }: JudgementCase) => {
    expect(judgeNode({ ...base, ...node }, unasked, stack, now, 900, serverTrouble)).toMatchObject(then);
  });
});
