import { describe, expect, it } from '@jest/globals';
import { classifyPods, holdAnnotation, type DrainPolicy } from './classify-pods.js';
import type { Pod } from './pod.js';

const cordonedAt = new Date('2026-03-01T12:00:00Z');
const before = new Date('2026-03-01T11:00:00Z');
const after = new Date('2026-03-01T12:00:01Z');
const set = { kind: 'ReplicaSet', name: 'web', uid: 'rs' };
const agent = { kind: 'DaemonSet', name: 'agent', uid: 'ds' };
const anything = { key: null, operator: 'Exists', effect: null };

const podOf = (changes: Partial<Pod>): Pod => ({
  namespace: 'default',
  name: 'p',
  uid: 'u',
  phase: 'Running',
  controller: set,
  isMirror: false,
  endsAt: null,
  createdAt: before,
  hasLocalStorage: false,
  claims: [],
  tolerations: [],
  annotations: {},
  ...changes,
});

const verdict = (pod: Partial<Pod>, policy: Partial<DrainPolicy> = {}) =>
  classifyPods([podOf(pod)], { policy: { unmanagedPods: 'evict', localStorage: 'evict', ...policy }, cordonedAt, daemonSets: new Set(['ds']) })[0]?.verdict;

describe('what a drain does about a pod', () => {
  it.each<{ of: string; pod: Partial<Pod>; policy?: Partial<DrainPolicy>; kind: string }>([
    { of: 'a pod of a ReplicaSet', pod: {}, kind: 'evict' },
    { of: 'a mirror pod', pod: { isMirror: true, controller: { kind: 'Node', name: 'n', uid: 'n' } }, kind: 'stays' },
    { of: 'a pod that has succeeded', pod: { phase: 'Succeeded' }, kind: 'stays' },
    { of: 'a pod that has failed', pod: { phase: 'Failed' }, kind: 'stays' },
    { of: 'a pod of a DaemonSet', pod: { controller: agent }, kind: 'stays' },
    { of: 'a pod whose DaemonSet is gone', pod: { controller: { ...agent, uid: 'gone' } }, kind: 'evict' },
    { of: 'a pod whose DaemonSet is gone, to be kept', pod: { controller: { ...agent, uid: 'gone' } }, policy: { unmanagedPods: 'keep' }, kind: 'kept' },
    { of: 'a bare pod', pod: { controller: null }, kind: 'evict' },
    { of: 'a bare pod, to be kept', pod: { controller: null }, policy: { unmanagedPods: 'keep' }, kind: 'kept' },
    { of: 'a pod with an emptyDir', pod: { hasLocalStorage: true }, kind: 'evict' },
    { of: 'a pod with an emptyDir, to be kept', pod: { hasLocalStorage: true }, policy: { localStorage: 'keep' }, kind: 'kept' },
    { of: 'a pod that was asked already', pod: { endsAt: after, hasLocalStorage: true }, policy: { localStorage: 'keep' }, kind: 'ending' },
    { of: 'a pod on hold', pod: { annotations: { [holdAnnotation]: 'payroll runs until noon' } }, kind: 'held' },
    { of: 'a pod that tolerates everything, older than the cordon', pod: { tolerations: [anything] }, kind: 'evict' },
    { of: 'its successor that came back', pod: { tolerations: [anything], createdAt: after }, kind: 'stays' },
    { of: 'one that tolerates just the cordon', pod: { tolerations: [{ key: 'node.kubernetes.io/unschedulable', operator: 'Exists', effect: 'NoSchedule' }], createdAt: after }, kind: 'stays' },
    { of: 'one that tolerates something else', pod: { tolerations: [{ key: 'gpu', operator: 'Exists', effect: 'NoSchedule' }], createdAt: after }, kind: 'evict' },
    { of: 'one that only may stay, not come', pod: { tolerations: [{ ...anything, effect: 'NoExecute' }], createdAt: after }, kind: 'evict' },
  ])('$of: $kind', ({ pod, policy, kind }) => {
    expect(verdict(pod, policy)).toMatchObject({ kind });
  });

  it('says what the hold says', () => {
    expect(verdict({ annotations: { [holdAnnotation]: 'payroll runs until noon' } })).toEqual({ kind: 'held', because: 'payroll runs until noon' });
    expect(verdict({ annotations: { [holdAnnotation]: '' } })).toEqual({ kind: 'held', because: `annotation ${holdAnnotation}` });
  });
});
