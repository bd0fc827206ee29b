import { describe, expect, it } from '@jest/globals';
import { planRollout, share, type RolloutState } from './plan-rollout.js';

describe('planRollout', () => {
  it.each([
    { surgeMax: 1, unavailableMax: 0 },
    { surgeMax: 0, unavailableMax: 1 },
    { surgeMax: 2, unavailableMax: 2 },
    { surgeMax: 0, unavailableMax: 4 },
  ])('replaces all pods within surge $surgeMax and unavailable $unavailableMax', (limits) => {
    let state: RolloutState = { desired: 4, newReplicas: 0, newReady: 0, oldReplicas: 4, oldReady: 4, ...limits };
    for (let turn = 0; turn < 20; turn += 1) {
      if (state.newReady === 4 && state.oldReplicas === 0) return;
      const plan = planRollout(state);
      expect(plan.newReplicas + state.oldReplicas).toBeLessThanOrEqual(4 + limits.surgeMax);
      expect(state.newReady + Math.min(state.oldReady, plan.oldReplicas)).toBeGreaterThanOrEqual(4 - limits.unavailableMax);
      // All that were asked for come up before the next turn.
      state = { ...state, ...plan, newReady: plan.newReplicas, oldReady: plan.oldReplicas };
    }
    throw new Error('not complete after 20 turns');
  });

  it('removes old pods that are not ready at once', () => {
    expect(planRollout({ desired: 3, newReplicas: 1, newReady: 0, oldReplicas: 3, oldReady: 1, surgeMax: 1, unavailableMax: 0 })).toEqual({ newReplicas: 1, oldReplicas: 1 });
  });
});

describe('share', () => {
  it.each([
    { value: '25%', of: 5, up: 2, down: 1 },
    { value: 3, of: 5, up: 3, down: 3 },
    { value: undefined, of: 5, up: 0, down: 0 },
  ])('$value of $of', ({ value, of, up, down }) => {
    expect([share(value, of, 'up'), share(value, of, 'down')]).toEqual([up, down]);
  });
});
