import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import {
  CloudForbiddenError,
  CloudServiceMissingError,
  CloudUnauthorizedError,
  CloudUnavailableError,
} from '../../src/openstack/cloud-error.js';
import type { Cloud } from '../../src/openstack/cloud.js';
import { HttpTransport, type TransportOptions } from '../../src/openstack/http-transport.js';
import type { Credentials } from '../../src/openstack/keystone/credentials.js';
import { createSession, type OpenStackSession } from '../../src/openstack/session.js';
import { startSimulatedCloud, type SimulatedCloud } from '../support/simulated-cloud.js';
import { clientsOf, cloudOf } from './cloud-fixture.js';

let simulated: SimulatedCloud;
let clouds: Cloud[] = [];
let transports: HttpTransport[] = [];

const cloud = (transport: Partial<TransportOptions> = {}): Cloud => {
  const made = cloudOf(simulated, transport);
  clouds.push(made);
  return made;
};

function session(credentials: Partial<Credentials> = {}): OpenStackSession {
  const transport = new HttpTransport({ connectTimeoutMs: 2000, timeoutMs: 5000, retries: 0, retryWindowMs: 10_000, answerLimitBytes: 1_000_000 });
  transports.push(transport);
  const domain = { name: 'Default' };
  const password = {
    kind: 'password',
    authUrl: simulated.authUrl,
    user: { name: 'demo', domain },
    password: simulated.password,
    scope: { project: { name: 'demo', domain } },
  };
  return createSession({ ...password, ...credentials } as Credentials, { transport, region: simulated.region, interface: 'public' });
}

const logIns = async (): Promise<number> =>
  (await simulated.requests()).filter(({ method, path }) => method === 'POST' && path.endsWith('/auth/tokens')).length;

beforeAll(async () => {
  simulated = await startSimulatedCloud(['--boot-seconds', '0']);
});
afterAll(() => simulated.stop());
afterEach(async () => {
  await simulated.clearFaults();
  await setTokenSeconds(3600);
  await Promise.all([...clouds, ...transports].map((each) => each.close()));
  clouds = [];
  transports = [];
});

async function setTokenSeconds(seconds: number): Promise<void> {
  const response = await fetch(`${simulated.adminUrl}/settings`, {
    method: 'PATCH',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ token_seconds: seconds }),
  });
  expect(response.status).toBe(200);
}

describe('OpenStackSession', () => {
  it('logs in once for all who ask at the same time', async () => {
    const { keystone } = cloud().asService();
    await simulated.requests();
    await Promise.all([keystone.listRoles(), keystone.findDomain('jeroboam'), keystone.findRole('member')]);
    expect(await logIns()).toBe(1);
  });

  it('tells services who asks and what for, also at the log-in that the call needs', async () => {
    const { keystone } = cloud().asService();
    await simulated.requests();
    await keystone.listRoles({ requestId: 'req-1', purpose: 'cluster-create; start-nodes' });
    const asked = (await simulated.requests()).map(({ method, request_id: requestId, user_agent: agent }) => [method, requestId, agent]);
    expect(asked).toEqual([
      ['POST', 'req-1', 'jeroboam (cluster-create; start-nodes)'],
      ['GET', 'req-1', 'jeroboam (cluster-create; start-nodes)'],
    ]);
  });

  it('logs in again before the token ends', async () => {
    await setTokenSeconds(2);
    const { keystone, session: used } = cloud().asService();
    const first = await used.token();
    await simulated.requests();
    const end = performance.now() + 2500;
    while (performance.now() < end) await keystone.listRoles();
    const requests = await simulated.requests();
    expect((await used.token()).value).not.toBe(first.value);
    expect(requests.filter(({ status }) => status === 401)).toEqual([]);
  });

  it('logs in again, once, when a service turns the token away, and then sends the call again', async () => {
    const { keystone } = cloud().asService();
    await keystone.listRoles();
    await simulated.requests();
    await simulated.fault({ service: 'identity', method: 'GET', path: '/roles', times: 1, action: { status: 401 } });
    expect((await keystone.listRoles()).length).toBeGreaterThan(0);
    expect(await logIns()).toBe(1);
  });

  it('gives up when the new token is turned away as well', async () => {
    const { keystone } = cloud().asService();
    await keystone.listRoles();
    await simulated.requests();
    await simulated.fault({ service: 'identity', method: 'GET', path: '/roles', times: 0, action: { status: 401 } });
    await expect(keystone.listRoles()).rejects.toThrow(CloudUnauthorizedError);
    expect(await logIns()).toBe(1);
  });

  it("does not renew somebody else's token", async () => {
    const demo = await clientsOf(cloud(), simulated, 'demo');
    await simulated.requests();
    await simulated.fault({ service: 'compute', method: 'GET', path: '/limits', times: 1, action: { status: 401 } });
    await expect(demo.nova.getLimits()).rejects.toThrow(CloudUnauthorizedError);
    expect(await logIns()).toBe(0);
  });

  it('does not let one who gives up end the log-in of the others', async () => {
    const { keystone } = cloud().asService();
    await simulated.fault({ service: 'identity', method: 'POST', path: '/auth/tokens', times: 1, action: { delay_ms: 300 } });
    const reason = new Error('the lease is lost');
    const impatient = new AbortController();
    const left = keystone.listRoles({ signal: impatient.signal });
    const stayed = keystone.listRoles();
    impatient.abort(reason);
    await expect(left).rejects.toBe(reason);
    expect((await stayed).length).toBeGreaterThan(0);
  });

  it('tries to log in again after a failure', async () => {
    const { keystone } = cloud({ retries: 0 }).asService();
    await simulated.fault({ service: 'identity', method: 'POST', path: '/auth/tokens', times: 1, action: { status: 503 } });
    await expect(keystone.listRoles()).rejects.toThrow(CloudUnavailableError);
    expect((await keystone.listRoles()).length).toBeGreaterThan(0);
  });

  it.each<[string, () => Promise<Partial<Credentials>>]>([
    ['a password', () => Promise.resolve({})],
    ['ids', async () => {
      const { userId, projectId } = await session().token();
      return { user: { id: userId }, scope: { project: { id: projectId ?? '' } } };
    }],
    ['a token', async () => ({ kind: 'token', token: await simulated.token('demo', null) })],
    ['an application credential', async () => {
      const made = await cloud().asUser({ ...(await demoIds()), password: simulated.password }).applicationCredentials.create({ name: `mine-${performance.now()}` });
      return { kind: 'application-credential', credential: { id: made.id }, secret: made.secret };
    }],
  ])('logs in with %s', async (kind, credentials) => {
    const token = await session(await credentials()).token();
    expect(token).toMatchObject({ userName: 'demo', projectName: 'demo', isApplicationCredential: kind === 'an application credential' });
    expect(token.roles.map(({ name }) => name)).toEqual(expect.arrayContaining(['member', 'reader']));
  });

  it('logs in without a project, and then finds no services', async () => {
    const unscoped = session({ scope: 'unscoped' });
    expect(await unscoped.token()).toMatchObject({ projectId: null, roles: [], catalog: [] });
    await expect(unscoped.endpoint('compute')).rejects.toThrow(CloudServiceMissingError);
  });

  it('says who refused a wrong password', async () => {
    await expect(session({ password: 'wrong' }).token()).rejects.toThrow(CloudUnauthorizedError);
    await expect(session({ password: 'wrong' }).token()).rejects.toThrow(/^keystone answered 401 to POST .*\/v3\/auth\/tokens: /);
  });

  it('knows which services the cloud has', async () => {
    const demo = session();
    expect(await demo.endpoint('compute')).toMatch(/:8774\/v2\.1$/);
    expect(await demo.hasService('volumev3')).toBe(true);
    expect(await demo.hasService('dns')).toBe(false);
    await expect(demo.endpoint('dns')).rejects.toThrow(/no public endpoint of type dns in region RegionOne/);
  });

  it('keeps errors apart by what they mean', async () => {
    const demo = await clientsOf(cloud(), simulated, 'demo');
    await expect(demo.keystone.createUser({ name: 'x', domainId: 'default', password: 'x' })).rejects.toThrow(CloudForbiddenError);
  });

  async function demoIds(): Promise<{ userId: string; projectId: string }> {
    const { userId, projectId } = await session().token();
    return { userId, projectId: projectId ?? '' };
  }
});
