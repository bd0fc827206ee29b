import type { Exchange, Json, Topic } from '../exchange.js';

const unknownId = '0123456789abcdef0123456789abcdef';
const user: Json = { name: '{{run}}-user', domain_id: '{{user_domain_id}}', password: '{{password}}-{{run}}', description: 'cluster user' };
const userLogin: Json = {
  auth: {
    identity: { methods: ['password'], password: { user: { id: '{{user_id}}', password: '{{password}}-{{run}}' } } },
    scope: { project: { id: '{{demo_project_id}}' } },
  },
};
const credential: Json = {
  application_credential: {
    name: '{{run}}-credential',
    roles: [{ name: 'member' }],
    unrestricted: false,
    access_rules: [
      { service: 'compute', method: 'GET', path: '/v2.1/servers' },
      { service: 'network', method: 'GET', path: '/v2.0/**' },
    ],
  },
};
const grant = (userId: string, roleId: string): string => `/projects/{{demo_project_id}}/users/${userId}/roles/${roleId}`;

const identity = (name: string, actor: Exchange['actor'], method: Exchange['method'], path: string, more: Partial<Exchange> = {}): Exchange => ({
  name,
  service: 'identity',
  actor,
  method,
  path,
  ...more,
});

/** The user each cluster gets: made, granted, used, given an application credential, and removed. */
export const clusterUsers: Topic = {
  name: 'cluster-users',
  exchanges: [
    identity('user-create', 'service', 'POST', '/users', { body: { user }, capture: { user_id: '/user/id' } }),
    identity('user-create-duplicate', 'service', 'POST', '/users', { body: { user } }),
    identity('user-create-by-member', 'demo', 'POST', '/users', { body: { user: { name: '{{run}}-other', domain_id: '{{user_domain_id}}' } } }),
    identity('user-create-without-name', 'service', 'POST', '/users', { body: { user: { domain_id: '{{user_domain_id}}', password: 'x' } } }),
    identity('user-create-unknown-domain', 'service', 'POST', '/users', { body: { user: { name: '{{run}}-lost', domain_id: unknownId, password: 'x' } } }),
    identity('user-list-by-name', 'service', 'GET', '/users?name={{run}}-user&domain_id={{user_domain_id}}'),
    identity('user-list-no-such-name', 'service', 'GET', '/users?name={{run}}-none&domain_id={{user_domain_id}}'),
    identity('user-show', 'service', 'GET', '/users/{{user_id}}'),
    identity('user-show-unknown', 'service', 'GET', `/users/${unknownId}`),
    identity('user-login-before-grant', 'none', 'POST', '/auth/tokens', { body: userLogin }),
    identity('grant-member', 'service', 'PUT', grant('{{user_id}}', '{{member_role_id}}')),
    identity('grant-stack-owner', 'service', 'PUT', grant('{{user_id}}', '{{stack_owner_role_id}}')),
    identity('grant-again', 'service', 'PUT', grant('{{user_id}}', '{{member_role_id}}'), { note: 'may be repeated' }),
    identity('grant-unknown-role', 'service', 'PUT', grant('{{user_id}}', unknownId)),
    identity('grant-unknown-user', 'service', 'PUT', grant(unknownId, '{{member_role_id}}')),
    identity('grant-unknown-project', 'service', 'PUT', `/projects/${unknownId}/users/{{user_id}}/roles/{{member_role_id}}`),
    identity('grant-by-member', 'demo', 'PUT', grant('{{user_id}}', '{{member_role_id}}')),
    identity('grant-check', 'service', 'HEAD', grant('{{user_id}}', '{{member_role_id}}')),
    identity('role-assignments', 'service', 'GET', '/role_assignments?user.id={{user_id}}&scope.project.id={{demo_project_id}}'),
    identity('role-assignments-named', 'service', 'GET', '/role_assignments?user.id={{user_id}}&include_names'),
    identity('user-login', 'none', 'POST', '/auth/tokens', { body: userLogin, capture: { user_token: 'header:x-subject-token' } }),
    identity('credential-create', 'token:user_token', 'POST', '/users/{{user_id}}/application_credentials', {
      body: credential,
      capture: { credential_id: '/application_credential/id', credential_secret: '/application_credential/secret' },
    }),
    identity('credential-create-duplicate', 'token:user_token', 'POST', '/users/{{user_id}}/application_credentials', { body: credential }),
    identity('credential-create-for-another', 'service', 'POST', '/users/{{user_id}}/application_credentials', {
      body: credential,
      note: 'not even an administrator makes one for somebody else',
    }),
    identity('credential-create-role-not-held', 'token:user_token', 'POST', '/users/{{user_id}}/application_credentials', {
      body: { application_credential: { name: '{{run}}-too-much', roles: [{ name: 'admin' }] } },
    }),
    identity('credential-create-without-name', 'token:user_token', 'POST', '/users/{{user_id}}/application_credentials', { body: { application_credential: { unrestricted: false } } }),
    identity('credential-list', 'token:user_token', 'GET', '/users/{{user_id}}/application_credentials?name={{run}}-credential'),
    identity('credential-login', 'none', 'POST', '/auth/tokens', {
      body: { auth: { identity: { methods: ['application_credential'], application_credential: { id: '{{credential_id}}', secret: '{{credential_secret}}' } } } },
    }),
    identity('credential-login-wrong-secret', 'none', 'POST', '/auth/tokens', {
      body: { auth: { identity: { methods: ['application_credential'], application_credential: { id: '{{credential_id}}', secret: 'wrong' } } } },
    }),
    identity('credential-delete', 'token:user_token', 'DELETE', '/users/{{user_id}}/application_credentials/{{credential_id}}'),
    identity('credential-delete-again', 'token:user_token', 'DELETE', '/users/{{user_id}}/application_credentials/{{credential_id}}'),
    identity('grant-revoke-stack-owner', 'service', 'DELETE', grant('{{user_id}}', '{{stack_owner_role_id}}')),
    identity('grant-revoke', 'service', 'DELETE', grant('{{user_id}}', '{{member_role_id}}')),
    identity('grant-revoke-again', 'service', 'DELETE', grant('{{user_id}}', '{{member_role_id}}')),
    identity('user-password-change', 'service', 'PATCH', '/users/{{user_id}}', { body: { user: { password: '{{password}}-changed' } } }),
    identity('user-delete-by-member', 'demo', 'DELETE', '/users/{{user_id}}'),
    identity('user-delete', 'service', 'DELETE', '/users/{{user_id}}'),
    identity('user-delete-again', 'service', 'DELETE', '/users/{{user_id}}'),
    identity('user-show-deleted', 'service', 'GET', '/users/{{user_id}}'),
  ],
};
