import { describe, expect, it } from '@jest/globals';
import type { Command } from 'commander';
import { completionScript } from './completion.js';
import { ContradictionError } from './flag.js';
import { buildProgram } from './program.js';

function commandAt(program: Command, path: string): Command {
  return path.split(' ').reduce((parent, name) => {
    const child = parent.commands.find((command) => command.name() === name);
    if (!child) throw new Error(`no command ${path}`);
    return child;
  }, program);
}

/** The options that a command hands to its work; nothing is run. */
async function optionsOf(path: string, ...arguments_: string[]): Promise<Record<string, unknown>> {
  const program = buildProgram({});
  const command = commandAt(program, path);
  command.action(() => undefined);
  await program.parseAsync(['node', 'coe', ...path.split(' '), ...arguments_]);
  return command.opts();
}

const template = ['k8s', '--coe', 'kubernetes', '--image', 'i', '--external-network', 'n'];
const cluster = ['blue', '--cluster-template', 't'];

describe('pairs of flags', () => {
  it.each([
    { path: 'cluster template create', given: [...template, '--hidden', '--visible'], then: { hidden: false } },
    { path: 'cluster template create', given: [...template, '--visible', '--hidden'], then: { hidden: true } },
    { path: 'cluster template create', given: [...template, '--floating-ip-disabled'], then: { floatingIpEnabled: false } },
    { path: 'cluster template create', given: [...template, '--no-proxy', '10.0.0.0/8'], then: { proxy: '10.0.0.0/8' } },
    { path: 'cluster create', given: [...cluster, '--master-lb-enabled'], then: { masterLbEnabled: true } },
  ])('$path takes $given', async ({ path, given, then }) => {
    expect(await optionsOf(path, ...given)).toMatchObject(then);
  });

  it.each([
    { path: 'cluster template create', given: [...template, '--floating-ip-enabled', '--floating-ip-disabled'] },
    { path: 'cluster create', given: [...cluster, '--floating-ip-enabled', '--floating-ip-enabled'] },
    { path: 'cluster create', given: [...cluster, '--master-lb-enabled', '--master-lb-disabled'] },
  ])('$path refuses $given', async ({ path, given }) => {
    await expect(optionsOf(path, ...given)).rejects.toThrow(ContradictionError);
  });

  it('are absent when nothing was said', async () => {
    const options = await optionsOf('cluster create', ...cluster);
    expect(options).not.toHaveProperty('floatingIpEnabled');
    expect(options).not.toHaveProperty('masterLbEnabled');
  });
});

describe('completionScript', () => {
  it.each(['bash', 'zsh', 'fish'] as const)('for %s knows every command and option', (shell) => {
    const script = completionScript(buildProgram({}), shell);
    expect(script).toContain("cluster template");
    expect(script).toMatch(/create list show delete/);
    expect(script).toContain(shell === 'fish' ? '-l master-lb-disabled' : '--master-lb-disabled');
  });
});
