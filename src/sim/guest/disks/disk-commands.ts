import { randomUUID } from 'node:crypto';
import { hasOption, optionValue, parseOptions } from '../command-options.js';
import type { ScratchRoot } from '../scratch-root.js';
import type { StandInAnswer, StandInCall } from '../stand-ins/stand-in-server.js';
import { MountError, type AttachedDisk, type Disks } from './disks.js';
import { makeFilesystem, readFilesystem } from './filesystem.js';

type DiskCommand = (call: StandInCall, disks: Disks, root: ScratchRoot) => StandInAnswer;

/** Commands that look at or change the attached volumes. */
export const diskCommands: Record<string, DiskCommand> = {
  blkid,
  'mkfs.ext4': (call, disks) => mkfs(call, disks, 'ext4'),
  'mkfs.xfs': (call, disks) => mkfs(call, disks, 'xfs'),
  mount,
  umount,
  mountpoint,
  findmnt,
};

function blkid(call: StandInCall, disks: Disks): StandInAnswer {
  const line = parseOptions(call.args, { o: 'value', output: 'value', s: 'value', 'match-tag': 'value', p: 'flag', probe: 'flag', c: 'value', L: 'value', label: 'value', U: 'value', uuid: 'value', w: 'value' });
  const label = optionValue(line, 'L', 'label');
  const uuid = optionValue(line, 'U', 'uuid');
  if (label !== undefined || uuid !== undefined) {
    const disk = disks.find(label !== undefined ? `LABEL=${label}` : `UUID=${uuid ?? ''}`);
    return disk ? { code: 0, stdout: `${disk.device}\n` } : { code: 2 };
  }
  const wanted = line.operands.length > 0 ? line.operands.map((path) => disks.find(path, call.workingDirectory)) : [...disks.attached()];
  const found = wanted.flatMap((disk) => (disk ? [{ disk, filesystem: readFilesystem(disk.dir) }] : [])).flatMap(({ disk, filesystem }) => (filesystem ? [{ disk, filesystem }] : []));
  const tags = (line.options.get('s') ?? line.options.get('match-tag'))?.map(String);
  const format = optionValue(line, 'o', 'output') ?? 'full';
  const stdout = found.map(({ disk, filesystem }) => {
    const values = Object.entries({ LABEL: filesystem.label, UUID: filesystem.uuid, TYPE: filesystem.type }).filter(([tag, value]) => value !== '' && (tags?.includes(tag) ?? true));
    if (values.length === 0) return '';
    if (format === 'value') return values.map(([, value]) => `${value}\n`).join('');
    if (format === 'export') return [`DEVNAME=${disk.device}`, ...values.map(([tag, value]) => `${tag}=${value}`)].map((each) => `${each}\n`).join('');
    return `${disk.device}: ${values.map(([tag, value]) => `${tag}="${value}"`).join(' ')}\n`;
  });
  // blkid(8): 2 when the token was not found or nothing could be identified.
  return stdout.join('') === '' ? { code: 2 } : { code: 0, stdout: stdout.join('') };
}

function mkfs(call: StandInCall, disks: Disks, type: string): StandInAnswer {
  const line = parseOptions(call.args, { L: 'value', U: 'value', F: 'flag', f: 'flag', q: 'flag', v: 'flag', m: 'value', E: 'value', O: 'value', T: 'value', b: 'value', i: 'value', I: 'value', n: 'flag' });
  const [path] = line.operands;
  if (path === undefined) return { code: 1, stderr: `Usage: mkfs.${type} [-F] [-q] [-L label] [-U uuid] device\n` };
  const disk = disks.find(path, call.workingDirectory);
  if (!disk) return { code: 1, stderr: `The file ${path} does not exist and no size was specified.\n` };
  const label = optionValue(line, 'L') ?? '';
  const labelBytesMax = type === 'ext4' ? 16 : 12;
  if (Buffer.byteLength(label) > labelBytesMax) return { code: 1, stderr: `mkfs.${type}: label "${label}" is longer than ${labelBytesMax} bytes\n` };
  if (disks.mountOf(disk.volumeId)) return { code: 1, stderr: `${disk.device} is mounted; will not make a filesystem here!\n` };
  makeFilesystem(disk.dir, { type, label, uuid: optionValue(line, 'U') ?? randomUUID() });
  return { code: 0, stdout: hasOption(line, 'q') ? '' : `Creating filesystem on ${disk.device}\n` };
}

function mount(call: StandInCall, disks: Disks, root: ScratchRoot): StandInAnswer {
  const line = parseOptions(call.args, { t: 'value', types: 'value', o: 'value', options: 'value', L: 'value', U: 'value', a: 'flag', v: 'flag', m: 'value' });
  if (hasOption(line, 'a')) return mountAll(disks, root);
  const label = optionValue(line, 'L');
  const [first, second] = line.operands;
  if (label === undefined && first === undefined) return { code: 0, stdout: disks.mounted().map((each) => `${each.device} on ${each.mountPoint} type ${each.type} (rw,relatime)\n`).join('') };
  const entry = second === undefined && label === undefined ? fstab(root).find(({ mountPoint }) => mountPoint === root.guestPath(first ?? '', call.workingDirectory)) : undefined;
  const source = label !== undefined ? `LABEL=${label}` : (entry?.source ?? first ?? '');
  const target = entry?.mountPoint ?? (label !== undefined ? first : second);
  if (target === undefined) return { code: 32, stderr: `mount: ${first ?? ''}: can't find in /etc/fstab.\n` };
  const disk = disks.find(source, call.workingDirectory);
  if (!disk) return { code: 32, stderr: `mount: ${target}: special device ${source} does not exist.\n` };
  return mountDisk(disks, disk, root.guestPath(target, call.workingDirectory), optionValue(line, 't', 'types'));
}

function mountDisk(disks: Disks, disk: AttachedDisk, mountPoint: string, type: string | undefined): StandInAnswer {
  const actual = readFilesystem(disk.dir)?.type;
  if (type !== undefined && type !== 'auto' && actual !== undefined && actual !== type)
    return { code: 32, stderr: `mount: ${mountPoint}: wrong fs type, bad option, bad superblock on ${disk.device}, missing codepage or helper program, or other error.\n` };
  try {
    disks.mount(disk, mountPoint);
    return { code: 0 };
  } catch (error) {
    if (error instanceof MountError) return { code: 32, stderr: `mount: ${error.message}\n` };
    throw error;
  }
}

/** `mount -a`, and what happens at every boot. */
export function mountAll(disks: Disks, root: ScratchRoot): StandInAnswer {
  const failures = fstab(root).flatMap((entry) => {
    if (entry.options.includes('noauto')) return [];
    const answer = mountEntry(disks, entry);
    return answer.code === 0 || entry.options.includes('nofail') ? [] : [answer.stderr ?? ''];
  });
  return failures.length === 0 ? { code: 0 } : { code: 32, stderr: failures.join('') };
}

/** `RequiresMountsFor=`: everything that /etc/fstab mounts at the path or above it is mounted. */
export function ensureMountsFor(disks: Disks, root: ScratchRoot, path: string): boolean {
  const needed = fstab(root).filter(({ mountPoint }) => `${path}/`.startsWith(`${mountPoint}/`));
  return needed.every((entry) => mountEntry(disks, entry).code === 0);
}

function mountEntry(disks: Disks, { source, mountPoint }: FstabEntry): StandInAnswer {
  if (disks.mountAt(mountPoint)) return { code: 0 };
  const disk = disks.find(source);
  return disk ? mountDisk(disks, disk, mountPoint, undefined) : { code: 32, stderr: `mount: ${mountPoint}: can't find ${source}.\n` };
}

interface FstabEntry {
  source: string;
  mountPoint: string;
  options: string[];
}

function fstab(root: ScratchRoot): FstabEntry[] {
  return (root.readIfPresent('/etc/fstab') ?? '').split('\n').flatMap((line) => {
    const [source, mountPoint, type, options] = line.trim().split(/\s+/u);
    if (source === undefined || mountPoint === undefined || source.startsWith('#') || type === 'swap' || mountPoint === '/') return [];
    return [{ source, mountPoint, options: (options ?? '').split(',') }];
  });
}

function umount(call: StandInCall, disks: Disks, root: ScratchRoot): StandInAnswer {
  const line = parseOptions(call.args, { l: 'flag', lazy: 'flag', f: 'flag', force: 'flag', R: 'flag', recursive: 'flag', q: 'flag', quiet: 'flag' });
  const stderr: string[] = [];
  for (const operand of line.operands) {
    const disk = disks.find(operand, call.workingDirectory);
    const mountPoint = disk ? disks.mountOf(disk.volumeId)?.mountPoint : root.guestPath(operand, call.workingDirectory);
    if (mountPoint === undefined || !disks.unmount(mountPoint)) stderr.push(`umount: ${operand}: not mounted.\n`);
  }
  return { code: stderr.length === 0 ? 0 : 32, stderr: stderr.join('') };
}

function mountpoint(call: StandInCall, disks: Disks, root: ScratchRoot): StandInAnswer {
  const line = parseOptions(call.args, { q: 'flag', quiet: 'flag', d: 'flag', x: 'flag', nofollow: 'flag' });
  const path = root.guestPath(line.operands[0] ?? '', call.workingDirectory);
  const isMounted = path === '/' || disks.mountAt(path) !== undefined;
  // 32 = the directory is not a mount point (util-linux 2.38).
  return { code: isMounted ? 0 : 32, stdout: hasOption(line, 'q', 'quiet') ? '' : `${path} is ${isMounted ? '' : 'not '}a mountpoint\n` };
}

function findmnt(call: StandInCall, disks: Disks, root: ScratchRoot): StandInAnswer {
  const line = parseOptions(call.args, { n: 'flag', noheadings: 'flag', o: 'value', output: 'value', T: 'value', target: 'value', M: 'value', mountpoint: 'value', S: 'value', source: 'value', r: 'flag', raw: 'flag', f: 'flag', 'first-only': 'flag' });
  const source = optionValue(line, 'S', 'source');
  const at = optionValue(line, 'M', 'mountpoint') ?? line.operands[0];
  const below = optionValue(line, 'T', 'target');
  const volumeId = source === undefined ? undefined : disks.find(source, call.workingDirectory)?.volumeId;
  const matches = disks.mounted().filter((mount) => {
    if (source !== undefined && mount.volumeId !== volumeId) return false;
    if (at !== undefined && mount.mountPoint !== root.guestPath(at, call.workingDirectory) && disks.find(at, call.workingDirectory)?.volumeId !== mount.volumeId) return false;
    return below === undefined || `${root.guestPath(below, call.workingDirectory)}/`.startsWith(`${mount.mountPoint}/`);
  });
  if (matches.length === 0) return { code: 1 };
  const columns = (optionValue(line, 'o', 'output') ?? 'TARGET,SOURCE,FSTYPE,OPTIONS').toUpperCase().split(',');
  const rows = matches.map((mount) => {
    const disk = disks.attached().find(({ volumeId: id }) => id === mount.volumeId);
    const filesystem = disk ? readFilesystem(disk.dir) : undefined;
    const values: Record<string, string> = { TARGET: mount.mountPoint, SOURCE: mount.device, FSTYPE: mount.type, OPTIONS: 'rw,relatime', LABEL: filesystem?.label ?? '', UUID: filesystem?.uuid ?? '' };
    return columns.map((column) => values[column] ?? '').join(' ');
  });
  return { code: 0, stdout: [...(hasOption(line, 'n', 'noheadings') ? [] : [columns.join(' ')]), ...rows].map((row) => `${row}\n`).join('') };
}
