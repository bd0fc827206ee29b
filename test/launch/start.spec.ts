import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Launched, processesOf } from './launched.js';

const hint = 'Ctrl-C ends everything; the data stay.';

describe('npm start', () => {
  let folder: string;
  let running: Launched | undefined;
  const start = (): Launched => (running = Launched.start([], { JEROBOAM_DATA_DIR: folder }));

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'jeroboam-start-'));
  });
  afterAll(async () => {
    running?.send('SIGTERM');
    await running?.status();
    rmSync(folder, { recursive: true, force: true });
  }, 60_000);

  it('makes a demo cluster, tells what to try, and ends everything at Ctrl-C', async () => {
    const first = start();
    await first.untilItSays(hint);
    expect(first.output).toContain('$ coe cluster create demo --cluster-template k8s-demo --node-count 2');
    expect(first.output).toMatch(/^demo {2}CREATE_COMPLETE {2}https:\/\/127\.[\d.]+:6443$/m);
    expect(first.output).toContain(`. ${folder}/openrc`);
    // It holds a password.
    expect(statSync(join(folder, 'openrc')).mode & 0o777).toBe(0o600);
    expect(processesOf(folder)).not.toEqual([]);
    first.send('SIGINT');
    expect(await first.status()).toBe(0);
    expect(processesOf(folder)).toEqual([]);
  }, 120_000);

  it('finds the cluster again, also when Ctrl-C comes twice', async () => {
    const second = start();
    await second.untilItSays(hint);
    expect(second.output).not.toContain('$ coe cluster create');
    expect(second.output).toMatch(/^demo {2}CREATE_COMPLETE/m);
    second.send('SIGINT');
    second.send('SIGINT');
    expect(await second.status()).toBe(0);
    expect(processesOf(folder)).toEqual([]);
  }, 120_000);

  it('leaves nothing behind when it is interrupted while it starts', async () => {
    const third = start();
    await third.untilItSays('Database and cloud are up');
    third.send('SIGTERM');
    expect(await third.status()).toBe(0);
    expect(third.output).not.toContain(hint);
    expect(processesOf(folder)).toEqual([]);
  }, 60_000);
});
