import { describe, expect, it } from '@jest/globals';
import { normaliseUrl } from './request-path.js';

describe('normaliseUrl', () => {
  it.each([
    ['/', '/'],
    ['//', '/'],
    ['/v1', '/v1'],
    ['/v1/', '/v1'],
    ['/v1.json', '/v1'],
    ['/healthcheck', '/healthcheck'],
    ['/clusters', '/v1/clusters'],
    ['/clusters/?limit=1', '/v1/clusters?limit=1'],
    ['/v1/clusters/x/?rollback=True', '/v1/clusters/x?rollback=True'],
    ['/v1/clusters/x/nodegroups/', '/v1/clusters/x/nodegroups'],
    ['/v2', '/v1/v2'],
    ['/clusters?marker=/a/', '/v1/clusters?marker=/a/'],
  ])('reads %s as %s', (url, expected) => {
    expect(normaliseUrl(url)).toBe(expected);
  });
});
