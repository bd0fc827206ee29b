import { existsSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import type { ScratchRoot } from '../scratch-root.js';
import { parseServiceUnit, type ParsedUnit } from './unit-file.js';

/** First folder wins, as in systemd.unit(5). */
const unitFolders = ['/etc/systemd/system', '/run/systemd/system', '/usr/local/lib/systemd/system', '/usr/lib/systemd/system', '/lib/systemd/system'];

/** `kubelet` and `kubelet.service` are one unit to systemctl. */
export const unitName = (name: string): string => (/\.(service|target|socket|timer|mount|path|slice|swap)$/u.test(name) ? name : `${name}.service`);

/** The unit files on a machine's disk and the links that enable them. */
export class UnitStore {
  constructor(private readonly root: ScratchRoot) {}

  exists(name: string): boolean {
    return this.pathOf(name) !== undefined;
  }

  isMasked(name: string): boolean {
    return this.root.linkTarget(`/etc/systemd/system/${name}`) === '/dev/null';
  }

  /** Undefined when there is no such file; throws with a sentence when systemd would refuse it. */
  load(name: string): ParsedUnit | undefined {
    const path = this.pathOf(name);
    if (path === undefined) return undefined;
    return parseServiceUnit(name, [this.root.read(path), ...this.dropIns(name)]);
  }

  /** Makes the links of `[Install]`; returns one line for each, as systemctl prints it. */
  enable(name: string, wantedBy: string[]): string[] {
    const path = this.pathOf(name);
    if (path === undefined) return [];
    return wantedBy.flatMap((target) => {
      const link = `/etc/systemd/system/${target}.wants/${name}`;
      if (this.root.linkTarget(link) !== undefined) return [];
      const host = join(this.root.path, link);
      mkdirSync(dirname(host), { recursive: true });
      symlinkSync(relative(dirname(host), join(this.root.path, path)), host);
      return [`Created symlink ${link} → ${path}.`];
    });
  }

  disable(name: string): void {
    for (const link of this.linksOf(name)) this.root.remove(link);
  }

  mask(name: string): void {
    const path = `/etc/systemd/system/${name}`;
    this.root.remove(path);
    symlinkSync('/dev/null', join(this.root.path, path));
  }

  unmask(name: string): void {
    if (this.isMasked(name)) this.root.remove(`/etc/systemd/system/${name}`);
  }

  isEnabled(name: string): boolean {
    return this.linksOf(name).length > 0;
  }

  /** Units that a target pulls in at boot, in alphabetical order. */
  enabled(): string[] {
    const names = this.wantsFolders().flatMap((folder) => readdirSync(join(this.root.path, folder)));
    return [...new Set(names)].filter((name) => name.endsWith('.service') && !this.isMasked(name)).sort();
  }

  private pathOf(name: string): string | undefined {
    if (this.isMasked(name)) return undefined;
    return unitFolders.map((folder) => `${folder}/${name}`).find((path) => this.root.exists(path));
  }

  private dropIns(name: string): string[] {
    const paths = unitFolders.map((folder) => `${folder}/${name}.d`).filter((folder) => this.root.exists(folder));
    return paths.flatMap((folder) =>
      readdirSync(this.root.hostPath(folder))
        .filter((file) => file.endsWith('.conf'))
        .sort()
        .map((file) => this.root.read(`${folder}/${file}`)),
    );
  }

  private wantsFolders(): string[] {
    const folder = '/etc/systemd/system';
    if (!existsSync(join(this.root.path, folder))) return [];
    return readdirSync(join(this.root.path, folder))
      .filter((entry) => entry.endsWith('.target.wants') || entry.endsWith('.target.requires'))
      .map((entry) => `${folder}/${entry}`);
  }

  private linksOf(name: string): string[] {
    return this.wantsFolders()
      .map((folder) => `${folder}/${name}`)
      .filter((link) => this.root.linkTarget(link) !== undefined);
  }
}
