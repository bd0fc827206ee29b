import { accessSync, constants } from 'node:fs';
import { join } from 'node:path';
import { HOST_PATH } from './program.js';

/** What the product's boot scripts find on a real image and the simulated machines borrow from the host, by Debian package. */
const required: Record<string, string> = {
  bash: 'bash', curl: 'curl', openssl: 'openssl', base64: 'coreutils', install: 'coreutils', mktemp: 'coreutils', sha256sum: 'coreutils', date: 'coreutils',
  sleep: 'coreutils', grep: 'grep', sed: 'sed', awk: 'mawk', sh: 'dash',
};

/** Throws an Error that names every missing tool and the packages that bring them. */
export function checkHostTools(): { bash: string } {
  const missing = Object.keys(required).filter((tool) => findTool(tool) === undefined);
  if (missing.length > 0) {
    const packages = [...new Set(missing.map((tool) => required[tool] ?? tool))];
    throw new Error(`The simulated machines need ${missing.join(', ')} on ${HOST_PATH}; install: apt-get install ${packages.join(' ')}`);
  }
  return { bash: findTool('bash') ?? '/bin/bash' };
}

function findTool(tool: string): string | undefined {
  return HOST_PATH.split(':')
    .map((folder) => join(folder, tool))
    .find((path) => {
      try {
        accessSync(path, constants.X_OK);
        return true;
      } catch {
        // Not here; the next folder may have it.
        return false;
      }
    });
}
