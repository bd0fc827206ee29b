import { describe, expect, it } from '@jest/globals';
import { CommanderError } from 'commander';
import { CloudNotFoundError, CloudUnavailableError } from '../openstack/cloud-error.js';
import { explain } from './explain-error.js';
import { ContradictionError } from './flag.js';

const facts = { requestId: 'req-1', detail: 'Cluster blue could not be found.', call: 'GET /v1/clusters/blue' };

describe('explain', () => {
  it.each<{ when: string; error: Error; then: { status: number; lines: string[] } }>([
    { when: 'the API refused', error: new CloudNotFoundError({ service: 'container-infra', status: 404, ...facts }), then: { status: 1, lines: ['Cluster blue could not be found. (HTTP 404) (Request-ID: req-1)'] } },
    { when: 'options contradict', error: new ContradictionError('Not both.'), then: { status: 1, lines: ['Not both.'] } },
    { when: 'something else failed', error: new Error('No such file.'), then: { status: 1, lines: ['No such file.'] } },
    { when: 'the usage is wrong', error: new CommanderError(1, 'commander.unknownOption', 'unknown option'), then: { status: 2, lines: [] } },
    { when: 'help was asked for', error: new CommanderError(0, 'commander.helpDisplayed', '(outputHelp)'), then: { status: 0, lines: [] } },
  ])('says what and ends with $then.status when $when', ({ error, then }) => {
    expect(explain(error)).toEqual(then);
  });

  it('names the service that does not answer', () => {
    const { lines, status } = explain(new CloudUnavailableError({ service: 'keystone', status: null, requestId: null, detail: 'connection refused', call: 'POST /v3/auth/tokens' }));
    expect(status).toBe(1);
    expect(lines).toEqual([expect.stringMatching(/keystone.*connection refused/i)]);
  });
});
