import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, existsSync, lstatSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parse } from 'yaml';

/**
 * Commands of the machine that a test cannot have for real. Each writes its call down. A disk is a folder `disks/<name>`
 * with its type in `disks/<name>.type`; a mount is a link to it. kubeadm fails as the lines of `kubeadm-fails` say, one a
 * call (exit status, a tab, message), and otherwise leaves what a test looks for: etcd's data, a kubelet's credential.
 */
const standIn = `#!/bin/bash
machine=\${NODE_ROOT%/root}
name=\${0##*/}
crash() { kill -KILL "$(<"$machine/pid")"; exit 137; }
count=0
[[ ! -e $machine/count ]] || read -r count <"$machine/count"
echo $((++count)) >"$machine/count"
[[ ! -e $machine/crash-before || $count != "$(<"$machine/crash-before")" ]] || crash
if [[ -e $machine/crash-after && $count == "$(<"$machine/crash-after")" ]]; then trap crash EXIT; fi
printf '%s' "$name" >>"$machine/calls"
printf ' %s' "\${@//"$NODE_ROOT"/}" >>"$machine/calls"
printf '\\n' >>"$machine/calls"
disk() { local path; path=$(readlink "$1"); printf '%s/disks/%s' "$machine" "\${path##*/}"; }
case $name in
  blkid) file=$(disk "\${!#}").type; [[ -e $file ]] || exit 2; cat "$file" ;;
  mkfs.ext4) [[ ! -e $(disk "\${!#}").type ]] || exit 1; echo ext4 >"$(disk "\${!#}").type" ;;
  mount)
    [[ ! -L $2 ]] || { echo "mount: $2: $1 already mounted on $2." >&2; exit 32; }
    [[ -e $(disk "$1").type ]] || { echo "mount: $2: wrong fs type" >&2; exit 32; }
    rmdir "$2" && ln -s "$(disk "$1")" "$2" ;;
  curl | openssl) "$(type -aP "$name" | sed -n 2p)" "$@" ;;
  kubeadm)
    if [[ -s $machine/kubeadm-fails ]]; then
      IFS=$'\\t' read -r status message <"$machine/kubeadm-fails"
      sed -i 1d "$machine/kubeadm-fails"
      [[ $status != kill ]] || crash
      printf '%b\\n' "$message" >&2
      exit "$status"
    fi
    config=\${!#}
    case "$1 $2" in
      'init '*)
        data=$NODE_ROOT$(sed -n 's/^ *dataDir: *//p' "$config")
        [[ $2 != phase ]] || exit 0
        # A second cluster on old data would be etcd's end; kubeadm refuses it unless told to pass over it.
        [[ ! -e $data/member || $* == *DirAvailable* ]] || { echo '[ERROR DirAvailable]' >&2; exit 2; }
        [[ -e $data/member ]] || { mkdir -p "$data/member"; echo "$RANDOM" >>"$machine/clusters-begun"; } ;;
      'join '*) mkdir -p "$NODE_ROOT/etc/kubernetes"; echo credential >"$NODE_ROOT/etc/kubernetes/kubelet.conf" ;;
    esac ;;
esac
`;
const commands = ['blkid', 'mkfs.ext4', 'mount', 'kubeadm', 'systemctl', 'swapoff', 'modprobe', 'sysctl', 'curl', 'openssl'];

export interface BootResult {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly log: string;
}

/** A machine in a folder: its root disk, its attached disks and stand-ins for what needs a kernel. */
export class Machine {
  readonly root: string;

  private constructor(private readonly folder: string) {
    this.root = join(folder, 'root');
  }

  /** A new machine that has read its user-data as cloud-init does: only `write_files` matters to the boot. */
  static fromUserData(userData: string): Machine {
    const machine = new Machine(mkdtempSync(join(tmpdir(), 'jeroboam-boot-')));
    const { write_files: files } = parse(userData, { version: '1.1' }) as { write_files: { path: string; permissions: string; content: string }[] };
    for (const { path, permissions, content } of files) machine.write(path, content, Number.parseInt(permissions, 8));
    mkdirSync(join(machine.folder, 'bin'));
    for (const command of commands) {
      const file = join(machine.folder, 'bin', command);
      writeFileSync(file, standIn);
      chmodSync(file, 0o755);
    }
    return machine;
  }

  /** Attaches a volume: empty without a `type`. Returns the folder with the disk's content. */
  attach(volumeId: string, type?: string): string {
    const disk = join(this.folder, 'disks', volumeId);
    mkdirSync(disk, { recursive: true });
    if (type !== undefined) writeFileSync(`${disk}.type`, `${type}\n`);
    const link = join(this.root, `dev/disk/by-id/virtio-${volumeId.slice(0, 20)}`);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(disk, link);
    return disk;
  }

  /** The next calls of kubeadm fail: exit status (or `kill`: the boot script dies) and what kubeadm prints. */
  letKubeadmFail(...failures: readonly (readonly [status: number | 'kill', message: string])[]): void {
    writeFileSync(join(this.folder, 'kubeadm-fails'), failures.map(([status, message]) => `${status}\t${message}\n`).join(''));
  }

  /** The boot script dies (SIGKILL) at the n-th command that it calls, before or after the command has done its work. */
  crashAt(when: 'before' | 'after', call: number): void {
    writeFileSync(join(this.folder, `crash-${when}`), `${call}`);
  }

  /** Power off and on: what was mounted is not any more. */
  reboot(): void {
    for (const mountPoint of ['var/lib/etcd-volume', 'var/lib/containerd']) {
      const path = join(this.root, mountPoint);
      if (!lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink()) continue;
      rmSync(path);
      mkdirSync(path);
    }
  }

  /** Runs the boot script as its unit does, until it ends. */
  async boot(): Promise<BootResult> {
    const child = spawn(join(this.root, 'usr/local/lib/jeroboam/bootstrap.sh'), [], {
      env: { PATH: `${join(this.folder, 'bin')}:${process.env['PATH'] ?? ''}`, NODE_ROOT: this.root },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    writeFileSync(join(this.folder, 'pid'), `${child.pid ?? ''}`);
    let log = '';
    child.stdout.on('data', (chunk: Buffer) => (log += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (log += chunk.toString()));
    return new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code, signal) => resolve({ code, signal, log }));
    });
  }

  /** How many clusters kubeadm began on this machine. */
  clustersBegun(): number {
    return this.lines('clusters-begun').length;
  }

  /** All commands called so far. */
  callCount(): number {
    return Number(this.lines('count')[0] ?? 0);
  }

  private lines(name: string): string[] {
    const file = join(this.folder, name);
    return existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter((line) => line !== '') : [];
  }

  calls(command: string): string[] {
    return this.lines('calls').filter((line) => line.startsWith(`${command} `)).map((line) => line.slice(command.length + 1));
  }

  read(path: string): string {
    return readFileSync(join(this.root, path), 'utf8');
  }

  has(path: string): boolean {
    return existsSync(join(this.root, path));
  }

  mode(path: string): string {
    return `0${(statSync(join(this.root, path)).mode & 0o777).toString(8)}`;
  }

  write(path: string, content: string, mode = 0o644): void {
    const file = join(this.root, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
    chmodSync(file, mode);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** A certificate for these names, signed by itself, so that it is its own CA. */
export function makeCertificate(names: readonly string[]): { certPem: string; keyPem: string } {
  const folder = mkdtempSync(join(tmpdir(), 'jeroboam-tls-'));
  try {
    const [cert, key] = [join(folder, 'cert'), join(folder, 'key')];
    const alternatives = names.map((name) => (/^[\d.]+$/.test(name) ? `IP:${name}` : `DNS:${name}`)).join(',');
    const options = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2', '-subj', '/CN=node-api double'];
    execFileSync('openssl', ['req', ...options, '-addext', `subjectAltName=${alternatives}`, '-keyout', key, '-out', cert], { stdio: 'pipe' });
    return { certPem: readFileSync(cert, 'utf8'), keyPem: readFileSync(key, 'utf8') };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
