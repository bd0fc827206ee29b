// Run after every `npm install`. A registry that lacks the optional packages of other platforms makes npm write a
// lock without them, and `npm ci` then calls that lock out of step. This adds the missing optional entries: the
// version comes from the parent's optionalDependencies; there is no integrity hash, because nothing was downloaded.
import { readFileSync, writeFileSync } from 'node:fs';

const file = process.argv[2] ?? 'package-lock.json';
const lock = JSON.parse(readFileSync(file, 'utf8'));
const packages = lock.packages;

const platformPattern =
  /(darwin|win32|windows|freebsd|android|linux|openharmony|aix|sunos|netbsd|openbsd|wasm32)(?:[-_](arm64|arm|x64|ia32|ppc64|s390x|riscv64|loong64|mips64el))?/;

/** Whether node's resolution, walking up from `parent`, finds `name` in the lock. */
function isLocked(parent, name) {
  for (let place = parent; ; place = place.replace(/(^|\/)node_modules\/((@[^/]+\/)?[^/]+)$/, '')) {
    if (packages[`${place ? `${place}/` : ''}node_modules/${name}`]) return true;
    if (!place) return false;
  }
}

let added = 0;
for (const [parent, meta] of Object.entries({ ...packages })) {
  for (const [name, version] of Object.entries(meta.optionalDependencies ?? {})) {
    if (isLocked(parent, name)) continue;
    const platform = platformPattern.exec(name);
    if (!platform || !/^\d+\.\d+\.\d+/.test(version)) {
      console.error(`cannot complete ${name}@${version}, wanted by ${parent}`);
      process.exitCode = 1;
      continue;
    }
    packages[`node_modules/${name}`] = {
      version,
      ...(platform[2] && { cpu: [platform[2]] }),
      ...(meta.dev && { dev: true }),
      optional: true,
      os: [platform[1].replace('windows', 'win32')],
    };
    added += 1;
  }
}
lock.packages = Object.fromEntries(Object.entries(packages).sort(([left], [right]) => (left < right ? -1 : 1)));
writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
console.log(`${added} optional entries added to ${file}`);
