import { existsSync, lstatSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, rmdirSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { ScratchRoot } from '../scratch-root.js';
import { filesystemFiles, readFilesystem } from './filesystem.js';

/** A server that boots from a volume has it here; the scratch root plays it. */
const ROOT_DEVICE = '/dev/vda';

export interface AttachedDisk {
  volumeId: string;
  /** e.g. /dev/vdb */
  device: string;
  /** virtio cuts the serial number to 20 characters. */
  byId: string;
  dir: string;
}

export interface Mount {
  device: string;
  volumeId: string;
  /** The guest's path. */
  mountPoint: string;
  type: string;
}

/** A refusal as mount(8) words it; exit code 32. */
export class MountError extends Error {}

/**
 * The attached volumes of a machine. A mount point becomes a link into the volume's folder, so that files below it are on
 * the volume; the folder that it covers is kept aside and comes back with the unmount.
 */
export class Disks {
  private disks: AttachedDisk[] = [];
  private mounts: Mount[] = [];
  private readonly table: string;
  private readonly covered: string;

  constructor(private readonly root: ScratchRoot, machineDir: string, private readonly volumeDir: (volumeId: string) => string) {
    this.table = join(machineDir, 'mounts.json');
    this.covered = join(machineDir, 'covered');
    if (existsSync(this.table)) this.mounts = JSON.parse(readFileSync(this.table, 'utf8')) as Mount[];
  }

  /** Makes the device files. A disk that is gone takes its mount with it. */
  attach(volumes: { id: string; device: string }[]): void {
    this.disks = volumes.filter(({ device }) => device !== ROOT_DEVICE).map(({ id, device }) => ({ volumeId: id, device, byId: `/dev/disk/by-id/virtio-${id.slice(0, 20)}`, dir: this.volumeDir(id) }));
    for (const mount of this.mounts.filter(({ volumeId }) => !this.disks.some((disk) => disk.volumeId === volumeId))) this.unmount(mount.mountPoint);
    const links = join(this.root.path, 'dev/disk/by-id');
    rmSync(links, { recursive: true, force: true });
    mkdirSync(links, { recursive: true });
    const dev = join(this.root.path, 'dev');
    for (const entry of readdirSync(dev)) if (/^vd[b-z]$/u.test(entry)) rmSync(join(dev, entry));
    for (const { device, byId } of this.disks) {
      writeFileSync(join(this.root.path, device), '');
      symlinkSync(`../../${device.slice('/dev/'.length)}`, join(this.root.path, byId));
    }
  }

  attached(): readonly AttachedDisk[] {
    return this.disks;
  }

  /** By device path, link, `LABEL=` or `UUID=`; `path` as the guest or a script names it. */
  find(path: string, workingDirectory = '/'): AttachedDisk | undefined {
    const [, tag, value] = /^(LABEL|UUID)=(.+)$/u.exec(path) ?? [];
    if (tag !== undefined) return this.disks.find((disk) => (tag === 'LABEL' ? readFilesystem(disk.dir)?.label : readFilesystem(disk.dir)?.uuid) === value);
    const name = this.root.guestPath(path, workingDirectory);
    return this.disks.find((disk) => disk.device === name || disk.byId === name);
  }

  mounted(): readonly Mount[] {
    return this.mounts;
  }

  mountAt(mountPoint: string): Mount | undefined {
    return this.mounts.find((mount) => mount.mountPoint === mountPoint);
  }

  mountOf(volumeId: string): Mount | undefined {
    return this.mounts.find((mount) => mount.volumeId === volumeId);
  }

  /** Throws a MountError. */
  mount(disk: AttachedDisk, mountPoint: string): void {
    const filesystem = readFilesystem(disk.dir);
    const host = join(this.root.path, mountPoint);
    if (this.mountAt(mountPoint)?.volumeId === disk.volumeId) throw new MountError(`${mountPoint}: ${disk.device} already mounted on ${mountPoint}.`);
    if (!existsSync(host)) throw new MountError(`${mountPoint}: mount point does not exist.`);
    if (!filesystem) throw new MountError(`${mountPoint}: wrong fs type, bad option, bad superblock on ${disk.device}, missing codepage or helper program, or other error.`);
    if (this.mountAt(mountPoint)) throw new MountError(`${mountPoint}: ${disk.device} already mounted or mount point busy.`);
    if (!lstatSync(host).isDirectory()) throw new MountError(`${mountPoint}: mount point is not a directory.`);
    const aside = this.asideOf(mountPoint);
    mkdirSync(dirname(aside), { recursive: true });
    this.mounts.push({ device: disk.device, volumeId: disk.volumeId, mountPoint, type: filesystem.type });
    this.save();
    renameSync(host, aside);
    symlinkSync(filesystemFiles(disk.dir), host);
  }

  /** False when nothing is mounted there. */
  unmount(mountPoint: string): boolean {
    const mount = this.mountAt(mountPoint);
    if (!mount) return false;
    const host = join(this.root.path, mountPoint);
    const aside = this.asideOf(mountPoint);
    // A half-made mount (killed between the two steps) has lost its folder or its link; both ways end here.
    if (lstatSync(host, { throwIfNoEntry: false })?.isSymbolicLink()) unlinkSync(host);
    if (existsSync(aside)) {
      if (existsSync(host)) rmdirSync(host);
      renameSync(aside, host);
    }
    this.mounts.splice(this.mounts.lastIndexOf(mount), 1);
    this.save();
    return true;
  }

  /** Power off: what is mounted is not mounted any more, last mount first. */
  unmountAll(): void {
    for (const mount of this.mounts.toReversed()) this.unmount(mount.mountPoint);
  }

  private asideOf(mountPoint: string): string {
    return join(this.covered, Buffer.from(mountPoint).toString('base64url'));
  }

  private save(): void {
    writeFileSync(`${this.table}.new`, JSON.stringify(this.mounts));
    renameSync(`${this.table}.new`, this.table);
  }
}
