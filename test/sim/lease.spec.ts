import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { at, call, CloudUser } from './cloud-user.js';
import { SimulatorProcess } from './simulator-process.js';

const running: SimulatorProcess[] = [];
const folders: string[] = [];
const start = async (...flags: string[]): Promise<SimulatorProcess> => {
  const simulator = await SimulatorProcess.start(...flags);
  running.push(simulator);
  return simulator;
};
const newFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'sim-lease-'));
  folders.push(folder);
  return folder;
};

afterEach(async () => {
  await Promise.all(running.splice(0).map((simulator) => simulator.kill()));
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

describe('the leased range', () => {
  it('is another one for each of two simulators side by side', async () => {
    const [one, other] = await Promise.all([start(), start()]);
    expect(one.ready.range).toMatch(/^127\.1\d\d\.\d{1,3}\.0\/24$/);
    expect(other.ready.range).not.toBe(one.ready.range);
    for (const { ready } of [one, other]) expect((await call(ready, 'identity', 'GET', '/v3')).status).toBe(200);
  });

  it('is the same one for the same data directory, also after SIGKILL', async () => {
    const folder = newFolder();
    const first = await start('--data-dir', folder);
    await first.kill();
    const second = await start('--data-dir', folder);
    expect(second.ready.range).toBe(first.ready.range);
  });

  it('is refused while another simulator runs on the data directory', async () => {
    const folder = newFolder();
    await start('--data-dir', folder);
    await expect(SimulatorProcess.start('--data-dir', folder)).rejects.toThrow(/in use/);
  });
});

describe('the end', () => {
  it('is clean on SIGTERM: exit code 0, and a temporary data directory is gone', async () => {
    const simulator = await start();
    expect(existsSync(simulator.ready.data_dir)).toBe(true);
    expect(await simulator.stop()).toBe(0);
    expect(existsSync(simulator.ready.data_dir)).toBe(false);
  });

  it('keeps a data directory that was named', async () => {
    const folder = newFolder();
    const simulator = await start('--data-dir', folder);
    expect(await simulator.stop()).toBe(0);
    expect(existsSync(join(folder, 'journal.jsonl'))).toBe(true);
  });
});

describe('flags', () => {
  it('refuses what it does not know, in words', async () => {
    await expect(SimulatorProcess.start('--colour', 'red')).rejects.toThrow(/--colour/);
    await expect(SimulatorProcess.start('--boot-seconds', 'soon')).rejects.toThrow(/--boot-seconds/);
  });

  it('has no volume service in the catalogue with --no-cinder', async () => {
    const { ready } = await start('--no-cinder', '--container-infra', 'http://127.0.0.1:9511/v1');
    const demo = await CloudUser.logIn(ready, 'demo');
    const catalog = at(await demo.must('identity', 'GET', '/v3/auth/catalog'), 'catalog') as { type: string }[];
    const types = catalog.map((service) => service.type);
    expect(types).not.toContain('volumev3');
    expect(types).toContain('container-infra');
    await expect(demo.call('volumev3', 'GET', `/v3/${demo.projectId}/volumes`)).rejects.toThrow();
  });
});
