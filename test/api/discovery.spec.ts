import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startApi, type ApiUnderTest } from './api-under-test.js';
import { startMs } from '../support/start-ms.js';

let api: ApiUnderTest;
beforeAll(async () => {
  api = await startApi();
}, startMs);
afterAll(() => api.stop());

const requestId = /^req-[0-9a-f-]{36}$/;

describe('discovery', () => {
  it('shows its versions to anybody', async () => {
    const { status, headers, at } = await api.call('GET', '/', { as: null, version: '' });
    expect(status).toBe(200);
    expect(at('versions')).toEqual([{ id: 'v1', status: 'CURRENT', min_version: '1.1', max_version: '1.14', links: [{ href: `${api.url}/v1/`, rel: 'self' }] }]);
    expect(headers.get('openstack-api-version')).toBeNull();
    expect(headers.get('x-openstack-request-id')).toMatch(requestId);
  });

  it.each(['/v1', '/v1/', '/v1.json'])('shows the resources of version 1 at %s', async (path) => {
    const { status, headers, at } = await api.call('GET', path, { as: null, version: '' });
    expect(status).toBe(200);
    expect(at('id')).toBe('v1');
    expect(at('clusters')).toEqual([
      { href: `${api.url}/v1/clusters/`, rel: 'self' },
      { href: `${api.url}/clusters/`, rel: 'bookmark' },
    ]);
    expect(headers.get('openstack-api-version')).toBe('container-infrastructure-management 1.1');
  });

  it('builds links from what a proxy forwards', async () => {
    const forwarded = { 'x-forwarded-host': 'coe.example.org', 'x-forwarded-proto': 'https', 'x-forwarded-prefix': '/container-infra' };
    const { at } = await api.call('GET', '/', { as: null, headers: forwarded });
    expect(at('versions.0.links.0.href')).toBe('https://coe.example.org/container-infra/v1/');
  });

  it('reports its health', async () => {
    expect(await api.call('GET', '/healthcheck', { as: null, version: '' })).toMatchObject({ status: 200, body: { detailed: false, reasons: ['OK'] } });
  });

  it('describes itself in OpenAPI', async () => {
    const { at } = await api.call('GET', '/v1/openapi.json', { as: null });
    expect(at('openapi')).toBe('3.0.3');
    expect(Object.keys(at('paths') as object)).toEqual(expect.arrayContaining(['/v1/clusters', '/v1/clustertemplates/{template}', '/v1/clusters/{cluster}']));
  });
});

describe('microversions', () => {
  it.each([
    ['', '1.1'],
    ['container-infra 1.9', '1.9'],
    ['container-infrastructure-management 1.14', '1.14'],
    ['container-infra latest', '1.14'],
  ])('answers %s in version %s', async (header, version) => {
    const { status, headers } = await api.call('GET', '/v1/clusters', { version: '', headers: header === '' ? {} : { 'OpenStack-API-Version': header } });
    expect(status).toBe(200);
    expect(headers.get('openstack-api-version')).toBe(`container-infrastructure-management ${version}`);
    expect(headers.get('openstack-api-minimum-version')).toBe('container-infrastructure-management 1.1');
    expect(headers.get('openstack-api-maximum-version')).toBe('container-infrastructure-management 1.14');
    expect(headers.get('vary')).toBe('OpenStack-API-Version');
  });

  it('refuses a version it does not have, and says which it has', async () => {
    const { status, headers, at } = await api.call('GET', '/v1/clusters', { version: '1.15' });
    expect(status).toBe(406);
    expect(headers.get('openstack-api-maximum-version')).toBe('container-infrastructure-management 1.14');
    expect(headers.get('openstack-api-version')).toBe('container-infrastructure-management 1.15');
    expect(at('errors.0')).toMatchObject({ code: 'magnum.microversion-unsupported', min_version: '1.1', max_version: '1.14', links: [{ rel: 'help' }] });
    expect(Object.keys(at('errors.0') as object)).not.toEqual(expect.arrayContaining(['status']));
  });

  it('refuses a malformed header, without version headers', async () => {
    const { status, headers, at } = await api.call('GET', '/v1/clusters', { version: '', headers: { 'OpenStack-API-Version': 'compute 1.9' } });
    expect(status).toBe(406);
    expect(headers.get('openstack-api-version')).toBeNull();
    expect(at('errors.0')).toMatchObject({ code: '', status: 406, request_id: '' });
  });
});

describe('routing errors', () => {
  it.each([
    { what: 'unknown path', method: 'GET', path: '/v1/nowhere', status: 404 },
    { what: 'unknown version', method: 'GET', path: '/v2', status: 404 },
    { what: 'gone resource', method: 'GET', path: '/v1/baymodels', status: 404 },
    { what: 'detail below an item', method: 'GET', path: '/v1/clusters/x/detail', status: 404 },
    { what: 'wrong method', method: 'PUT', path: '/v1/clusters', status: 405, allow: 'GET, POST' },
    { what: 'HEAD', method: 'HEAD', path: '/', status: 405, allow: 'GET' },
    { what: 'an Accept without JSON', method: 'GET', path: '/v1/clusters', headers: { accept: 'text/html' }, status: 406 },
  ])('$what: $status', async ({ method, path, status, allow, headers }) => {
    const answer = await api.call(method, path, headers ? { headers } : {});
    expect(answer.status).toBe(status);
    expect(answer.headers.get('content-type')).toMatch(/^application\/json/);
    expect(answer.headers.get('allow')).toBe(allow ?? null);
    expect(answer.headers.get('x-openstack-request-id')).toMatch(requestId);
    expect(answer.headers.get('openstack-api-version')).toBeNull();
    if (method !== 'HEAD') expect(answer.at('errors.0')).toMatchObject({ code: '', status, request_id: '', links: [] });
  });

  it.each([
    { what: 'malformed JSON', body: '{nope', status: 400 },
    { what: 'an empty body', body: undefined, status: 400 },
    { what: 'null', body: 'null', status: 400 },
    { what: 'a list', body: '[]', status: 400 },
    { what: 'a string', body: '"x"', status: 400 },
    { what: 'a body that is too large', body: JSON.stringify({ name: 'x'.repeat(1_100_000) }), status: 413 },
    { what: 'a form', body: 'name=x', contentType: 'application/x-www-form-urlencoded', status: 400 },
    { what: 'another media type', body: '{}', contentType: 'application/json-patch+json', status: 415 },
  ])('POST with $what: $status', async ({ body, status, contentType }) => {
    const { status: got, at } = await api.call('POST', '/v1/clusters', { body, ...(contentType === undefined ? {} : { headers: { 'content-type': contentType } }) });
    expect(got).toBe(status);
    expect(at('errors.0')).toMatchObject({ code: 'client', status });
  });

  it('answers a URL that is none in the same form', async () => {
    const { status, at } = await api.call('GET', '/v1/clusters/%zz');
    expect(status).toBe(400);
    expect(at('errors.0')).toMatchObject({ status: 400 });
  });
});
