import { describe, expect, it } from '@jest/globals';
import { requestInfoOf } from './request-info.js';

describe('requestInfoOf', () => {
  it.each([
    { request: 'GET /api/v1/nodes', info: { verb: 'list', group: '', plural: 'nodes' } },
    { request: 'GET /api/v1/nodes?watch=1', info: { verb: 'watch', plural: 'nodes' } },
    { request: 'GET /api/v1/nodes/n', info: { verb: 'get', plural: 'nodes', name: 'n' } },
    { request: 'PATCH /api/v1/nodes/n/status', info: { verb: 'patch', plural: 'nodes', name: 'n', subresource: 'status' } },
    { request: 'GET /api/v1/namespaces', info: { verb: 'list', plural: 'namespaces' } },
    { request: 'DELETE /api/v1/namespaces/x', info: { verb: 'delete', plural: 'namespaces', name: 'x' } },
    { request: 'PUT /api/v1/namespaces/x/finalize', info: { verb: 'update', plural: 'namespaces', name: 'x', subresource: 'finalize' } },
    { request: 'GET /api/v1/namespaces/x/pods', info: { verb: 'list', plural: 'pods', namespace: 'x' } },
    { request: 'POST /api/v1/namespaces/x/pods/p/eviction', info: { verb: 'create', plural: 'pods', namespace: 'x', name: 'p', subresource: 'eviction' } },
    { request: 'DELETE /apis/apps/v1/namespaces/x/deployments', info: { verb: 'deletecollection', group: 'apps', version: 'v1', plural: 'deployments', namespace: 'x' } },
    { request: 'GET /apis/apps/v1', info: { isResource: false, verb: 'get' } },
    { request: 'GET /healthz', info: { isResource: false } },
  ])('$request', ({ request, info }) => {
    const [method = '', url = ''] = request.split(' ');
    expect(requestInfoOf(method, url)).toMatchObject(info);
  });
});
