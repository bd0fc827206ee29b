import { execFileSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { join } from 'node:path';
import { HOST_PATH } from './program.js';

/** What the product's boot scripts find on a real image and the simulated machines borrow from the host, with the Debian package that brings it. */
const required: Record<string, string> = { bash: 'bash', sh: 'dash', curl: 'curl', openssl: 'openssl', base64: 'coreutils', sha256sum: 'coreutils', mkdir: 'coreutils' };

/** EPOCHSECONDS in the scripts; macOS still has 3.2. */
const BASH_MAJOR_MIN = 5;

/** Throws an Error that names every missing tool and the packages that bring them. */
export function checkHostTools(path = HOST_PATH): { bash: string } {
  const missing = Object.keys(required).filter((tool) => findTool(tool, path) === undefined);
  if (missing.length > 0) {
    const packages = [...new Set(missing.map((tool) => required[tool] ?? tool))];
    throw new Error(`The simulated machines need ${missing.join(', ')} on ${path}; install: apt-get install ${packages.join(' ')}`);
  }
  const bash = findTool('bash', path) ?? 'bash';
  // --norc: Node's pipes are sockets, and with a socket as standard input bash believes that rshd runs it.
  const major = Number(execFileSync(bash, ['--norc', '-c', 'echo "${BASH_VERSINFO[0]}"'], { env: {} }).toString());
  if (major < BASH_MAJOR_MIN) throw new Error(`The simulated machines need bash ${BASH_MAJOR_MIN} or newer; ${bash} is ${major}`);
  return { bash };
}

function findTool(tool: string, path: string): string | undefined {
  return path
    .split(':')
    .map((folder) => join(folder, tool))
    .find((file) => {
      try {
        accessSync(file, constants.X_OK);
        return true;
      } catch {
        // Not here; the next folder may have it.
        return false;
      }
    });
}
