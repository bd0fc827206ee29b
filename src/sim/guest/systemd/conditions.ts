import { readdirSync, statSync } from 'node:fs';
import type { ScratchRoot } from '../scratch-root.js';
import type { ServiceUnit } from './unit-file.js';

/** All `Condition…=` lines of a unit hold for the machine's disk as it is now. */
export function conditionsHold(root: ScratchRoot, conditions: ServiceUnit['conditions']): boolean {
  return conditions.every(({ test, path, negated }) => holds(root, test, path) !== negated);
}

function holds(root: ScratchRoot, test: string, path: string): boolean {
  if (!root.exists(path)) return false;
  const host = root.hostPath(path);
  switch (test) {
    case 'PathIsDirectory':
      return statSync(host).isDirectory();
    case 'DirectoryNotEmpty':
      return statSync(host).isDirectory() && readdirSync(host).length > 0;
    case 'FileNotEmpty':
      return statSync(host).isFile() && statSync(host).size > 0;
    default:
      return true;
  }
}
