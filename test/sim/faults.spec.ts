import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { until } from '../support/until.js';
import { at, call, CloudUser, textAt, type Answer, type Json } from './cloud-user.js';
import { SimulatorProcess } from './simulator-process.js';

let simulator: SimulatorProcess;
let demo: CloudUser;

beforeAll(async () => {
  simulator = await SimulatorProcess.start('--boot-seconds', '0');
  demo = await CloudUser.logIn(simulator.ready, 'demo');
});
afterAll(() => simulator.stop());
afterEach(async () => {
  await admin('DELETE', '/faults');
  await admin('DELETE', '/boot-faults');
});

const admin = (method: string, path: string, body?: Json): Promise<Answer> => call(simulator.ready, 'admin', method, path, body === undefined ? {} : { body });
const addFault = async (fault: Json): Promise<string> => textAt((await admin('POST', '/faults', fault)).body, 'id');
const holding = async (): Promise<Json | undefined> => at((await admin('GET', '/faults')).body, '0.holding');
const listNetworks = (name: string): Promise<Answer> => demo.call('network', 'GET', `/v2.0/networks?name=${name}`);
const createNetwork = (name: string): Promise<Answer> => demo.call('network', 'POST', '/v2.0/networks', { network: { name } });
const exists = async (name: string): Promise<boolean> => at((await listNetworks(name)).body, 'networks.0') !== undefined;

describe('a fault that answers', () => {
  it('strikes once by default, with status, headers and body as said, and changes nothing', async () => {
    await addFault({ service: 'network', method: 'POST', path: '^/v2.0/networks$', action: { status: 503, body: { busy: true }, headers: { 'retry-after': '7' } } });
    const struck = await createNetwork('struck');
    expect([struck.status, struck.body, struck.headers.get('retry-after')]).toEqual([503, { busy: true }, '7']);
    expect(await exists('struck')).toBe(false);
    expect((await createNetwork('after')).status).toBe(201);
  });

  it('lets the first matches pass when told to, and goes on until it is removed with times 0', async () => {
    const id = await addFault({ service: 'network', path: '/networks', after: 1, times: 0, action: { status: 500 } });
    const statuses = [];
    for (let turn = 0; turn < 4; turn += 1) statuses.push((await listNetworks('x')).status);
    expect(statuses).toEqual([200, 500, 500, 500]);
    expect(at((await admin('GET', '/faults')).body, '0.matched')).toBe(4);
    await admin('DELETE', `/faults/${id}`);
    expect((await listNetworks('x')).status).toBe(200);
  });

  it('can be told by the body', async () => {
    await addFault({ service: 'network', body: '"name":"unlucky', times: 0, action: { status: 500 } });
    expect((await createNetwork('lucky')).status).toBe(201);
    expect((await createNetwork('unlucky-1')).status).toBe(500);
  });

  it('can be told by what the caller calls itself and its request', async () => {
    await addFault({ service: 'network', user_agent: 'unlucky', request_id: 'req-1', times: 0, action: { status: 500 } });
    const ask = async (headers: Record<string, string>): Promise<number> =>
      (await call(simulator.ready, 'network', 'GET', '/v2.0/networks', { token: demo.token, headers })).status;
    expect(await ask({ 'user-agent': 'unlucky (x)', 'x-openstack-request-id': 'req-1' })).toBe(500);
    expect(await ask({ 'user-agent': 'lucky', 'x-openstack-request-id': 'req-1' })).toBe(200);
    expect(await ask({ 'user-agent': 'unlucky (x)', 'x-openstack-request-id': 'req-12' })).toBe(200);
  });

  it('is refused when its pattern or action makes no sense', async () => {
    expect((await admin('POST', '/faults', { path: '(', action: { status: 500 } })).status).toBe(400);
    expect((await admin('POST', '/faults', { action: { explode: true } })).status).toBe(400);
    expect((await admin('POST', '/faults', { pth: 'x', action: { status: 500 } })).status).toBe(400);
  });
});

describe('hold', () => {
  it('before: the request is not applied until the fault is removed', async () => {
    const id = await addFault({ service: 'network', method: 'POST', action: { hold: 'before' } });
    const waiting = createNetwork('held-before');
    await until(async () => (await holding()) === 1, { what: 'the request to be held' });
    expect(await exists('held-before')).toBe(false);
    await admin('DELETE', `/faults/${id}`);
    expect((await waiting).status).toBe(201);
  });

  it('after: the request is applied, only its answer waits', async () => {
    const id = await addFault({ service: 'network', method: 'POST', action: { hold: 'after' } });
    const waiting = createNetwork('held-after');
    await until(() => exists('held-after'), { what: 'the request to be applied' });
    expect(await holding()).toBe(1);
    await admin('DELETE', `/faults/${id}`);
    expect((await waiting).status).toBe(201);
  });
});

describe('a fault on the wire', () => {
  it('resets the connection', async () => {
    await addFault({ service: 'network', method: 'POST', action: { reset: true } });
    await expect(createNetwork('reset')).rejects.toThrow();
    expect(await exists('reset')).toBe(false);
  });

  it('hangs, and ends without having applied anything', async () => {
    const id = await addFault({ service: 'network', method: 'POST', action: { hang: true } });
    const waiting = createNetwork('hanging').then(
      () => 'answered',
      () => 'cut off',
    );
    await until(async () => (await holding()) === 1, { what: 'the request to hang' });
    await admin('DELETE', `/faults/${id}`);
    expect(await waiting).toBe('cut off');
    expect(await exists('hanging')).toBe(false);
  });

  it('cuts the answer to what was applied', async () => {
    await addFault({ service: 'network', method: 'POST', action: { cut: true } });
    await expect(createNetwork('cut')).rejects.toThrow();
    expect(await exists('cut')).toBe(true);
  });

  it('delays', async () => {
    await addFault({ service: 'network', action: { delay_ms: 300 } });
    const begun = Date.now();
    await listNetworks('x');
    expect(Date.now() - begun).toBeGreaterThanOrEqual(290);
  });
});

describe('a fault that strikes at random', () => {
  const struckOf = async (fault: Json): Promise<boolean[]> => {
    const id = await addFault(fault);
    const struck: boolean[] = [];
    for (let turn = 0; turn < 40; turn += 1) struck.push((await listNetworks('x')).status === 500);
    await admin('DELETE', `/faults/${id}`);
    return struck;
  };

  it('strikes about that share of the requests, the same ones for the same seed', async () => {
    const fault = { service: 'network', times: 0, share: 0.3, seed: 7, action: { status: 500 } };
    const struck = await struckOf(fault);
    expect(struck.filter(Boolean).length).toBeGreaterThan(4);
    expect(struck.filter(Boolean).length).toBeLessThan(24);
    expect(await struckOf(fault)).toEqual(struck);
    expect(await struckOf({ ...fault, seed: 8 })).not.toEqual(struck);
  });
});

describe('a listener', () => {
  it('refuses everybody while it is closed, and answers again afterwards', async () => {
    await admin('PATCH', '/listeners/network', { listening: false });
    await expect(listNetworks('x')).rejects.toThrow();
    expect((await admin('GET', '/listeners')).body).toContainEqual({ name: 'network', listening: false });
    await admin('PATCH', '/listeners/network', { listening: true });
    expect((await listNetworks('x')).status).toBe(200);
  });

  it('is known by the name of its service', async () => {
    expect((await admin('PATCH', '/listeners/nothing', { listening: false })).status).toBe(404);
    expect((await admin('PATCH', '/listeners/network', {})).status).toBe(400);
  });
});

describe('settings', () => {
  it('call_ms slows every call from outside down', async () => {
    await admin('PATCH', '/settings', { call_ms: 150 });
    const begun = Date.now();
    await listNetworks('x');
    const slow = Date.now() - begun;
    await admin('PATCH', '/settings', { call_ms: 0 });
    expect(slow).toBeGreaterThanOrEqual(140);
  });

  it('refuses an unknown setting', async () => {
    expect((await admin('PATCH', '/settings', { colour: 1 })).status).toBe(400);
  });
});

describe('the request log', () => {
  it('numbers calls and says who asked for what with which result', async () => {
    const before = (await admin('GET', '/requests')).body;
    const last = Array.isArray(before) ? before.length : 0;
    await createNetwork('logged');
    await demo.call('network', 'GET', '/v2.0/networks/none');
    const entries = (await admin('GET', `/requests?since=${last}`)).body;
    expect(entries).toMatchObject([
      { service: 'network', method: 'POST', path: '/v2.0/networks', status: 201, user_id: demo.userId },
      { service: 'network', method: 'GET', path: '/v2.0/networks/none', status: 404, user_id: demo.userId },
    ]);
  });

  it('does not hold what the admin listener is asked', async () => {
    await admin('GET', '/settings');
    expect(JSON.stringify((await admin('GET', '/requests')).body)).not.toContain('/settings');
  });
});

describe('a server without host', () => {
  it('goes to ERROR and says so', async () => {
    await admin('POST', '/boot-faults', { server_name: '^nowhere$', fault: 'no-valid-host' });
    const server = await demo.createServer('nowhere');
    await until(async () => (await demo.serverStatus(server)) === 'ERROR', { what: 'ERROR' });
    const shown = await demo.must('compute', 'GET', `/v2.1/servers/${server}`);
    expect(at(shown, 'server.fault')).toMatchObject({ code: 500, message: 'No valid host was found. ' });
    await demo.must('compute', 'DELETE', `/v2.1/servers/${server}`);
    await until(async () => (await demo.serverStatus(server)) === 404, { what: 'deleted' });
  });
});

describe('leftovers', () => {
  it('names what exists beyond the seeds, with tags, and forgets what is deleted', async () => {
    const network = textAt((await createNetwork('left-over')).body, 'network.id');
    await demo.must('network', 'PUT', `/v2.0/networks/${network}/tags`, { tags: ['mine'] });
    const networks = async (): Promise<Json | undefined> => at((await admin('GET', '/leftovers')).body, 'networks');
    expect(await networks()).toContainEqual({ id: network, name: 'left-over', project_id: demo.projectId, tags: ['mine'] });
    await demo.must('network', 'DELETE', `/v2.0/networks/${network}`);
    expect(JSON.stringify(await networks())).not.toContain(network);
  });
});
