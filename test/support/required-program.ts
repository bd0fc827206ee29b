import { spawnSync } from 'node:child_process';
import { describe } from '@jest/globals';

/** Something other than a program on PATH: what it is called, and a command that succeeds where it is installed. */
export interface Requirement {
  readonly name: string;
  readonly check: readonly [program: string, ...args: string[]];
}

/** What cloud-init reads YAML with; always the system's Python. */
export const pyYaml: Requirement = { name: 'python3-yaml', check: ['/usr/bin/python3', '-c', 'import yaml'] };

const requirement = (wanted: string | Requirement): Requirement =>
  typeof wanted === 'string' ? { name: wanted, check: ['sh', '-c', 'command -v "$0"', wanted] } : wanted;

/**
 * `describe` for tests that drive a program which only the system's packages bring. Without it they are skipped and the
 * block's name says what is missing; in CI a skip would hide a gap, so there it is a failure.
 */
export function describeWith(wanted: readonly (string | Requirement)[], name: string, tests: () => void): void {
  const missing = wanted
    .map(requirement)
    .filter(({ check: [program, ...args] }) => spawnSync(program, args).status !== 0)
    .map((each) => each.name);
  if (missing.length === 0) {
    describe(name, tests);
    return;
  }
  if (process.env['CI']) throw new Error(`${name}: CI must install ${missing.join(', ')}.`);
  describe.skip(`${name} (needs ${missing.join(', ')})`, tests);
}
