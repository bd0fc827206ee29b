import type { Exchange, Json, Topic } from '../exchange.js';

const unknownId = '0123456789abcdef0123456789abcdef';

function passwordLogin(user: Json, scope?: Json): Json {
  return { auth: { identity: { methods: ['password'], password: { user } }, ...(scope === undefined ? {} : { scope }) } };
}
const demo: Json = { name: 'demo', domain: { id: 'default' }, password: '{{password}}' };
const demoProject: Json = { project: { name: 'demo', domain: { name: 'Default' } } };

const login = (name: string, body: Json, more: Partial<Exchange> = {}): Exchange => ({ name, service: 'identity', actor: 'none', method: 'POST', path: '/auth/tokens', body, ...more });
const validation = (name: string, actor: Exchange['actor'], subject: string): Exchange => ({
  name,
  service: 'identity',
  actor,
  method: 'GET',
  path: '/auth/tokens',
  headers: { 'x-subject-token': subject },
});

/** A token's catalogue, roles and endpoints differ in number from cloud to cloud; their elements do not. */
export const tokens: Topic = {
  name: 'tokens',
  exchanges: [
    { name: 'identity-versions', service: 'identity-root', actor: 'none', method: 'GET', path: '/' },
    { name: 'identity-version-3', service: 'identity', actor: 'none', method: 'GET', path: '' },
    login('token-project-scoped', passwordLogin(demo, demoProject), { capture: { demo_token: 'header:x-subject-token' } }),
    login('token-project-by-id', passwordLogin(demo, { project: { id: '{{demo_project_id}}' } })),
    { ...login('token-without-catalogue', passwordLogin(demo, demoProject)), path: '/auth/tokens?nocatalog' },
    login('token-unscoped', passwordLogin(demo, 'unscoped'), { capture: { unscoped_token: 'header:x-subject-token' } }),
    login('token-from-unscoped', { auth: { identity: { methods: ['token'], token: { id: '{{unscoped_token}}' } }, scope: demoProject } }),
    login('token-domain-scoped', passwordLogin({ name: 'admin', domain: { id: 'default' }, password: '{{password}}' }, { domain: { id: 'default' } }), {
      note: 'admin has no role on the domain: whether it does is the deployment’s choice',
    }),
    login('token-wrong-password', passwordLogin({ name: 'demo', domain: { id: 'default' }, password: 'wrong' }, demoProject)),
    login('token-unknown-user', passwordLogin({ name: 'nobody-{{run}}', domain: { id: 'default' }, password: 'wrong' }, demoProject)),
    login('token-unknown-domain', passwordLogin({ name: 'demo', domain: { name: 'nowhere-{{run}}' }, password: '{{password}}' }, demoProject)),
    login('token-unknown-project', passwordLogin(demo, { project: { name: 'nothing-{{run}}', domain: { id: 'default' } } })),
    login('token-foreign-project', passwordLogin(demo, { project: { id: '{{other_project_id}}' } })),
    login('token-without-password', { auth: { identity: { methods: ['password'], password: { user: { name: 'demo', domain: { id: 'default' } } } } } }),
    login('token-without-identity', { auth: {} }),
    { name: 'token-malformed-json', service: 'identity', actor: 'none', method: 'POST', path: '/auth/tokens', rawBody: '{"auth":' },
    validation('token-validate', 'service', '{{demo_token}}'),
    validation('token-validate-own', 'token:demo_token', '{{demo_token}}'),
    validation('token-validate-unscoped', 'service', '{{unscoped_token}}'),
    validation('token-validate-garbage', 'service', 'garbage'),
    validation('token-validate-no-token', 'none', '{{demo_token}}'),
    validation('token-validate-bad-token', 'bad', '{{demo_token}}'),
    validation('token-validate-by-stranger', 'other', '{{demo_token}}'),
    { name: 'token-validate-no-subject', service: 'identity', actor: 'service', method: 'GET', path: '/auth/tokens' },
    login('token-to-revoke', passwordLogin(demo, demoProject), { capture: { revoked_token: 'header:x-subject-token' } }),
    { name: 'token-revoke', service: 'identity', actor: 'service', method: 'DELETE', path: '/auth/tokens', headers: { 'x-subject-token': '{{revoked_token}}' } },
    validation('token-validate-revoked', 'service', '{{revoked_token}}'),
    validation('token-revoked-as-own', 'token:revoked_token', '{{revoked_token}}'),
    { name: 'stack-list-revoked-token', service: 'orchestration', actor: 'token:revoked_token', method: 'GET', path: '/stacks' },
    { name: 'server-list-revoked-token', service: 'compute', actor: 'token:revoked_token', method: 'GET', path: '/servers' },
    { name: 'project-show', service: 'identity', actor: 'demo', method: 'GET', path: '/projects/{{demo_project_id}}' },
    { name: 'project-show-unknown', service: 'identity', actor: 'admin', method: 'GET', path: `/projects/${unknownId}` },
  ],
};
