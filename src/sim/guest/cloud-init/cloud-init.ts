import { mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { ProgramRunner } from '../program.js';
import type { ScratchRoot } from '../scratch-root.js';
import { parseCloudConfig, type CloudConfig, type WriteFile } from './cloud-config.js';
import { runCommandScript } from './run-command-script.js';
import { splitUserData } from './user-data.js';

export interface Instance {
  id: string;
  name: string;
  userData: string;
}

/**
 * What cloud-init does at the first boot of an instance: files, host name, keys, then the scripts. A module that has run
 * leaves a semaphore, so that later boots do not repeat it. A module that the end
 * of the simulator interrupted is run again: for the machine that was no event.
 */
export class CloudInit {
  private runningSemaphore: string | undefined;

  constructor(
    private readonly root: ScratchRoot,
    private readonly runner: ProgramRunner,
    private readonly log: (line: string) => void,
    /** The power is gone: nothing may be written any more. */
    private readonly isOff: () => boolean,
  ) {}

  async run(instance: Instance): Promise<void> {
    const folder = `/var/lib/cloud/instances/${instance.id}`;
    this.root.makeFolder(`${folder}/sem`);
    this.root.makeFolder(`${folder}/scripts`);
    if (this.root.linkTarget('/var/lib/cloud/instance') === undefined) symlinkSync(`instances/${instance.id}`, join(this.root.path, 'var/lib/cloud/instance'));
    const once = async (name: string, run: () => Promise<void> | void): Promise<void> => {
      const semaphore = `${folder}/sem/config_${name}`;
      if (this.root.exists(semaphore) || this.isOff()) return;
      this.runningSemaphore = semaphore;
      try {
        await run();
      } catch (error) {
        this.log(`cloud-init[1]: Running module ${name} failed: ${error instanceof Error ? error.message : String(error)}`);
      }
      this.runningSemaphore = undefined;
      if (!this.isOff()) this.root.write(semaphore, '');
    };
    const parts = splitUserData(instance.userData);
    const { config, problems } = parseCloudConfig(parts.filter((part) => part.kind === 'cloud-config'));
    await once('consume_data', () => {
      this.root.write(`${folder}/user-data.txt`, instance.userData, { mode: 0o600 });
      for (const problem of problems) this.log(`cloud-init[1]: WARNING: ${problem}`);
      for (const part of parts) {
        if (part.kind === 'unknown') this.log(`cloud-init[1]: WARNING: Unhandled non-multipart or unknown ${part.because}`);
        if (part.kind === 'ignition') this.log('cloud-init[1]: WARNING: this image takes no Ignition configuration');
      }
    });
    await once('bootcmd', () => (config.bootcmd ? this.runScript(`${folder}/boot.sh`, runCommandScript(config.bootcmd)) : undefined));
    await once('write_files', () => {
      for (const file of config.write_files?.filter(({ defer }) => !defer) ?? []) writeFile(this.root, file);
    });
    await once('set_hostname', () => setHostName(this.root, config, instance.name));
    await once('ssh', () => installKeys(this.root, config));
    await once('runcmd', () => (config.runcmd ? this.root.write(`${folder}/scripts/runcmd`, runCommandScript(config.runcmd), { mode: 0o700 }) : undefined));
    await once('write_files_deferred', () => {
      for (const file of config.write_files?.filter(({ defer }) => defer) ?? []) writeFile(this.root, file);
    });
    await once('scripts_user', async () => {
      parts.filter((part) => part.kind === 'shell-script').forEach((part, index) => this.root.write(`${folder}/scripts/part-${String(index + 1).padStart(3, '0')}`, part.text, { mode: 0o700 }));
      for (const script of readdirSync(this.root.hostPath(`${folder}/scripts`)).sort()) await this.runProgram(`${folder}/scripts/${script}`);
    });
    this.log(`cloud-init[1]: Cloud-init finished. Datasource DataSourceOpenStack [net,ver=2].`);
  }

  /** The power went while a module ran: like the real one, which marks a module before it runs it, it is not run again. */
  cutOff(): void {
    if (this.runningSemaphore !== undefined) this.root.write(this.runningSemaphore, '');
  }

  private async runScript(path: string, text: string): Promise<void> {
    this.root.write(path, text, { mode: 0o700 });
    await this.runProgram(path);
  }

  private async runProgram(path: string): Promise<void> {
    if (this.isOff()) return;
    const exit = await this.runner.run({ path, args: [], environment: {}, workingDirectory: '/' }).ended;
    if (exit.code !== 0 && !this.isOff()) this.log(`cloud-init[1]: Failed to run module scripts_user: ${path} exited with ${exit.code ?? exit.signal ?? ''}`);
  }
}

function writeFile(root: ScratchRoot, file: WriteFile): void {
  const mode = typeof file.permissions === 'number' ? file.permissions : Number.parseInt(file.permissions, 8);
  root.write(file.path, decode(file), { mode, append: file.append });
}

function decode({ content, encoding }: WriteFile): Buffer {
  const isBase64 = /b64|base64/u.test(encoding);
  const bytes = isBase64 ? Buffer.from(content, 'base64') : Buffer.from(content, encoding.startsWith('gz') ? 'latin1' : 'utf8');
  return encoding.startsWith('gz') ? gunzipSync(bytes) : bytes;
}

function setHostName(root: ScratchRoot, config: CloudConfig, serverName: string): void {
  if (config.preserve_hostname === true) return;
  const name = config.hostname ?? config.fqdn?.split('.')[0] ?? serverName;
  root.write('/etc/hostname', `${name}\n`);
}

function installKeys(root: ScratchRoot, config: CloudConfig): void {
  const keys = [...(config.ssh_authorized_keys ?? []), ...(config.users ?? []).flatMap((user) => (typeof user === 'string' ? [] : (user.ssh_authorized_keys ?? [])))];
  if (keys.length === 0) return;
  mkdirSync(root.hostPath('/home/ubuntu/.ssh'), { recursive: true, mode: 0o700 });
  root.write('/home/ubuntu/.ssh/authorized_keys', keys.map((key) => `${key}\n`).join(''), { mode: 0o600 });
}
