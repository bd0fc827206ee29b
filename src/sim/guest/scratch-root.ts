import { appendFileSync, chmodSync, existsSync, lstatSync, mkdirSync, readFileSync, readlinkSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, posix, relative, resolve } from 'node:path';

/**
 * A machine's root disk: a folder that plays `/`. Paths go in as the guest names them (`/etc/hostname`, or with
 * NODE_ROOT before it, as scripts do) and never lead out of the folder, save through a mount into a volume's folder.
 */
export class ScratchRoot {
  readonly path: string;

  /** `volumesDir` is where mounts may lead. The folder is made when it is missing. */
  constructor(path: string, private readonly volumesDir: string) {
    mkdirSync(path, { recursive: true });
    this.path = realpathSync(path);
  }

  /** The guest's name of a path: without NODE_ROOT, absolute, without `..`. */
  guestPath(path: string, workingDirectory = '/'): string {
    const absolute = path.startsWith('/') ? path : `${this.guestPath(workingDirectory)}/${path}`;
    const inside = absolute === this.path ? '/' : absolute.startsWith(`${this.path}/`) ? absolute.slice(this.path.length) : absolute;
    const normal = posix.normalize(inside);
    return normal.length > 1 && normal.endsWith('/') ? normal.slice(0, -1) : normal;
  }

  /** Where the guest's path lies on the host; throws when a link on the way leads out of the machine. */
  hostPath(path: string): string {
    const host = join(this.path, this.guestPath(path));
    const real = realpathSync(nearestExisting(host));
    if (!isWithin(real, this.path) && !(existsSync(this.volumesDir) && isWithin(real, realpathSync(this.volumesDir))))
      throw new Error(`${path} leads out of the machine to ${real}`);
    return host;
  }

  /** Where the path leads now, through mounts: stays right when a mount point changes hands. The end of it may not exist yet. */
  realPath(path: string): string {
    const host = this.hostPath(path);
    const existing = nearestExisting(host);
    return join(realpathSync(existing), relative(existing, host));
  }

  exists(path: string): boolean {
    return existsSync(join(this.path, this.guestPath(path))) && existsSync(this.hostPath(path));
  }

  read(path: string): string {
    return readFileSync(this.hostPath(path), 'utf8');
  }

  readIfPresent(path: string): string | undefined {
    return this.exists(path) ? this.read(path) : undefined;
  }

  makeFolder(path: string, mode = 0o755): void {
    mkdirSync(this.hostPath(path), { recursive: true, mode });
  }

  /** Replaces the file with its folders; `append` adds to it. */
  write(path: string, content: string | Buffer, { mode = 0o644, append = false }: { mode?: number; append?: boolean } = {}): void {
    // A command that was cut off by the deletion of its server must not bring the folder back.
    if (!existsSync(this.path)) throw new Error(`the disk with ${path} is gone`);
    const host = this.hostPath(path);
    mkdirSync(dirname(host), { recursive: true });
    if (append) appendFileSync(host, content);
    else writeFileSync(host, content, { mode });
    chmodSync(host, mode);
  }

  remove(path: string): void {
    rmSync(join(this.path, this.guestPath(path)), { recursive: true, force: true });
  }

  /** The target of a symbolic link as it is written, or undefined when the path is none. */
  linkTarget(path: string): string | undefined {
    const host = join(this.path, this.guestPath(path));
    return lstatSync(host, { throwIfNoEntry: false })?.isSymbolicLink() ? readlinkSync(host) : undefined;
  }
}

function nearestExisting(path: string): string {
  let current = path;
  // lstat: a link that leads nowhere must fail below instead of being written through.
  while (!lstatSync(current, { throwIfNoEntry: false })) current = dirname(current);
  return current;
}

function isWithin(path: string, folder: string): boolean {
  const way = relative(folder, resolve(path));
  return way === '' || (!way.startsWith('..') && !way.startsWith('/'));
}
