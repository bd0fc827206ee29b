import { describe, expect, it } from '@jest/globals';
import { masterCountProblem, replacementProblem } from './master-count.js';

describe('masterCountProblem', () => {
  it.each([1, 3, 5])('takes %d behind a load balancer', (count) => {
    expect(masterCountProblem(count, { hasLoadBalancer: true })).toBeUndefined();
  });

  it('takes one without a load balancer', () => {
    expect(masterCountProblem(1, { hasLoadBalancer: false })).toBeUndefined();
  });

  it.each([
    [0, true, /at least one/],
    [-1, true, /at least one/],
    [1.5, true, /at least one/],
    [2, true, /odd/],
    [4, true, /odd/],
    [7, true, /at most 5/],
    [3, false, /master_lb_enabled/],
  ])('says why it cannot be %d (load balancer: %p)', (count, hasLoadBalancer, problem) => {
    expect(masterCountProblem(count, { hasLoadBalancer })).toMatch(problem);
  });
});

describe('replacementProblem', () => {
  it.each([
    [1, true],
    [3, true],
    [3, false],
    [5, false],
  ])('is none for %d nodes (etcd volume: %p)', (count, hasEtcdVolume) => {
    expect(replacementProblem(count, { hasEtcdVolume })).toBeUndefined();
  });

  it('names the volume that a single node without one would need', () => {
    expect(replacementProblem(1, { hasEtcdVolume: false })).toMatch(/needs an etcd volume/);
  });
});
