import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const bootFolder = 'drivers/k8s-ubuntu/boot';
/** Keys of boot files among a cluster's frozen texts begin with this; all other keys are HOT templates. */
export const bootPrefix = 'boot/';

/**
 * Every text that this driver submits, by name: `infra.yaml` … from `templatesDir`, and `boot/bootstrap.sh` … Both are
 * frozen with a cluster, so that a new release never changes what its machines run. Throws when a file is missing.
 */
export function readDriverFiles(templatesDir: string | undefined): Readonly<Record<string, string>> {
  const root = packageRoot();
  const templates = readFolder(templatesDir ?? join(root, 'heat-templates/k8s-ubuntu'), '.yaml');
  const boot = Object.entries({ ...readFolder(join(root, bootFolder), '.sh'), ...readFolder(join(root, bootFolder), '.service') });
  return { ...templates, ...Object.fromEntries(boot.map(([name, text]) => [`${bootPrefix}${name}`, text])) };
}

/** The folder that holds the driver's files, from the sources as well as from dist/, where only compiled code is. */
function packageRoot(): string {
  const start = dirname(fileURLToPath(import.meta.url));
  for (let folder = start; ; folder = dirname(folder)) {
    if (existsSync(join(folder, bootFolder, 'bootstrap.sh'))) return folder;
    if (dirname(folder) === folder) throw new Error(`No folder above ${start} holds ${bootFolder}.`);
  }
}

function readFolder(folder: string, ending: string): Record<string, string> {
  const names = readdirSync(folder).filter((name) => name.endsWith(ending)).sort();
  if (names.length === 0) throw new Error(`${folder} holds no file that ends in ${ending}.`);
  return Object.fromEntries(names.map((name) => [name, readFileSync(join(folder, name), 'utf8')]));
}
