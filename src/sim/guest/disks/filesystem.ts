import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What blkid would find on a formatted disk. */
export interface Filesystem {
  type: string;
  label: string;
  uuid: string;
}

/** A disk is a folder: `filesystem.json` is its superblock, `files/` what the file system holds. */
export const filesystemFiles = (diskDir: string): string => join(diskDir, 'files');
const superblock = (diskDir: string): string => join(diskDir, 'filesystem.json');

export function readFilesystem(diskDir: string): Filesystem | undefined {
  if (!existsSync(superblock(diskDir))) return undefined;
  return JSON.parse(readFileSync(superblock(diskDir), 'utf8')) as Filesystem;
}

/** Formats the disk: what was on it is gone. */
export function makeFilesystem(diskDir: string, filesystem: Filesystem): void {
  rmSync(filesystemFiles(diskDir), { recursive: true, force: true });
  mkdirSync(join(filesystemFiles(diskDir), 'lost+found'), { recursive: true });
  writeFileSync(superblock(diskDir), JSON.stringify(filesystem));
}
