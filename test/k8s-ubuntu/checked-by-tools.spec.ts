import { describe, expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { clusterSpec, driver, group, groupOutputs, infraOutputs, nodeSpec, slotOutputs, userDataOf } from './cluster-fixture.js';

const isInstalled = (tool: string): boolean => spawnSync(tool, ['--version'], { stdio: 'ignore' }).error === undefined;

/** A test that a missing tool skips by name here and fails where CI=1 promises that everything is installed. */
const itWith = (tool: string, debianPackage: string): typeof it | typeof it.skip => {
  if (isInstalled(tool) || process.env['CI'] === '1') return it;
  process.stderr.write(`Skipped without ${tool}: apt-get install ${debianPackage}\n`);
  return it.skip;
};

function check(tool: string, args: readonly string[], files: Readonly<Record<string, string>>): { status: number | null; output: string } {
  const folder = mkdtempSync(join(tmpdir(), 'jeroboam-check-'));
  try {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    const { status, stdout, stderr, error } = spawnSync(tool, args, { cwd: folder, encoding: 'utf8' });
    if (error) throw error;
    return { status, output: stdout + stderr };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

describe('boot scripts', () => {
  const scripts = Object.fromEntries(Object.entries(driver.templates).flatMap(([key, text]) => (key.endsWith('.sh') ? [[key.replace('boot/', ''), text]] : [])));

  itWith('shellcheck', 'shellcheck')('pass shellcheck', () => {
    expect(Object.keys(scripts)).toContain('bootstrap.sh');
    expect(check('shellcheck', ['--external-sources', ...Object.keys(scripts)], scripts)).toEqual({ status: 0, output: '' });
  });

  itWith('shellcheck', 'shellcheck')('would not pass with a mistake in them', () => {
    expect(check('shellcheck', ['x.sh'], { 'x.sh': '#!/bin/bash\nrm -rf $1/*\n' }).status).toBe(1);
  });
});

describe('user-data', () => {
  const stacks = { infra: infraOutputs, group: groupOutputs };
  const spec = clusterSpec({ httpsProxy: `http://u:p'@proxy.test:3128`, noProxy: 'yes' });
  const rendered = {
    'control-plane': driver.renderNode(spec, nodeSpec('control-plane', 'init'), { ...stacks, slot: slotOutputs }),
    worker: driver.renderNode(clusterSpec({ sshPublicKey: null }), nodeSpec('worker', 'join', { group: group('worker', { dockerVolumeSizeGib: 1 }) }), { ...stacks, slot: null }),
  };

  itWith('cloud-init', 'cloud-init').each(Object.entries(rendered))("of a %s passes cloud-init's schema", (_role, stack) => {
    const { status, output } = check('cloud-init', ['schema', '--config-file', 'user-data'], { 'user-data': userDataOf(stack) });
    expect({ status, output }).toEqual({ status: 0, output: expect.stringContaining('Valid') });
  });

  itWith('cloud-init', 'cloud-init')('would not pass with a mistake in it', () => {
    expect(check('cloud-init', ['schema', '--config-file', 'user-data'], { 'user-data': '#cloud-config\nwrite_files: none\n' }).status).not.toBe(0);
  });
});
