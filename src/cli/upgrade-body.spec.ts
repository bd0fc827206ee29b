import { describe, expect, it } from '@jest/globals';
import { upgradeBody } from './upgrade-body.js';

describe('the body of an upgrade', () => {
  it('names only what was given', () => {
    expect(upgradeBody('new', {})).toEqual({ cluster_template: 'new' });
  });

  it('has numbers as numbers and percentages as they are', () => {
    expect(upgradeBody('new', { maxBatchSize: 2, maxSurge: '3', maxUnavailable: '25%' })).toEqual({ cluster_template: 'new', max_batch_size: 2, max_surge: 3, max_unavailable: '25%' });
  });

  it('carries every other option under its name in the API', () => {
    expect(upgradeBody('new', { nodegroup: 'gpu', canary: true, soakSeconds: 0, drainTimeout: 60, drainTimeoutPolicy: 'skip-node', onFailure: 'rollback' })).toEqual({
      ...{ cluster_template: 'new', nodegroup: 'gpu', canary: true, soak_seconds: 0 },
      ...{ drain_timeout: 60, drain_timeout_policy: 'skip-node', on_failure: 'rollback' },
    });
  });
});
