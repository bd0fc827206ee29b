import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { until } from '../support/until.js';
import { at, call, CloudUser, textAt } from './cloud-user.js';
import { SimulatorProcess } from './simulator-process.js';

let folder: string;
let simulator: SimulatorProcess;

const start = async (): Promise<void> => {
  simulator = await SimulatorProcess.start('--data-dir', folder, '--boot-seconds', '0');
};
const killAndStart = async (): Promise<void> => {
  await simulator.kill();
  await start();
};
const becomes = (user: CloudUser, server: string, status: string | number): Promise<void> =>
  until(async () => (await user.serverStatus(server)) === status, { what: `server ${status}` });

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sim-restart-'));
  await start();
});
afterEach(async () => {
  await simulator.kill();
  rmSync(folder, { recursive: true, force: true });
});

describe('after SIGKILL and a new start', () => {
  it('everything is there: tokens, server, volume with its content, floating IP', async () => {
    const demo = await CloudUser.logIn(simulator.ready, 'demo');
    const server = await demo.createServer('kept', { user_data: Buffer.from('#cloud-config\nruncmd:\n  - [sh, -c, "echo booted-once"]\n').toString('base64') });
    await becomes(demo, server, 'ACTIVE');
    const volume = textAt(await demo.must('volumev3', 'POST', `/v3/${demo.projectId}/volumes`, { volume: { name: 'kept', size: 1 } }), 'volume.id');
    const volumeStatus = async (): Promise<string> => textAt(await demo.must('volumev3', 'GET', `/v3/${demo.projectId}/volumes/${volume}`), 'volume.status');
    await until(async () => (await volumeStatus()) === 'available', { what: 'volume available' });
    await demo.must('compute', 'POST', `/v2.1/servers/${server}/os-volume_attachments`, { volumeAttachment: { volumeId: volume } });
    const outside = await demo.idOf('network', '/v2.0/networks?name=public', 'networks');
    const port = await demo.idOf('network', `/v2.0/ports?device_id=${server}`, 'ports');
    const floating = textAt(await demo.must('network', 'POST', '/v2.0/floatingips', { floatingip: { floating_network_id: outside, port_id: port } }), 'floatingip.floating_ip_address');

    await killAndStart();

    expect(await demo.serverStatus(server)).toBe('ACTIVE');
    expect(await volumeStatus()).toBe('in-use');
    const shown = await demo.must('compute', 'GET', `/v2.1/servers/${server}`);
    expect(JSON.stringify(at(shown, 'server.addresses'))).toContain(floating);
    const consoleText = async (): Promise<string> => textAt(await demo.must('compute', 'POST', `/v2.1/servers/${server}/action`, { 'os-getConsoleOutput': {} }), 'output');
    await until(async () => (await consoleText()).includes('booted-once'), { what: 'the console of the first boot' });
  });

  it('a server that was being built is finished', async () => {
    const demo = await CloudUser.logIn(simulator.ready, 'demo');
    const server = await demo.createServer('half-built');
    await killAndStart();
    await becomes(demo, server, 'ACTIVE');
  });

  it('a server that was being deleted goes, with its port', async () => {
    const demo = await CloudUser.logIn(simulator.ready, 'demo');
    const server = await demo.createServer('half-gone');
    await becomes(demo, server, 'ACTIVE');
    await demo.must('compute', 'DELETE', `/v2.1/servers/${server}`);
    await killAndStart();
    await becomes(demo, server, 404);
    const leftovers = await call(simulator.ready, 'admin', 'GET', '/leftovers');
    expect(at(leftovers.body, 'servers')).toEqual([]);
    expect(at(leftovers.body, 'ports')).toEqual([]);
  });

  it('a revoked token stays revoked', async () => {
    const demo = await CloudUser.logIn(simulator.ready, 'demo');
    await demo.must('identity', 'DELETE', '/v3/auth/tokens', undefined, { 'x-subject-token': demo.token });
    await killAndStart();
    expect((await demo.call('identity', 'GET', '/v3/auth/projects')).status).toBe(401);
  });

  it('what was changed in the seeds stays changed', async () => {
    const admin = await CloudUser.logIn(simulator.ready, 'admin');
    const demo = await CloudUser.logIn(simulator.ready, 'demo');
    await admin.must('identity', 'PATCH', `/v3/users/${demo.userId}`, { user: { password: 'another' } });
    await killAndStart();
    await expect(CloudUser.logIn(simulator.ready, 'demo')).rejects.toThrow(/401/);
    expect((await CloudUser.logIn(simulator.ready, 'demo', 'demo', 'another')).userId).toBe(demo.userId);
  });
});
