import { describe, expect, it } from '@jest/globals';
import type { DrainPass } from '../../kubernetes/drain/drain-node.js';
import type { PodWait } from '../../kubernetes/drain/drain-progress.js';
import type { DrainedNode } from '../../kubernetes/drain/node-state.js';
import type { DrainSettings } from './drain-settings.js';
import { isForced, judgeDrain, nextLookMs, type DrainView } from './judge-drain.js';

const deadline = new Date('2026-03-01T12:15:00Z');
const before = new Date('2026-03-01T12:14:59Z');
const after = new Date('2026-03-01T12:15:00Z');
const node: DrainedNode = { name: 'n', resourceVersion: '1', ready: 'True', readySince: null, unschedulable: true, isClosedByUs: true, taints: [], hold: null };

function wait(kind: PodWait['kind'], endsAt?: Date): PodWait {
  const pod = {
    ...{ namespace: 'shop', name: kind, uid: kind, phase: 'Running', controller: null, isMirror: false, endsAt: null },
    ...{ createdAt: new Date(0), hasLocalStorage: false, claims: [], tolerations: [], annotations: {} },
  };
  return { pod, kind, because: `why ${kind}`, ...(endsAt && { endsAt }) };
}

const seen = (changes: Partial<DrainPass>, machine: Extract<DrainView, { kind: 'seen' }>['machine'] = 'alive'): DrainView => ({
  kind: 'seen',
  machine,
  pass: { node, waitingFor: [], retryAfterSeconds: null, attachedVolumes: [], clusterTime: after, ...changes },
});
const pods = (...waitingFor: PodWait[]): DrainView => seen({ waitingFor });
const unreachable: DrainView = { kind: 'unreachable', because: 'no route' };
const unfenced = { kind: 'not-fenced', because: 'not fenced: ACTIVE' } as const;
const onHold: DrainView = seen({ node: { ...node, hold: 'payroll' } });

describe('how a drain is judged', () => {
  const judge = (view: DrainView, policy: DrainSettings['policy'], now: Date) => judgeDrain(view, { policy, timeoutSeconds: 900 }, { now, deadline });

  it.each<{ of: string; view: DrainView; then: object }>([
    { of: 'an empty node', view: seen({}), then: { kind: 'drained', because: null } },
    { of: 'a node that the cluster does not know', view: seen({ node: undefined }), then: { kind: 'drained' } },
    { of: 'pods that go', view: pods(wait('going')), then: { kind: 'waiting', for: 'pod shop/going (why going)', isStuck: false } },
    { of: 'a pod that its budget keeps', view: pods(wait('blocked'), wait('going')), then: { kind: 'waiting', for: 'pod shop/blocked (why blocked), pod shop/going (why going)', isStuck: true } },
    { of: 'a pod that the policy keeps', view: pods(wait('kept')), then: { kind: 'waiting', isStuck: true } },
    { of: 'a held pod', view: pods(wait('held')), then: { kind: 'waiting', isStuck: true } },
    { of: 'a held node', view: onHold, then: { kind: 'waiting', for: 'the hold on it to be lifted (payroll)', isStuck: true } },
    { of: 'volumes that are still attached', view: seen({ attachedVolumes: ['pv-1'] }), then: { kind: 'waiting', for: 'volume pv-1 to be detached', isStuck: false } },
    { of: 'a cluster that nobody reaches', view: unreachable, then: { kind: 'waiting', for: "the cluster's API, which cannot be reached: no route" } },
    { of: 'a dead machine that is fenced', view: seen({ waitingFor: [wait('going')] }, { kind: 'gone', because: 'we stopped it' }), then: { kind: 'drained', because: 'we stopped it' } },
    { of: 'a dead machine that is not', view: seen({ waitingFor: [wait('going')] }, unfenced), then: { kind: 'waiting', for: expect.stringContaining('not fenced: ACTIVE'), isStuck: true } },
  ])('before its deadline, with $of', ({ view, then }) => {
    for (const policy of ['fail', 'force', 'skip-node'] as const) expect(judge(view, policy, before)).toMatchObject(then);
  });

  const longAgo = new Date(after.getTime() - 61_000);
  it.each<{ of: string; view: DrainView; fail: object; force: object; skip: object }>([
    { of: 'an empty node', view: seen({}), fail: { kind: 'drained' }, force: { kind: 'drained' }, skip: { kind: 'drained' } },
    { of: 'a cluster that nobody reaches', view: unreachable, fail: { kind: 'waiting' }, force: { kind: 'waiting' }, skip: { kind: 'waiting' } },
    {
      of: 'pods that go',
      view: pods(wait('going', after)),
      fail: { kind: 'failed', because: 'it was not empty after 900 s: pod shop/going (why going)' },
      force: { kind: 'waiting', isStuck: false },
      skip: { kind: 'skip' },
    },
    { of: 'a pod that should be gone for long', view: pods(wait('going', longAgo)), fail: { kind: 'failed' }, force: { kind: 'drained' }, skip: { kind: 'skip' } },
    { of: 'a pod that refuses even deletion', view: pods(wait('blocked')), fail: { kind: 'failed' }, force: { kind: 'failed' }, skip: { kind: 'skip' } },
    {
      of: 'a held pod',
      view: pods(wait('held')),
      fail: { kind: 'failed', because: expect.stringContaining('shop/held') },
      force: { kind: 'failed', because: expect.stringContaining('a hold is not overridden by force') },
      skip: { kind: 'skip', because: expect.stringContaining('shop/held') },
    },
    { of: 'a held pod and one that goes', view: pods(wait('held'), wait('going')), fail: { kind: 'failed' }, force: { kind: 'waiting' }, skip: { kind: 'skip' } },
    { of: 'a held node', view: onHold, fail: { kind: 'failed' }, force: { kind: 'failed' }, skip: { kind: 'skip' } },
    { of: 'volumes that are still attached', view: seen({ attachedVolumes: ['pv-1'] }), fail: { kind: 'failed' }, force: { kind: 'drained' }, skip: { kind: 'skip' } },
    {
      of: 'a dead machine that is not fenced',
      view: seen({ waitingFor: [wait('going', longAgo)] }, unfenced),
      fail: { kind: 'failed', because: expect.stringContaining('"fenced": true') },
      force: { kind: 'failed' },
      skip: { kind: 'skip' },
    },
  ])('at its deadline, with $of', ({ view, fail, force, skip }) => {
    expect(judge(view, 'fail', after)).toMatchObject(fail);
    expect(judge(view, 'force', after)).toMatchObject(force);
    expect(judge(view, 'skip-node', after)).toMatchObject(skip);
  });

  it('forces only at the deadline, and only when told to', () => {
    expect(isForced({ policy: 'force' }, { now: before, deadline })).toBe(false);
    expect(isForced({ policy: 'force' }, { now: after, deadline })).toBe(true);
    expect(isForced({ policy: 'fail' }, { now: after, deadline })).toBe(false);
  });
});

describe('the pause until the next look', () => {
  const cordonedAt = new Date('2026-03-01T12:00:00Z');
  const pause = (ageSeconds: number, retryAfterSeconds: number | null = null): number =>
    nextLookMs({ now: new Date(cordonedAt.getTime() + ageSeconds * 1000), deadline }, cordonedAt, { minSeconds: 1, maxSeconds: 15, retryAfterSeconds });

  it.each([
    { ageSeconds: 0, retry: null, pauseMs: 1_000 },
    { ageSeconds: 50, retry: null, pauseMs: 5_000 },
    { ageSeconds: 500, retry: null, pauseMs: 15_000 },
    { ageSeconds: 0, retry: 10, pauseMs: 10_000 },
    { ageSeconds: 896, retry: null, pauseMs: 4_000 },
    { ageSeconds: 900, retry: null, pauseMs: 15_000 },
  ])('is $pauseMs ms after $ageSeconds s, when the server asks for $retry s', ({ ageSeconds, retry, pauseMs }) => {
    expect(pause(ageSeconds, retry)).toBe(pauseMs);
  });
});
