import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { until } from '../support/until.js';
import { at, call, CloudUser, textAt, type Json } from './cloud-user.js';
import { SimulatorProcess } from './simulator-process.js';

let simulator: SimulatorProcess;
let service: CloudUser;
let demo: CloudUser;
let domain: string;
let roles: Map<string, string>;

beforeAll(async () => {
  simulator = await SimulatorProcess.start();
  service = await CloudUser.logIn(simulator.ready, 'jeroboam', 'service');
  demo = await CloudUser.logIn(simulator.ready, 'demo');
  domain = await service.idOf('identity', '/v3/domains?name=jeroboam', 'domains');
  const listed = (await service.must('identity', 'GET', '/v3/roles')) as { roles: { id: string; name: string }[] };
  roles = new Map(listed.roles.map((role) => [role.name, role.id]));
});
afterAll(() => simulator.stop());

/** A cluster's own user as the conductor makes it: in the domain of clusters' users, with roles on the tenant's project. */
async function makeClusterUser(name: string, granted: string[]): Promise<{ id: string; logIn: (password?: string) => Promise<CloudUser> }> {
  const id = textAt(await service.must('identity', 'POST', '/v3/users', { user: { name, domain_id: domain, password: 'first' } }), 'user.id');
  for (const role of granted) await service.must('identity', 'PUT', `/v3/projects/${demo.projectId}/users/${id}/roles/${roles.get(role) ?? ''}`);
  const scope = { project: { id: demo.projectId } };
  const logIn = (password = 'first'): Promise<CloudUser> =>
    CloudUser.with(simulator.ready, { identity: { methods: ['password'], password: { user: { id, password } } }, scope });
  return { id, logIn };
}
const works = async (user: CloudUser): Promise<boolean> => (await user.call('network', 'GET', '/v2.0/networks?limit=1')).status === 200;
const rolesOf = async (user: CloudUser): Promise<Json[]> => {
  const token = await user.must('identity', 'GET', '/v3/auth/tokens?nocatalog', undefined, { 'x-subject-token': user.token });
  return (at(token, 'token.roles') as { name: string }[]).map((role) => role.name).sort();
};

describe("a cluster's user", () => {
  it('has the roles it was given, implied ones included, on the project of somebody else', async () => {
    const { logIn } = await makeClusterUser('granted', ['member', 'heat_stack_owner']);
    const user = await logIn();
    expect(await rolesOf(user)).toEqual(['heat_stack_owner', 'member', 'reader']);
    expect((await user.call('network', 'POST', '/v2.0/networks', { network: { name: 'by-cluster' } })).status).toBe(201);
  });

  it('may look and not touch when it is a reader', async () => {
    const { logIn } = await makeClusterUser('reader-only', ['reader']);
    const user = await logIn();
    expect(await works(user)).toBe(true);
    expect((await user.call('network', 'POST', '/v2.0/networks', { network: {} })).status).toBe(403);
    expect((await user.call('volumev3', 'POST', `/v3/${demo.projectId}/volumes`, { volume: { size: 1 } })).status).toBe(403);
    expect((await user.call('compute', 'POST', '/v2.1/os-server-groups', { server_group: { name: 'x', policies: ['affinity'] } })).status).toBe(403);
  });

  it('loses its tokens, grants and application credentials when it is deleted', async () => {
    const { id, logIn } = await makeClusterUser('deleted', ['member']);
    const user = await logIn();
    const made = await user.must('identity', 'POST', `/v3/users/${id}/application_credentials`, { application_credential: { name: 'in-cluster' } });
    const credential = { id: textAt(made, 'application_credential.id'), secret: textAt(made, 'application_credential.secret') };
    const byCredential = await CloudUser.with(simulator.ready, { identity: { methods: ['application_credential'], application_credential: credential } });
    expect(await works(byCredential)).toBe(true);

    await service.must('identity', 'DELETE', `/v3/users/${id}`);

    expect([await works(user), await works(byCredential)]).toEqual([false, false]);
    await expect(logIn()).rejects.toThrow(/401/);
    const leftovers = JSON.stringify((await call(simulator.ready, 'admin', 'GET', '/leftovers')).body);
    expect(leftovers).not.toContain(id);
    expect(leftovers).not.toContain(credential.id);
  });

  it('loses its tokens when its password is changed, and logs in with the new one', async () => {
    const { id, logIn } = await makeClusterUser('renewed', ['member']);
    const user = await logIn();
    await service.must('identity', 'PATCH', `/v3/users/${id}`, { user: { password: 'second' } });
    expect(await works(user)).toBe(false);
    await expect(logIn()).rejects.toThrow(/401/);
    expect(await works(await logIn('second'))).toBe(true);
  });

  it('has no token for the project any more when its last grant is gone', async () => {
    const { id, logIn } = await makeClusterUser('ungranted', ['reader']);
    const user = await logIn();
    await service.must('identity', 'DELETE', `/v3/projects/${demo.projectId}/users/${id}/roles/${roles.get('reader') ?? ''}`);
    expect(await works(user)).toBe(false);
    await expect(logIn()).rejects.toThrow(/401/);
  });
});

describe('an application credential', () => {
  const credentialOf = async (user: CloudUser, details: { [key: string]: Json }): Promise<CloudUser> => {
    const made = await user.must('identity', 'POST', `/v3/users/${user.userId}/application_credentials`, { application_credential: details });
    const credential = { id: textAt(made, 'application_credential.id'), secret: textAt(made, 'application_credential.secret') };
    return CloudUser.with(simulator.ready, { identity: { methods: ['application_credential'], application_credential: credential } });
  };

  it('does at each service only what its access rules allow', async () => {
    const user = await credentialOf(demo, { name: 'ruled', access_rules: [{ service: 'compute', method: 'GET', path: '/v2.1/servers/**' }] });
    expect((await user.call('compute', 'GET', '/v2.1/servers/detail')).status).toBe(200);
    expect((await user.call('compute', 'GET', '/v2.1/flavors')).status).toBe(401);
    expect((await user.call('network', 'GET', '/v2.0/networks')).status).toBe(401);
  });

  it('has the chosen roles only', async () => {
    const user = await credentialOf(demo, { name: 'reading', roles: [{ name: 'reader' }] });
    expect(await rolesOf(user)).toEqual(['reader']);
  });

  it('makes no further credentials and no trusts unless it is unrestricted', async () => {
    const restricted = await credentialOf(demo, { name: 'restricted' });
    const another = { application_credential: { name: 'another' } };
    expect((await restricted.call('identity', 'POST', `/v3/users/${demo.userId}/application_credentials`, another)).status).toBe(403);
    expect((await restricted.call('identity', 'POST', '/v3/OS-TRUST/trusts', { trust: {} })).status).toBe(403);
    const unrestricted = await credentialOf(demo, { name: 'unrestricted', unrestricted: true });
    expect((await unrestricted.call('identity', 'POST', `/v3/users/${demo.userId}/application_credentials`, another)).status).toBe(201);
  });
});

describe('a token', () => {
  it('expires', async () => {
    await call(simulator.ready, 'admin', 'PATCH', '/settings', { body: { token_seconds: 1 } });
    const shortLived = await CloudUser.logIn(simulator.ready, 'demo');
    await call(simulator.ready, 'admin', 'PATCH', '/settings', { body: { token_seconds: 3600 } });
    expect(await works(shortLived)).toBe(true);
    await until(async () => !(await works(shortLived)), { what: 'the token to expire' });
  });

  it('that was tampered with is none', async () => {
    const tampered = `${demo.token.slice(0, 20)}${demo.token[20] === 'A' ? 'B' : 'A'}${demo.token.slice(21)}`;
    expect((await call(simulator.ready, 'network', 'GET', '/v2.0/networks', { token: tampered })).status).toBe(401);
  });

  it('without a project opens no service', async () => {
    const password = { user: { name: 'demo', domain: { id: 'default' }, password: simulator.ready.password } };
    const unscoped = await CloudUser.with(simulator.ready, { identity: { methods: ['password'], password }, scope: 'unscoped' });
    expect((await unscoped.call('compute', 'GET', '/v2.1/servers')).status).toBe(403);
    expect((await unscoped.call('identity', 'GET', '/v3/auth/projects')).status).toBe(200);
  });
});

describe('the catalogue', () => {
  it('shows a service that is registered later, with the project filled in', async () => {
    const made = await service.must('identity', 'POST', '/v3/services', { service: { type: 'container-infra', name: 'magnum' } });
    const endpoint = { service_id: textAt(made, 'service.id'), interface: 'public', region_id: 'RegionOne', url: 'http://127.0.0.1:9511/v1/%(project_id)s' };
    await service.must('identity', 'POST', '/v3/endpoints', { endpoint });
    const catalog = at(await demo.must('identity', 'GET', '/v3/auth/catalog'), 'catalog') as { type: string; endpoints: { url: string }[] }[];
    expect(catalog.find(({ type }) => type === 'container-infra')?.endpoints.map(({ url }) => url)).toEqual([`http://127.0.0.1:9511/v1/${demo.projectId}`]);
  });
});
