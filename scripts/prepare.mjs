// Makes a fresh clone ready to run: installs packages when the lock is newer than what is installed, builds when a source
// is newer than the build. Only Node and npm are needed. Every command that runs something begins here.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
process.chdir(root);

/** Output goes to stderr: stdout belongs to the command that follows. */
function run(command, args) {
  const { status, error } = spawnSync(command, args, { stdio: ['ignore', 2, 2], cwd: root });
  if (error) throw error;
  if (status !== 0) process.exit(status ?? 1);
}

const modifiedAt = (path) => (existsSync(path) ? statSync(path).mtimeMs : 0);

function newestIn(folder) {
  let latest = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    latest = Math.max(latest, entry.isDirectory() ? newestIn(path) : modifiedAt(path));
  }
  return latest;
}

// npm writes this file after each install.
if (modifiedAt('node_modules/.package-lock.json') < modifiedAt('package-lock.json')) {
  console.error('Installing packages (npm ci) …');
  run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error']);
}

const buildStamp = 'dist/.built';
const changedAt = Math.max(...['src', 'drivers', 'test'].map(newestIn), modifiedAt('tsconfig.json'), modifiedAt('package-lock.json'));
if (modifiedAt(buildStamp) < changedAt) {
  console.error('Building …');
  run(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json']);
  mkdirSync('dist', { recursive: true });
  writeFileSync(buildStamp, '');
}
