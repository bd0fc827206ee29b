import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { GuestServer, SimContext } from '../sim-context.js';
import type { BootFaultRegistry } from './boot-faults.js';
import type { BootPace } from './boot-pace.js';
import { CloudInit } from './cloud-init/cloud-init.js';
import { UsageError } from './command-options.js';
import { ConsoleLog } from './console-log.js';
import { diskCommands, ensureMountsFor, mountAll } from './disks/disk-commands.js';
import { Disks } from './disks/disks.js';
import { readTextIfPresent, writeWhole } from './files.js';
import { seedRoot } from './image-content.js';
import { kubeadm } from './kubeadm/kubeadm.js';
import { Kubelet } from './kubelet.js';
import { MachineRunner } from './machine-runner.js';
import type { ProcessGuard } from './process-guard.js';
import { ScratchRoot } from './scratch-root.js';
import { smallCommands } from './small-commands.js';
import { linkStandIn } from './stand-ins/stand-in-script.js';
import type { StandInAnswer, StandInCall, StandInServer } from './stand-ins/stand-in-server.js';
import { ServiceManager } from './systemd/service-manager.js';
import { systemctl } from './systemd/systemctl.js';
import { UnitStore } from './systemd/unit-store.js';

/** What all machines of a simulator share. */
export interface MachineRoom {
  context: SimContext;
  faults: BootFaultRegistry;
  guard: ProcessGuard;
  pace: BootPace;
  standIns: StandInServer;
  /** Folder with the stand-in script and `bin`, which holds its links. */
  standInFolder: string;
}

/** All that exists only while a machine is on. */
interface PoweredOn {
  abort: AbortController;
  channelKey: string;
  runner: MachineRunner;
  services: ServiceManager;
  units: UnitStore;
  kubelet: Kubelet;
  kernel: Map<string, string>;
  noNetwork: boolean;
  bootTimer: NodeJS.Timeout;
  cloudInit: CloudInit;
}

/** What lasts from one push of the power button to the next, a restart of the simulator in between included. */
interface PowerState {
  /** Epoch milliseconds. */
  bootsAt: number;
  fault: 'never-boots' | 'no-network' | null;
}

/** One server's inside: power switch, disks, console, and the answers to its commands. */
export class GuestMachine {
  private readonly dir: string;
  private readonly console: ConsoleLog;
  private readonly root: ScratchRoot;
  private readonly disks: Disks;
  /** There while the machine is on; holds its PowerState. */
  private readonly powerFile: string;
  private on: PoweredOn | undefined;

  constructor(private readonly room: MachineRoom, private server: GuestServer) {
    this.dir = join(room.context.dataDir, 'servers', server.id);
    mkdirSync(this.dir, { recursive: true });
    this.powerFile = join(this.dir, 'powered-on');
    this.console = new ConsoleLog(join(this.dir, 'console.log'));
    this.root = new ScratchRoot(join(this.dir, 'root'), join(room.context.dataDir, 'volumes'));
    this.disks = new Disks(this.root, this.dir, (volumeId) => room.context.volumeDir(volumeId));
  }

  /** Turns the power on; the boot goes on in the background. A machine that is on stays as it is. */
  powerOn(server: GuestServer): void {
    if (this.on) return;
    this.server = server;
    const { room } = this;
    this.seed();
    // What a killed simulator left mounted; a machine that was switched off has nothing mounted.
    this.disks.unmountAll();
    this.disks.attach(server.volumes);
    const power = this.powerState();
    if (power.fault === 'never-boots') return;

    const abort = new AbortController();
    const { key, channel } = room.standIns.open((call) => this.command(call));
    writeFileSync(join(this.dir, 'channel'), channel, { mode: 0o600 });
    const log = (line: string): void => {
      if (!abort.signal.aborted) this.console.line(line);
    };
    const kubelet = new Kubelet({ context: room.context, root: this.root, server, machineDir: this.dir, log, hasNetwork: () => this.on?.noNetwork !== true, onJoined: () => {
      room.pace.joined(server.id);
    } });
    const runner = new MachineRunner({
      root: this.root,
      standInDir: join(room.standInFolder, 'bin'),
      guard: room.guard,
      onOutput: (chunk) => {
        if (!abort.signal.aborted) this.console.write(chunk);
      },
      extraPath: () => this.faultPath(),
      daemons: { '/usr/bin/kubelet': (args) => kubelet.run(args) },
    });
    const units = new UnitStore(this.root);
    const services = new ServiceManager(this.root, units, runner, (path) => ensureMountsFor(this.disks, this.root, path), log);
    const cloudInit = new CloudInit(this.root, runner, log, () => abort.signal.aborted);
    const bootTimer = setTimeout(() => {
      void this.boot(abort.signal);
    }, Math.max(0, power.bootsAt - Date.now()));
    this.on = { abort, channelKey: key, runner, services, units, kubelet, kernel: new Map([['net.ipv4.ip_forward', '0']]), noNetwork: power.fault === 'no-network', bootTimer, cloudInit };
  }

  /** Pulls the plug. What ran is gone when this resolves, and the Kubernetes side knows it. */
  async powerOff(): Promise<void> {
    rmSync(this.powerFile, { force: true });
    this.on?.cloudInit.cutOff();
    await this.suspend();
  }

  /** The simulator ends while the machine is on: nothing runs any more, and the next simulator goes on without a boot time. */
  async suspend(): Promise<void> {
    const { on } = this;
    if (!on) return;
    this.on = undefined;
    clearTimeout(on.bootTimer);
    on.abort.abort();
    on.services.powerOff();
    on.kubelet.powerOff();
    await on.runner.killAll();
    this.room.standIns.closeChannel(on.channelKey);
    // First whoever writes to the disks, then the disks.
    await this.room.context.kubernetes.serverStopped(this.server.id);
    this.disks.unmountAll();
  }

  volumesChanged(volumes: { id: string; device: string }[]): void {
    this.server = { ...this.server, volumes };
    this.disks.attach(volumes);
  }

  consoleText(): string {
    return this.console.text();
  }

  /** Decided when the power comes; a machine that was on when the simulator ended goes on as it was. */
  private powerState(): PowerState {
    const known = readTextIfPresent(this.powerFile);
    if (known !== undefined) return JSON.parse(known) as PowerState;
    const { faults, pace } = this.room;
    const fault = (['never-boots', 'no-network'] as const).find((kind) => faults.take(this.server.name, kind)) ?? null;
    const state: PowerState = { bootsAt: Date.now() + pace.delayMs(), fault };
    writeWhole(this.powerFile, JSON.stringify(state));
    return state;
  }

  private seed(): void {
    const marker = join(this.dir, 'seeded');
    if (existsSync(marker)) return;
    seedRoot(this.root, { properties: this.server.imageProperties, standInDir: join(this.room.standInFolder, 'bin') });
    writeFileSync(marker, '');
  }

  private async boot(signal: AbortSignal): Promise<void> {
    const { on, server } = this;
    const isOff = (): boolean => signal.aborted;
    if (!on || isOff()) return;
    // Later boots do not run the scripts, so they say nothing about how long those take.
    if (!this.root.exists('/var/lib/cloud/instance')) this.room.pace.booting(server.id);
    this.console.line(`[    0.000000] Linux version 6.8.0-simulated (${server.name})`);
    const mounted = mountAll(this.disks, this.root);
    if (mounted.code !== 0) this.console.line((mounted.stderr ?? '').trimEnd());
    on.services.startEnabled();
    try {
      await on.cloudInit.run(server);
    } catch (error) {
      if (isOff()) return;
      this.console.line(`cloud-init[1]: ${error instanceof Error ? error.message : String(error)}`);
      this.room.context.log('a guest failed to boot', { server: server.id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
    }
  }

  private async command(call: StandInCall): Promise<StandInAnswer> {
    const { on, room, server } = this;
    if (!on) return { code: 137, stderr: `${call.command}: the machine is off\n` };
    if (room.faults.take(server.name, 'fail-command', call.command)) return { code: 1, stderr: `${call.command}: made to fail by a boot fault\n` };
    if (call.command === 'curl' && on.noNetwork) return { code: 7, stderr: 'curl: (7) Failed to connect: No route to host\n' };
    try {
      return await this.dispatch(call, on);
    } catch (error) {
      if (error instanceof UsageError) return { code: 1, stderr: `${call.command}: ${error.message}\n` };
      throw error;
    }
  }

  private dispatch(call: StandInCall, on: PoweredOn): Promise<StandInAnswer> | StandInAnswer {
    const { context } = this.room;
    const disk = diskCommands[call.command];
    if (disk) return disk(call, this.disks, this.root);
    const small = smallCommands[call.command];
    if (small) return small(call, { root: this.root, kernel: on.kernel, log: (line) => this.console.line(line), powerOff: () => void this.powerOff(), reboot: () => void this.reboot() });
    switch (call.command) {
      case 'systemctl':
        return systemctl(call, on.services, on.units);
      case 'kubeadm':
        return kubeadm(call, { context, root: this.root, server: this.server, services: on.services, machineDir: this.dir, hasNetwork: !on.noNetwork, signal: AbortSignal.any([call.signal, on.abort.signal]) });
      case 'kubelet':
      case 'containerd':
        return { code: 0, stdout: call.args.includes('--version') ? `${call.command === 'kubelet' ? 'Kubernetes' : 'containerd'} ${this.server.imageProperties.kube_version ?? ''}\n` : '' };
      default:
        // A host command that a boot fault watches and that is not to fail this time.
        return { code: -1 };
    }
  }

  private async reboot(): Promise<void> {
    await this.powerOff();
    this.powerOn(this.server);
  }

  /** Host commands (curl, openssl, …) that a fault strikes get a link to the stand-in script in a folder of their own, first on PATH. */
  private faultPath(): string[] {
    const commands = this.room.faults.commandsToFail(this.server.name);
    if (this.on?.noNetwork) commands.push('curl');
    if (commands.length === 0) return [];
    const folder = join(this.dir, 'fault-bin');
    mkdirSync(folder, { recursive: true });
    for (const command of commands) linkStandIn(this.room.standInFolder, folder, command);
    return [folder];
  }
}
