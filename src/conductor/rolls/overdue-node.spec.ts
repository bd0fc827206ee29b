import { describe, expect, it } from '@jest/globals';
import { whyNeverReady, type ComingNode } from './overdue-node.js';

const bootDeadline = new Date('2026-01-01T00:10:00Z');
const late = new Date('2026-01-01T00:10:30Z');
const joined: ComingNode = { phase: 'joined', bootDeadline, conditions: [] };
const notReady = { type: 'Ready', status: 'False', reason: 'KubeletNotReady', message: 'no network', lastTransitionAt: null } as const;

describe('whyNeverReady', () => {
  it.each([
    { when: 'its kubelet says why', node: { ...joined, conditions: [notReady] }, then: /was not Ready 30 s after its boot deadline; KubeletNotReady: no network/ },
    { when: 'its kubelet is silent', node: joined, then: /its kubelet has not reported/ },
    { when: 'it is unknown', node: { ...joined, conditions: undefined }, then: /its cluster does not know it/ },
  ])('names the cause when $when', ({ node, then }) => {
    expect(whyNeverReady(node, late, 30)).toMatch(then);
  });

  it.each([
    { when: 'it has time left', node: joined, now: new Date(late.getTime() - 1) },
    { when: 'it still boots, which has a deadline of its own', node: { ...joined, phase: 'booting' as const }, now: late },
    { when: 'it is ready', node: { ...joined, phase: 'ready' as const }, now: late },
    { when: 'its server was never seen', node: { ...joined, bootDeadline: null }, now: late },
  ])('gives no node up when $when', ({ node, now }) => {
    expect(whyNeverReady(node, now, 30)).toBeUndefined();
  });
});
