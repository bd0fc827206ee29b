import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { realCloudVariable, type RealCloud } from '../support/real-cloud.js';
import { authUrl, labPassword, type LabPlace } from './lab-scripts.js';
import { cloudSettings, playMachines } from './lab.js';
import type { Tally } from './run-jobs.js';

/** The tests of test/lifecycle on the real services instead of the simulator's. `part` chooses files by their names. */
export async function runLifecycle(place: LabPlace, part: string, system: Readonly<Record<string, string>>): Promise<Tally> {
  const folder = mkdtempSync(join(tmpdir(), 'jeroboam-lab-'));
  const { agent } = await playMachines({ folder, system, place });
  const results = join(folder, 'results.json');
  const cloud: RealCloud = { authUrl, password: labPassword, settings: cloudSettings(agent.proxyUrl) };
  try {
    const jest = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning', join(place.root, 'node_modules/jest/bin/jest.js')];
    const options = ['--runInBand', '--verbose', '--json', `--outputFile=${results}`, `test/lifecycle/.*${part}`];
    const child = spawn(process.execPath, [...jest, ...options], {
      cwd: place.root,
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...system, [realCloudVariable]: JSON.stringify(cloud) },
    });
    await new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', resolve);
    });
    const { numPassedTests, numFailedTests, numRuntimeErrorTestSuites } = JSON.parse(readFileSync(results, 'utf8')) as Record<string, number>;
    return { passed: numPassedTests ?? 0, failed: (numFailedTests ?? 0) + (numRuntimeErrorTestSuites ?? 0) };
  } finally {
    await agent.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}
