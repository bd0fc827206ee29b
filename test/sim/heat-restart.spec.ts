import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { until } from '../support/until.js';
import { at, call, CloudUser, type Json } from './cloud-user.js';
import { leftoverCounts, machineLeftovers, machineResources, Stack } from './heat-stacks.js';
import { SimulatorProcess } from './simulator-process.js';

let folder: string;
let simulator: SimulatorProcess;
let demo: CloudUser;

const start = async (...flags: string[]): Promise<void> => {
  simulator = await SimulatorProcess.start('--data-dir', folder, '--boot-seconds', '0', ...flags);
};
const killAndStart = async (): Promise<void> => {
  await simulator.kill();
  await start();
};
const admin = async (method: string, path: string, body?: Json): Promise<Json> => (await call(simulator.ready, 'admin', method, path, body === undefined ? {} : { body })).body;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sim-heat-restart-'));
});
afterEach(async () => {
  await simulator.kill();
  rmSync(folder, { recursive: true, force: true });
});

const completed = async (stack: Stack, word: 'CREATE' | 'DELETE'): Promise<number> =>
  Object.values(await stack.resources()).filter((status) => status === `${word}_COMPLETE`).length;
const count = Object.keys(machineResources('any')).length;

describe('killed in the middle', () => {
  it.each(Array.from({ length: count }, (_, index) => index))('of a creation, with at least %i resources made: it goes on and makes nothing twice', async (made) => {
    await start('--heat-resource-ms', '40');
    demo = await CloudUser.logIn(simulator.ready, 'demo');
    const stack = await Stack.create(demo, 'killed', machineResources('killed-server'));
    await until(async () => (await completed(stack, 'CREATE')) >= made, { what: `${made} resources`, everyMs: 5 });
    await killAndStart();
    await stack.becomes('CREATE_COMPLETE');
    expect(await leftoverCounts(demo)).toEqual(machineLeftovers);
    await stack.delete();
    await stack.becomes('DELETE_COMPLETE');
    expect(await leftoverCounts(demo)).toEqual({});
  });

  it.each([0, 2, 4, 6, 8])('of a deletion, with at least %i resources gone: it goes on', async (goneCount) => {
    await start('--heat-resource-ms', '40');
    demo = await CloudUser.logIn(simulator.ready, 'demo');
    const stack = await Stack.create(demo, 'killed', machineResources('killed-server'));
    await stack.becomes('CREATE_COMPLETE');
    await stack.delete();
    await until(async () => (await completed(stack, 'DELETE')) >= goneCount, { what: `${goneCount} resources gone`, everyMs: 5 });
    await killAndStart();
    await stack.becomes('DELETE_COMPLETE');
    expect(await leftoverCounts(demo)).toEqual({});
  });
});

describe('killed between a service doing what Heat asked and Heat hearing of it', () => {
  it.each([
    ['net', 'network', '/v2.0/networks'],
    ['subnet', 'network', '/v2.0/subnets'],
    ['leg', 'network', 'add_router_interface'],
    ['group', 'network', '/v2.0/security-groups'],
    ['port', 'network', '/v2.0/ports'],
    ['address', 'network', '/v2.0/floatingips'],
    ['server', 'compute', '/servers$'],
    ['disk', 'volumev3', '/volumes$'],
    ['attachment', 'compute', '/os-volume_attachments'],
  ])('%s is found again, not made twice', async (resource, service, path) => {
    await start();
    demo = await CloudUser.logIn(simulator.ready, 'demo');
    await admin('POST', '/faults', { service, method: resource === 'leg' ? 'PUT' : 'POST', path, internal: true, action: { hold: 'after' } });
    const stack = await Stack.create(demo, 'unheard', machineResources('unheard-server'));
    await until(async () => at(await admin('GET', '/faults'), '0.holding') === 1, { what: 'the held answer' });
    await killAndStart();
    await stack.becomes('CREATE_COMPLETE');
    expect(await leftoverCounts(demo)).toEqual(machineLeftovers);
  });

  it('a stack that is deleted then leaves nothing either', async () => {
    await start();
    demo = await CloudUser.logIn(simulator.ready, 'demo');
    await admin('POST', '/faults', { service: 'compute', method: 'POST', path: '/servers$', internal: true, action: { hold: 'after' } });
    const stack = await Stack.create(demo, 'dropped', machineResources('dropped-server'));
    await until(async () => at(await admin('GET', '/faults'), '0.holding') === 1, { what: 'the held answer' });
    await stack.delete();
    await killAndStart();
    await stack.becomes('DELETE_COMPLETE');
    expect(await leftoverCounts(demo)).toEqual({});
  });
});
