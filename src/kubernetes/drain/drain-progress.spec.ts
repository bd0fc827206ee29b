import { describe, expect, it } from '@jest/globals';
import type { ClassifiedPod, PodVerdict } from './classify-pods.js';
import { drainProgress, explainDrain } from './drain-progress.js';
import type { EvictionOutcome } from './eviction.js';
import type { Pod } from './pod.js';

const pod = (name: string): Pod => ({
  ...{ namespace: 'shop', name, uid: name, phase: 'Running', controller: null, isMirror: false, endsAt: null },
  ...{ createdAt: new Date(0), hasLocalStorage: false, claims: [], tolerations: [], annotations: {} },
});
const found = (name: string, verdict: PodVerdict): ClassifiedPod => ({ pod: pod(name), verdict });
const answered = (name: string, outcome: EvictionOutcome) => ({ pod: pod(name), outcome });
const evict: PodVerdict = { kind: 'evict' };

describe('how far a drain is', () => {
  it('is at its end when only pods are left that stay', () => {
    const progress = drainProgress([found('agent', { kind: 'stays', because: 'x' }), found('quick', evict)], [answered('quick', { kind: 'gone' })]);
    expect(progress).toEqual({ waitingFor: [], retryAfterSeconds: null });
    expect(explainDrain(progress)).toBe('');
  });

  it('names what needs a person first, then what is blocked, then what only takes time', () => {
    const progress = drainProgress(
      [
        found('leaving', { kind: 'ending', until: new Date(60_000) }),
        found('asked', evict),
        found('blocked', evict),
        found('held', { kind: 'held', because: 'payroll' }),
      ],
      [answered('asked', { kind: 'asked' }), answered('blocked', { kind: 'blocked', because: 'budget web needs 2', retryAfterSeconds: 10 })],
    );
    expect(progress.retryAfterSeconds).toBe(10);
    expect(explainDrain(progress)).toBe('pod shop/held (payroll), pod shop/blocked (budget web needs 2), pod shop/leaving (it ends by 1970-01-01T00:01:00.000Z) and 1 more');
  });

  it('takes several budgets for one pod as a block that only a person lifts', () => {
    const progress = drainProgress([found('torn', evict)], [answered('torn', { kind: 'conflicting', because: 'two budgets' })]);
    expect(progress.waitingFor).toMatchObject([{ kind: 'blocked', because: 'two budgets' }]);
  });

  it('does not call a node empty whose pods nobody has asked yet', () => {
    expect(drainProgress([found('new', evict)], []).waitingFor).toMatchObject([{ kind: 'going' }]);
  });
});
