import { describe, expect, it } from '@jest/globals';
import {
  CloudBadRequestError,
  CloudConflictError,
  cloudErrorOf,
  CloudForbiddenError,
  CloudNotFoundError,
  CloudQuotaError,
  CloudUnauthorizedError,
  CloudUnavailableError,
} from './cloud-error.js';

const failure = (status: number, detail = 'words'): Parameters<typeof cloudErrorOf>[0] => ({ service: 'heat', status, requestId: 'req-1', detail, call: 'GET heat/stacks' });

describe('cloudErrorOf', () => {
  it.each([
    [400, 'words', CloudBadRequestError],
    [401, 'words', CloudUnauthorizedError],
    [403, 'words', CloudForbiddenError],
    [403, 'rule:get_quota is disallowed by policy', CloudForbiddenError],
    [404, 'words', CloudNotFoundError],
    [409, 'words', CloudConflictError],
    [422, 'words', CloudBadRequestError],
    [429, 'words', CloudUnavailableError],
    [500, 'words', CloudUnavailableError],
    [503, 'words', CloudUnavailableError],
    [403, 'Quota exceeded for instances: Requested 1, but already used 10 of 10 instances', CloudQuotaError],
    [409, "Quota exceeded for resources: ['floatingip'].", CloudQuotaError],
    [413, "VolumeLimitExceeded: Maximum number of volumes allowed (10) exceeded for quota 'volumes'.", CloudQuotaError],
    [400, 'Request limit exceeded: You have reached the maximum stacks per project, 512.', CloudQuotaError],
  ])('makes of %d "%s" an error of its own', (status, detail, expected) => {
    expect(cloudErrorOf(failure(status, detail))).toBeInstanceOf(expected);
  });

  it('says who answered what to which call, and where an operator finds it', () => {
    const error = cloudErrorOf(failure(404, 'The Stack (x) could not be found.'));
    expect(error.message).toBe('heat answered 404 to GET heat/stacks: The Stack (x) could not be found. (req-1)');
    expect(error).toMatchObject({ name: 'CloudNotFoundError', code: 'cloud-refused', retryable: false, status: 404, requestId: 'req-1' });
  });

  it('lets a step be tried again only when the cloud was not available', () => {
    expect(cloudErrorOf(failure(503))).toMatchObject({ code: 'cloud-unavailable', retryable: true });
    expect(cloudErrorOf(failure(409, 'quota exceeded'))).toMatchObject({ code: 'quota-exceeded', retryable: false });
  });
});
