// `npm run check`: types, lint, import rule, generated files up to date. No tests.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

process.chdir(dirname(dirname(fileURLToPath(import.meta.url))));

/** Files that `npm run generate` writes. */
const generated = ['openapi.json', 'src/api-client/api.d.ts', 'docs/configuration.md'];

let failed = 0;
function check(name, command, args) {
  const started = Date.now();
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8' });
  const seconds = ((Date.now() - started) / 1000).toFixed(1);
  console.log(`${status === 0 ? 'ok  ' : 'FAIL'} ${name} (${seconds} s)`);
  if (status === 0) return;
  failed += 1;
  console.log(stdout, stderr);
}

check('types', process.execPath, ['node_modules/typescript/bin/tsc', '--noEmit', '-p', 'tsconfig.json']);
check('lint', process.execPath, ['node_modules/eslint/bin/eslint.js', '--max-warnings', '0', 'src', 'drivers', 'test', 'scripts']);
check('imports', process.execPath, ['node_modules/dependency-cruiser/bin/dependency-cruise.mjs', '--config', '.dependency-cruiser.cjs', 'src', 'drivers']);

const before = generated.map((file) => readFileSync(file, 'utf8'));
check('generate', process.execPath, ['scripts/generate.mjs']);
const stale = generated.filter((file, index) => readFileSync(file, 'utf8') !== before[index]);
if (stale.length > 0) {
  failed += 1;
  console.log(`FAIL generated files were out of date and have been written anew: ${stale.join(', ')}. Commit them.`);
} else {
  console.log('ok   generated files are up to date');
}
process.exit(failed === 0 ? 0 : 1);
