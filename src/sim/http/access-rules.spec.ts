import { describe, expect, it } from '@jest/globals';
import type { TokenInfo } from '../sim-context.js';
import { isAllowedByRules } from './access-rules.js';

const tokenWith = (accessRules: TokenInfo['accessRules']): TokenInfo => ({
  token: 't',
  userId: 'u',
  userName: 'u',
  domainId: 'default',
  projectId: 'p',
  projectName: 'p',
  roles: ['member'],
  expiresAt: '2030-01-01T00:00:00.000Z',
  methods: ['application_credential'],
  applicationCredentialId: 'a',
  accessRules,
});
const rule = (service: string, method: string, path: string): TokenInfo => tokenWith([{ service, method, path }]);

describe('isAllowedByRules', () => {
  it.each([
    { when: 'there are no rules', token: tokenWith(null), method: 'DELETE', url: '/v2.1/servers/1', then: true },
    { when: 'the rule names the call', token: rule('compute', 'GET', '/v2.1/servers'), method: 'GET', url: '/v2.1/servers?limit=1', then: true },
    { when: 'the method is another', token: rule('compute', 'GET', '/v2.1/servers'), method: 'POST', url: '/v2.1/servers', then: false },
    { when: 'the path is deeper', token: rule('compute', 'GET', '/v2.1/servers'), method: 'GET', url: '/v2.1/servers/1', then: false },
    { when: 'a star stands for the id', token: rule('compute', 'GET', '/v2.1/servers/*'), method: 'GET', url: '/v2.1/servers/1', then: true },
    { when: 'a star would have to cover two parts', token: rule('compute', 'GET', '/v2.1/servers/*'), method: 'GET', url: '/v2.1/servers/1/ips', then: false },
    { when: 'two stars cover everything below', token: rule('compute', 'GET', '/v2.1/**'), method: 'GET', url: '/v2.1/servers/1/ips', then: true },
    { when: 'a named part stands for the id', token: rule('compute', 'DELETE', '/v2.1/servers/{id}'), method: 'DELETE', url: '/v2.1/servers/1', then: true },
    { when: 'the service is another', token: rule('network', 'GET', '/v2.1/servers'), method: 'GET', url: '/v2.1/servers', then: false },
    { when: 'a dot is only a dot', token: rule('compute', 'GET', '/v2.1/servers'), method: 'GET', url: '/v2x1/servers', then: false },
  ])('answers $then when $when', ({ token, method, url, then }) => {
    expect(isAllowedByRules(token, 'compute', method, url)).toBe(then);
  });

  it('knows the volume service under its other name', () => {
    expect(isAllowedByRules(rule('block-storage', 'GET', '/v3/p/volumes'), 'volumev3', 'GET', '/v3/p/volumes')).toBe(true);
  });
});
