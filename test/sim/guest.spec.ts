import { existsSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createGuestWorld, eventually, newDataDir, removeDataDir, server, type GuestWorld } from './guest-world.js';

let dataDir: string;
let world: GuestWorld;

beforeEach(() => {
  dataDir = newDataDir();
  world = createGuestWorld(dataDir);
});

afterEach(async () => {
  await world.close();
  removeDataDir(dataDir);
});

const bash = (script: string): string => `#cloud-config\n${JSON.stringify({ runcmd: [['bash', '-euc', script]] })}`;
const read = (id: string, path: string): string => readFileSync(world.rootPath(id, path), 'utf8');
const has = (id: string, path: string): boolean => existsSync(world.rootPath(id, path));
const booted = (id: string): Promise<void> => eventually(`server ${id} has booted`, () => world.guests.consoleLog(id).includes('Cloud-init finished'));

/** Boots a machine whose only work is this script, and returns its console. */
async function run(script: string, overrides: Parameters<typeof server>[0] = { id: 'one' }): Promise<string> {
  world.guests.start(server({ userData: bash(script), ...overrides }));
  await booted(overrides.id);
  return world.guests.consoleLog(overrides.id);
}

describe('cloud-init', () => {
  it('writes files with their content, mode and additions', async () => {
    const files = [
      { path: '/etc/plain', content: 'plain\n' },
      { path: '/etc/secret', content: Buffer.from('hidden').toString('base64'), encoding: 'b64', permissions: '0600' },
      { path: '/etc/plain', content: 'more\n', append: true },
    ];
    world.guests.start(server({ id: 'one', userData: `#cloud-config\n${JSON.stringify({ write_files: files, hostname: 'node-a', ssh_authorized_keys: ['ssh-ed25519 AAAA demo'] })}` }));
    await booted('one');
    expect(read('one', 'etc/plain')).toBe('plain\nmore\n');
    expect(read('one', 'etc/secret')).toBe('hidden');
    expect(statSync(world.rootPath('one', 'etc/secret')).mode & 0o777).toBe(0o600);
    expect(read('one', 'etc/hostname')).toBe('node-a\n');
    expect(read('one', 'home/ubuntu/.ssh/authorized_keys')).toContain('AAAA demo');
  });
});

describe('a script', () => {
  it('sees its own root, the stand-ins and nothing of the host environment', async () => {
    await run('env > "$NODE_ROOT/tmp/env"; hostname > "$NODE_ROOT/tmp/name"; kubeadm version -o short > "$NODE_ROOT/tmp/version"');
    const names = read('one', 'tmp/env').split('\n').filter((line) => line !== '').map((line) => line.split('=')[0]);
    expect(names.filter((name) => !['PATH', 'LANG', 'HOME', 'TMPDIR', 'NODE_ROOT', 'PWD', 'SHLVL', '_', 'OLDPWD'].includes(name ?? ''))).toEqual([]);
    expect(read('one', 'tmp/name')).toBe('server-one\n');
    expect(read('one', 'tmp/version')).toBe('v1.32.4\n');
  });
});

describe('disks', () => {
  it('keep what was written on them after the server is gone', async () => {
    const volume = { id: 'aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee', device: '/dev/vdb' };
    mkdirSync(join(dataDir, 'volumes', volume.id), { recursive: true });
    const disk = '"$NODE_ROOT/dev/disk/by-id/virtio-aaaaaaaa-bbbb-cccc-d"';
    await run(`blkid ${disk} && exit 1; mkfs.ext4 -q -L data ${disk}; mkdir -p "$NODE_ROOT/mnt/data"; mount ${disk} "$NODE_ROOT/mnt/data"; mountpoint "$NODE_ROOT/mnt/data"; echo kept > "$NODE_ROOT/mnt/data/file"`, { id: 'one', volumes: [volume] });
    expect(world.guests.consoleLog('one')).toContain('/mnt/data is a mountpoint');
    await world.guests.remove('one');
    expect(has('one', '')).toBe(false);
    await run(`blkid -o value -s TYPE -s LABEL ${disk}; mkdir -p "$NODE_ROOT/d"; mount ${disk} "$NODE_ROOT/d"; cat "$NODE_ROOT/d/file"`, { id: 'two', volumes: [volume] });
    expect(world.guests.consoleLog('two')).toMatch(/data\next4\nkept\n/u);
    await world.guests.stop('two');
    expect(has('two', 'd/file')).toBe(false);
  });
});
