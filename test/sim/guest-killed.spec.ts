import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { createGuestWorld, eventually, newDataDir, removeDataDir, server } from './guest-world.js';

let dataDir: string;
beforeEach(() => {
  dataDir = newDataDir();
});
afterEach(() => {
  removeDataDir(dataDir);
});

/** Processes whose environment says that they belong to a machine of this data directory. */
function processesOfMachines(): string[] {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/u.test(entry))
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/environ`, 'utf8').includes(`NODE_ROOT=${dataDir}`);
      } catch {
        // It ended meanwhile.
        return false;
      }
    });
}

it('no process of a machine outlives a killed simulator, and the next one goes on', async () => {
  const program = join(import.meta.dirname, '../../dist/test/sim/run-machine.js');
  const simulator = spawn(process.execPath, [program, dataDir], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [pid] = (await once(simulator.stdout, 'data')) as [Buffer];
  expect(processesOfMachines()).toContain(pid.toString().trim());
  simulator.kill('SIGKILL');
  await once(simulator, 'exit');
  await eventually('all processes have ended', () => processesOfMachines().length === 0);

  const world = createGuestWorld(dataDir);
  try {
    world.guests.start(server({ id: 'one' }));
    const file = world.rootPath('one', 'pid');
    await eventually('the service runs again', () => !pid.toString().includes(readFileSync(file, 'utf8').trim()));
  } finally {
    await world.close();
  }
  expect(processesOfMachines()).toEqual([]);
});
