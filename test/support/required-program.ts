import { spawnSync } from 'node:child_process';
import { describe } from '@jest/globals';

/**
 * `describe` for tests that drive a program which only the system's packages bring. Without it they are skipped and the
 * block's name says what is missing; in CI a skip would hide a gap, so there it is a failure.
 */
export function describeWith(programs: readonly string[], name: string, tests: () => void): void {
  const missing = programs.filter((program) => spawnSync('sh', ['-c', 'command -v "$0"', program]).status !== 0);
  if (missing.length === 0) {
    describe(name, tests);
    return;
  }
  if (process.env['CI']) throw new Error(`${name}: CI must install ${missing.join(', ')}.`);
  describe.skip(`${name} (needs ${missing.join(', ')} on PATH)`, tests);
}
