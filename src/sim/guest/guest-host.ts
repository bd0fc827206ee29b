import { mkdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { GuestHost, GuestServer, SimContext } from '../sim-context.js';
import { BootFaultRegistry } from './boot-faults.js';
import { BootPace } from './boot-pace.js';
import { diskCommands } from './disks/disk-commands.js';
import { readTextIfPresent } from './files.js';
import { GuestMachine, type MachineRoom } from './guest-machine.js';
import { checkHostTools } from './host-tools.js';
import { ProcessGuard } from './process-guard.js';
import { smallCommands } from './small-commands.js';
import { writeStandIns } from './stand-ins/stand-in-script.js';
import { StandInServer } from './stand-ins/stand-in-server.js';

/** A guest host with an end: `close` switches every machine off and leaves no process behind. */
export interface ClosableGuestHost extends GuestHost {
  close(): Promise<void>;
}

/**
 * The machines of a simulator, below `<data dir>/servers`. Throws when a host tool is missing. After a restart of the
 * simulator, call `start` for every server that is on.
 */
export function createGuestHost(context: SimContext, faults: BootFaultRegistry = new BootFaultRegistry(context.journal)): ClosableGuestHost {
  const { bash } = checkHostTools();
  const standInFolder = join(context.dataDir, 'stand-ins');
  mkdirSync(standInFolder, { recursive: true });
  writeStandIns(standInFolder, bash, ['systemctl', 'kubeadm', 'kubelet', 'containerd', ...Object.keys(diskCommands), ...Object.keys(smallCommands)]);
  const standIns = new StandInServer(`${context.rangePrefix}.1`);
  const room: MachineRoom = { context, faults, guard: new ProcessGuard(bash), pace: new BootPace(context.settings), standIns, standInFolder };
  return new Machines(room);
}

class Machines implements ClosableGuestHost {
  private readonly machines = new Map<string, GuestMachine>();
  /** One after the other for each server: a start that follows a stop waits for it. */
  private readonly turns = new Map<string, Promise<void>>();
  private closed = false;

  constructor(private readonly room: MachineRoom) {}

  start(server: GuestServer): void {
    void this.enqueue(server.id, async () => {
      await this.room.standIns.listening;
      if (this.closed) return;
      let machine = this.machines.get(server.id);
      if (!machine) this.machines.set(server.id, (machine = new GuestMachine(this.room, server)));
      machine.powerOn(server);
    });
  }

  stop(serverId: string): Promise<void> {
    return this.enqueue(serverId, async () => this.machines.get(serverId)?.powerOff());
  }

  remove(serverId: string): Promise<void> {
    return this.enqueue(serverId, async () => {
      await this.machines.get(serverId)?.powerOff();
      this.machines.delete(serverId);
      // Killed processes may still be writing their last file.
      await rm(this.dirOf(serverId), { recursive: true, force: true, maxRetries: 5 });
    });
  }

  volumesChanged(serverId: string, volumes: { id: string; device: string }[]): void {
    void this.enqueue(serverId, async () => {
      await Promise.resolve();
      this.machines.get(serverId)?.volumesChanged(volumes);
    });
  }

  consoleLog(serverId: string): string {
    // A server that was off when the simulator started has no machine yet, but its console is on the disk.
    return this.machines.get(serverId)?.consoleText() ?? readTextIfPresent(join(this.dirOf(serverId), 'console.log')) ?? '';
  }

  async close(): Promise<void> {
    this.closed = true;
    await Promise.all([...this.machines].map(([id, machine]) => this.enqueue(id, () => machine.suspend())));
    await this.room.standIns.close();
    this.room.guard.close();
  }

  private dirOf(serverId: string): string {
    return join(this.room.context.dataDir, 'servers', serverId);
  }

  private enqueue(serverId: string, turn: () => Promise<void> | undefined): Promise<void> {
    const done = (this.turns.get(serverId) ?? Promise.resolve()).then(turn).catch((error: unknown) => {
      this.room.context.log('a machine did not obey', { server: serverId, error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
    });
    this.turns.set(serverId, done);
    void done.then(() => {
      if (this.turns.get(serverId) === done) this.turns.delete(serverId);
    });
    return done;
  }
}
