import { describe, expect, it } from '@jest/globals';
import { parsePercentage, rollLimits } from './node-share.js';

describe('rollLimits', () => {
  it.each([
    { surge: 1, unavailable: 0, nodeCount: 3, limits: { maxSurge: 1, maxUnavailable: 0 } },
    { surge: '25%', unavailable: '25%', nodeCount: 10, limits: { maxSurge: 3, maxUnavailable: 2 } },
    { surge: '0%', unavailable: '10%', nodeCount: 5, limits: { maxSurge: 1, maxUnavailable: 0 } },
    { surge: 0, unavailable: 1, nodeCount: 5, limits: { maxSurge: 0, maxUnavailable: 1 } },
    { surge: '100%', unavailable: 0, nodeCount: 4, limits: { maxSurge: 4, maxUnavailable: 0 } },
    { surge: '50%', unavailable: 0, nodeCount: 0, limits: { maxSurge: 1, maxUnavailable: 0 } },
  ])('takes $surge and $unavailable of $nodeCount nodes for $limits', ({ surge, unavailable, nodeCount, limits }) => {
    expect(rollLimits(surge, unavailable, nodeCount)).toEqual(limits);
  });

  it.each(['101%', '-1%', '1.5%', '%', '5', 'all'])('knows that %s is no percentage', (text) => {
    expect(parsePercentage(text)).toBeUndefined();
  });
});
