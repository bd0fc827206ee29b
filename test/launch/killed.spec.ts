import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { until } from '../support/until.js';
import { Launched, processesOf } from './launched.js';

const hint = 'Ctrl-C ends everything; the data stay.';
/** A step in the middle of the create, as `coe watch` shows it. */
const midCreate = 'create-infra';

describe('npm start, killed in the middle of a create', () => {
  let folder: string;
  let running: Launched | undefined;
  const start = (): Launched => (running = Launched.start([], { JEROBOAM_DATA_DIR: folder }));
  const demoClusters = (output: string): string[] => output.match(/^demo {2}CREATE_COMPLETE/gm) ?? [];

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'jeroboam-killed-'));
  });
  afterAll(async () => {
    running?.send('SIGTERM');
    await running?.status();
    rmSync(folder, { recursive: true, force: true });
  }, 60_000);

  it('ends its children with it, and the next start goes on', async () => {
    const first = start();
    await first.untilItSays(midCreate);
    first.send('SIGKILL');
    await first.status();
    // All of them by themselves: PostgreSQL, the simulated cloud, the server; nobody starts anything here.
    await until(() => processesOf(folder).length === 0, { deadlineMs: 90_000, everyMs: 100, what: 'the children to end' });
    const second = start();
    await second.untilItSays(hint);
    expect(second.output).not.toContain('$ coe cluster create');
    expect(demoClusters(second.output)).toHaveLength(1);
  }, 240_000);

  it('says who is there when it is started on the same data once more', async () => {
    const other = Launched.start([], { JEROBOAM_DATA_DIR: folder });
    expect(await other.status()).toBe(1);
    expect(other.output).toContain(`Jeroboam already runs on the data in ${folder}: process ${String(running?.pid)}.`);
    // It disturbed nobody.
    expect(processesOf(folder).length).toBeGreaterThan(3);
    running?.send('SIGINT');
    expect(await running?.status()).toBe(0);
  }, 60_000);

  it('comes back when every process was killed at once, and the create goes on to its end', async () => {
    rmSync(folder, { recursive: true });
    const first = start();
    await first.untilItSays(midCreate);
    for (const line of processesOf(folder)) killProcess(Number(line.split(' ', 1)[0]));
    await first.status();
    const second = start();
    await second.untilItSays(hint);
    expect(second.output).not.toContain('$ coe cluster create');
    expect(demoClusters(second.output)).toHaveLength(1);
    second.send('SIGINT');
    expect(await second.status()).toBe(0);
    expect(processesOf(folder)).toEqual([]);
  }, 240_000);
});

function killProcess(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    // A child of one that was killed before it may have ended meanwhile.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
