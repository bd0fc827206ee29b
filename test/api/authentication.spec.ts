import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { startApi, type ApiUnderTest } from './api-under-test.js';
import { gold } from './objects.js';
import { startMs } from '../support/start-ms.js';

let api: ApiUnderTest;
beforeAll(async () => {
  api = await startApi();
}, startMs);
afterAll(() => api.stop());
afterEach(() => api.cloud.clearFaults());

describe('authentication', () => {
  it.each([
    { what: 'no token', path: '/v1/clusters', headers: {} },
    { what: 'an unknown token', path: '/v1/clusters', headers: { 'x-auth-token': 'gAAAAABnope' } },
    { what: 'a token with bytes that no token has', path: '/v1/clusters', headers: { 'x-auth-token': 'a b' } },
    { what: 'no token and an unknown path', path: '/v1/nowhere', headers: {} },
    { what: 'no token and a bad version', path: '/v1/clusters', headers: { 'openstack-api-version': 'nonsense' } },
  ])("answers $what in Keystone's form", async ({ path, headers }) => {
    const answer = await api.call('GET', path, { as: null, version: '', headers });
    expect(answer.status).toBe(401);
    expect(answer.headers.get('www-authenticate')).toBe(`Keystone uri="${api.cloud.authUrl}"`);
    expect(answer.headers.get('x-openstack-request-id')).toMatch(/^req-/);
    expect(answer.body).toEqual({ error: { code: 401, title: 'Unauthorized', message: expect.any(String) } });
  });

  it('asks Keystone once about a token, however many requests it comes with', async () => {
    const token = await api.cloud.token('demo');
    await api.cloud.requests();
    const headers = { 'x-auth-token': token };
    const answers = await Promise.all(Array.from({ length: 8 }, () => api.call('GET', '/v1/clusters', { as: null, headers })));
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 8 }, () => 200));
    const validations = (await api.cloud.requests()).filter(({ service, method, path }) => service === 'identity' && method === 'GET' && path === '/v3/auth/tokens');
    expect(validations).toHaveLength(1);
  });

  it('answers 503 while Keystone gives no answer, and goes on when it does', async () => {
    const token = await api.cloud.token('other');
    await api.cloud.fault({ service: 'identity', method: 'GET', path: '/v3/auth/tokens', times: 0, action: { status: 500 } });
    const down = await api.call('GET', '/v1/clusters', { as: null, headers: { 'x-auth-token': token } });
    expect(down.status).toBe(503);
    expect(down.at('errors.0')).toMatchObject({ code: 'server', status: 503 });
    await api.cloud.clearFaults();
    expect(await api.call('GET', '/v1/clusters', { as: null, headers: { 'x-auth-token': token } })).toMatchObject({ status: 200 });
  });

  it('waits for a cloud that does not answer no longer than one call may take', async () => {
    const impatient = await startApi({ settings: { JEROBOAM_HTTP_TIMEOUT_SECONDS: '1', JEROBOAM_HTTP_RETRIES: '5' } });
    const token = await impatient.cloud.token('demo');
    const began = Date.now();
    await impatient.cloud.fault({ service: 'identity', method: 'GET', path: '/v3/auth/tokens', times: 0, action: { status: 503 } });
    expect(await impatient.call('GET', '/v1/clusters', { as: null, headers: { 'x-auth-token': token } })).toMatchObject({ status: 503 });
    await impatient.cloud.clearFaults();
    await impatient.cloud.fault({ service: 'image', times: 0, action: { hang: true } });
    expect(await impatient.call('POST', '/v1/clustertemplates', { body: gold })).toMatchObject({ status: 503, body: { errors: [{ code: 'server' }] } });
    expect(Date.now() - began).toBeLessThan(15_000);
    await impatient.stop();
  }, startMs);

  it('refuses a token without a project by policy', async () => {
    const token = await api.cloud.token('demo', null);
    const answer = await api.call('GET', '/v1/clusters', { as: null, headers: { 'x-auth-token': token } });
    expect(answer.status).toBe(403);
    expect(answer.at('errors.0.detail')).toContain('cluster:get_all');
  });
});
