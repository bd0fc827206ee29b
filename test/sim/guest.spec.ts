import { existsSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
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

interface Files {
  [path: string]: string;
}

/** User-data that writes these files and runs this with bash. */
function userData(script: string, files: Files = {}): string {
  const written = Object.entries(files).map(([path, content]) => ({ path, content, permissions: path.endsWith('.sh') ? '0755' : '0644' }));
  return `#cloud-config\n${JSON.stringify({ ...(written.length > 0 && { write_files: written }), runcmd: [['bash', '-euc', script]] })}`;
}

const read = (id: string, path: string): string => readFileSync(world.rootPath(id, path), 'utf8');
const has = (id: string, path: string): boolean => existsSync(world.rootPath(id, path));
const consoleOf = (id: string): string => world.guests.consoleLog(id);
const booted = (id: string): Promise<void> => eventually(`server ${id} has booted`, () => consoleOf(id).includes('Cloud-init finished'));

/** Boots a machine that runs this, and returns its console. */
async function run(script: string, { files, ...overrides }: Parameters<typeof server>[0] & { files?: Files } = { id: 'one' }): Promise<string> {
  world.guests.start(server({ userData: userData(script, files), ...overrides }));
  await booted(overrides.id);
  return consoleOf(overrides.id);
}

const processIsAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    // A zombie answers to signals as well.
    return !/^State:\s+Z/mu.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
};

describe('cloud-init', () => {
  it('writes files with their content, mode and additions, host name and keys', async () => {
    const files = [
      { path: '/etc/plain', content: 'plain\n' },
      { path: '/etc/secret', content: Buffer.from('hidden').toString('base64'), encoding: 'b64', permissions: '0600' },
      { path: '/etc/packed', content: 'H4sIAAAAAAAAA8tIzcnJVyjPL8pJAQCFEUoNCwAAAA==', encoding: 'gz+b64' },
      { path: '/etc/plain', content: 'more\n', append: true },
    ];
    world.guests.start(server({ id: 'one', userData: `#cloud-config\n${JSON.stringify({ write_files: files, hostname: 'node-a', ssh_authorized_keys: ['ssh-ed25519 AAAA demo'] })}` }));
    await booted('one');
    expect(read('one', 'etc/plain')).toBe('plain\nmore\n');
    expect(read('one', 'etc/secret')).toBe('hidden');
    expect(read('one', 'etc/packed')).toBe('hello world');
    expect(statSync(world.rootPath('one', 'etc/secret')).mode & 0o777).toBe(0o600);
    expect(read('one', 'etc/hostname')).toBe('node-a\n');
    expect(read('one', 'home/ubuntu/.ssh/authorized_keys')).toContain('AAAA demo');
  });

  it('says what is wrong with a module, leaves it out and goes on', async () => {
    const config = { write_files: [{ path: 'relative', content: '' }], nonsense: 1, runcmd: [['touch-by-runcmd']] };
    world.guests.start(server({ id: 'one', userData: `#cloud-config\n${JSON.stringify(config)}` }));
    await booted('one');
    expect(consoleOf('one')).toContain('write_files.0.path');
    expect(consoleOf('one')).toContain('unknown key nonsense');
    expect(consoleOf('one')).toContain('touch-by-runcmd: not found');
  });

  it('writes nothing through a link that leads out of the machine', async () => {
    const outside = join(dataDir, 'outside');
    mkdirSync(outside);
    const config = { bootcmd: [`ln -s '${outside}' "$NODE_ROOT/srv"`], write_files: [{ path: '/srv/file', content: 'x' }] };
    world.guests.start(server({ id: 'one', userData: `#cloud-config\n${JSON.stringify(config)}` }));
    await booted('one');
    expect(consoleOf('one')).toContain('/srv/file leads out of the machine');
    expect(readdirSync(outside)).toEqual([]);
    world.guests.start(server({ id: 'two', userData: userData(':', { '/../../escape': 'x' }) }));
    await booted('two');
    expect(has('two', 'escape')).toBe(true);
    expect(readdirSync(dataDir)).not.toContain('escape');
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

  it('hears from a stand-in what the real command would say of an option that it does not know', async () => {
    const console = await run('mount --frobnicate || echo "exit $?"; apt-get install curl || echo "exit $?"');
    expect(console).toContain("mount: unrecognized option '--frobnicate'\nexit 1");
    expect(console).toContain('no package source');
  });
});

const service = (lines: string): string => `[Unit]\nStartLimitIntervalSec=0\n[Service]\n${lines}\n[Install]\nWantedBy=multi-user.target\n`;
const unit = '/etc/systemd/system/work.service';

describe('systemd', () => {
  it('starts a failed service again until it succeeds, with its environment', async () => {
    const script = '#!/bin/bash\necho "try of $WHO" >>"$NODE_ROOT/tries"\n[[ $(wc -l <"$NODE_ROOT/tries") == 3 ]]\n';
    await run('systemctl enable --now --no-block work', { id: 'one', files: { [unit]: service('Type=oneshot\nExecStart=/opt/work.sh\nRestart=on-failure\nRestartSec=20ms\nEnvironmentFile=/etc/who'), '/opt/work.sh': script, '/etc/who': "WHO='the unit'\n" } });
    await eventually('the third try has succeeded', () => consoleOf('one').includes('Finished work.service'));
    expect(read('one', 'tries')).toBe('try of the unit\n'.repeat(3));
  });

  it('gives up at the start limit', async () => {
    const files = { [unit]: '[Unit]\nStartLimitBurst=2\n[Service]\nExecStart=/bin/false\nRestart=always\nRestartSec=1ms\n' };
    await run('systemctl start work', { id: 'one', files });
    await eventually('the limit is hit', () => consoleOf('one').includes('Start request repeated too quickly.'));
    expect(consoleOf('one').match(/Starting work\.service/gu)).toHaveLength(2);
  });

  it.each([
    { command: 'systemctl is-active work', says: 'active\nexit 0' },
    { command: 'systemctl start absent', says: 'Unit absent.service not found.\nexit 5' },
    { command: 'systemctl enable absent', says: 'Unit file absent.service does not exist.\nexit 1' },
    { command: 'systemctl is-active absent', says: 'inactive\nexit 3' },
    { command: 'systemctl stop work; systemctl is-active work', says: 'inactive\nexit 3' },
    { command: 'systemctl start fails', says: 'Job for fails.service failed' },
    { command: 'systemctl start skipped; systemctl is-active skipped', says: 'inactive\nexit 3' },
    { command: 'systemctl start broken', says: 'bad unit file setting' },
    { command: 'systemctl levitate', says: 'Unknown command verb levitate.\nexit 1' },
  ])('$command', async ({ command, says }) => {
    const files = {
      [unit]: service('ExecStart=/bin/sleep 1000'),
      '/etc/systemd/system/fails.service': service('Type=oneshot\nExecStart=/bin/false'),
      '/etc/systemd/system/skipped.service': '[Unit]\nConditionPathExists=/absent\n[Service]\nExecStart=/bin/sleep 1000\n',
      '/etc/systemd/system/broken.service': service('Type=oneshot\nRestart=always\nExecStart=/bin/true'),
    };
    expect(await run(`systemctl start work; set +e; ${command}; echo "exit $?"`, { id: 'one', files })).toContain(says);
  });

  it('kills what takes longer to start than its time-out', async () => {
    const files = { [unit]: service('Type=oneshot\nExecStart=/bin/sleep 1000\nTimeoutStartSec=50ms') };
    expect(await run('systemctl start work || echo "exit $?"', { id: 'one', files })).toContain('signal=KILL');
  });

  it('starts enabled units again at a later boot, in their order, and runs cloud-init only once', async () => {
    const say = (word: string): string => `Type=oneshot\nExecStart=/bin/bash -c 'echo ${word} >>"$$NODE_ROOT/order"'`;
    const files = { '/etc/systemd/system/a.service': `[Unit]\nAfter=z.service\n${service(say('a'))}`, '/etc/systemd/system/z.service': service(say('z')) };
    await run('echo cloud-init >>"$NODE_ROOT/order"; systemctl enable a z', { id: 'one', files });
    await world.guests.stop('one');
    world.guests.start(server({ id: 'one' }));
    await eventually('both have run', () => read('one', 'order').split('\n').length >= 4);
    expect(read('one', 'order')).toBe('cloud-init\nz\na\n');
  });
});

const volume = { id: 'aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee', device: '/dev/vdb' };
const disk = '"$NODE_ROOT/dev/disk/by-id/virtio-aaaaaaaa-bbbb-cccc-d"';

describe('disks', () => {
  beforeEach(() => {
    mkdirSync(join(dataDir, 'volumes', volume.id), { recursive: true });
  });

  it('keep what was written on them after the server is gone', async () => {
    const first = await run(`blkid ${disk} && exit 1; mkfs.ext4 -q -L data ${disk}; mkdir -p "$NODE_ROOT/mnt/data"; mount ${disk} "$NODE_ROOT/mnt/data"; mountpoint "$NODE_ROOT/mnt/data"; echo kept > "$NODE_ROOT/mnt/data/file"`, { id: 'one', volumes: [volume] });
    expect(first).toContain('/mnt/data is a mountpoint');
    await world.guests.remove('one');
    expect(has('one', '')).toBe(false);
    const second = await run(`blkid -o value -s TYPE -s LABEL ${disk}; mkdir -p "$NODE_ROOT/d"; mount ${disk} "$NODE_ROOT/d"; cat "$NODE_ROOT/d/file"`, { id: 'two', volumes: [volume] });
    expect(second).toMatch(/data\next4\nkept\n/u);
    await world.guests.stop('two');
    expect(has('two', 'd/file')).toBe(false);
  });

  it('appear while the machine runs', async () => {
    world.guests.start(server({ id: 'one', userData: userData(`echo waiting; until [[ -e ${disk} ]]; do sleep 0.02; done; echo found`) }));
    await eventually('the script waits', () => consoleOf('one').includes('waiting'));
    world.guests.volumesChanged('one', [volume]);
    await eventually('the script has found the disk', () => consoleOf('one').includes('found'));
  });

  it.each([
    { script: `mount ${disk} "$NODE_ROOT/mnt"`, says: 'wrong fs type' },
    { script: `mkfs.ext4 -q ${disk}; mount ${disk} "$NODE_ROOT/absent"`, says: 'mount point does not exist' },
    { script: `mkfs.ext4 -q ${disk}; mount ${disk} "$NODE_ROOT/mnt"; mount ${disk} "$NODE_ROOT/mnt"`, says: 'already mounted on /mnt' },
    { script: `mkfs.ext4 -q ${disk}; mount ${disk} "$NODE_ROOT/mnt"; mkfs.ext4 -q ${disk}`, says: 'is mounted; will not make a filesystem here!' },
    { script: 'mount /dev/vdz "$NODE_ROOT/mnt"', says: 'special device /dev/vdz does not exist' },
    { script: 'umount "$NODE_ROOT/mnt"', says: 'not mounted' },
    { script: 'mkfs.ext4 -q /dev/vdz', says: 'does not exist' },
  ])('refuse: $script', async ({ script, says }) => {
    const console = await run(`${script}; echo survived`, { id: 'one', volumes: [volume] });
    expect(console).toContain(says);
    expect(console).not.toContain('survived');
  });

  it('hold a service back that needs a mount of fstab which cannot be made', async () => {
    const files = { [unit]: `[Unit]\nRequiresMountsFor=/mnt\n${service('Type=oneshot\nExecStart=/bin/true')}`, '/etc/fstab': '/dev/disk/by-id/virtio-aaaaaaaa-bbbb-cccc-d /mnt ext4 defaults,nofail 0 2\n' };
    expect(await run('systemctl start work || echo "exit $?"', { id: 'one', files })).toContain('/mnt is not mounted');
    expect(await run(`mkfs.ext4 -q ${disk}; systemctl start work; mountpoint /mnt`, { id: 'two', files, volumes: [volume] })).toContain('/mnt is a mountpoint');
  });
});

describe('power', () => {
  const files = { [unit]: service("ExecStart=/bin/bash -c 'echo $$$$ >\"$$NODE_ROOT/pid\"; sleep 1000 & wait'") };
  const start = async (): Promise<number> => {
    world.guests.start(server({ id: 'one', userData: userData('systemctl enable --now work', files) }));
    await eventually('the service runs', () => has('one', 'pid') && read('one', 'pid').trim() !== '');
    return Number(read('one', 'pid'));
  };

  it('off ends every process of the machine, on starts its services again', async () => {
    const pid = await start();
    expect(processIsAlive(pid)).toBe(true);
    await world.guests.stop('one');
    expect(processIsAlive(pid)).toBe(false);
    world.guests.start(server({ id: 'one' }));
    await eventually('the service runs again', () => Number(read('one', 'pid')) !== pid);
  });

  it('is on again after a restart of the simulator, without a boot time, and the console remembers', async () => {
    const pid = await start();
    await world.close();
    expect(processIsAlive(pid)).toBe(false);
    world = createGuestWorld(dataDir);
    world.context.settings.bootSeconds = 3600;
    world.guests.start(server({ id: 'one' }));
    await eventually('the service runs again', () => Number(read('one', 'pid')) !== pid);
    expect(consoleOf('one').match(/Started work\.service/gu)).toHaveLength(2);
  });

  it('goes off and on again by a reboot of the machine, which does not repeat the script', async () => {
    world.guests.start(server({ id: 'one', userData: userData('echo one reboot; reboot; sleep 1000') }));
    await booted('one');
    expect(consoleOf('one').match(/Linux version/gu)).toHaveLength(2);
    expect(consoleOf('one').match(/one reboot/gu)).toHaveLength(1);
  });

  it('takes the boot time before anything runs', async () => {
    world.context.settings.bootSeconds = 3600;
    world.guests.start(server({ id: 'one', userData: userData('echo ran') }));
    await eventually('the disk is there', () => has('one', 'etc/os-release'));
    expect(consoleOf('one')).toBe('');
    await world.guests.remove('one');
    expect(readdirSync(join(dataDir, 'servers'))).toEqual([]);
  });
});

describe('boot faults', () => {
  it('keep a machine from booting once', async () => {
    world.faults.add({ serverName: '^server-one$', fault: 'never-boots' });
    world.guests.start(server({ id: 'one', userData: userData('echo ran') }));
    await eventually('the fault has struck', () => world.faults.list()[0]?.matched === 1);
    await world.close();
    world = createGuestWorld(dataDir);
    world.guests.start(server({ id: 'one' }));
    await world.guests.stop('one');
    expect(consoleOf('one')).toBe('');
    await run('echo ran');
    expect(consoleOf('one')).toContain('ran');
  });

  it.each(['hostname', 'openssl'])('make %s fail as often as wanted', async (command) => {
    world.faults.add({ serverName: 'server', fault: 'fail-command', command, times: 2 });
    const console = await run(`for try in 1 2 3; do ${command} ${command === 'openssl' ? 'version' : ''} >/dev/null && echo "try $try passed" || echo "try $try failed"; done`);
    expect(console).toContain('try 1 failed\n');
    expect(console).toContain('try 2 failed\n');
    expect(console).toContain('try 3 passed\n');
  });

  it('take the network from curl', async () => {
    world.faults.add({ serverName: 'server', fault: 'no-network' });
    expect(await run('curl https://127.0.0.1/ || echo "exit $?"')).toContain('No route to host\nexit 7');
  });

  it('are refused when they make no sense', () => {
    expect(() => world.faults.add({ serverName: '(', fault: 'never-boots' })).toThrow(SyntaxError);
    expect(() => world.faults.add({ serverName: '.', fault: 'fail-command' })).toThrow(TypeError);
  });
});
