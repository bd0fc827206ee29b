import { ServiceError } from '../http/service-error.js';
import { BootFaultRegistry } from '../guest/boot-faults.js';
import { defaultVolumeType } from '../cinder/volume-store.js';
import { deletePort } from '../neutron/ports.routes.js';
import { revised, type Port } from '../neutron/network-store.js';
import type { GuestServer } from '../sim-context.js';
import type { ComputeParts } from './compute-parts.js';
import { databaseTime, novaTime, type Server, type VolumeToMake } from './compute-store.js';
import { chooseHost } from './scheduler.js';

/** How long a server is seen in a passing state: enough to be noticed by a client that polls quickly. */
const workMs = 40;

/**
 * What happens to servers after their requests were answered: one thing after the other for each, journaled as it goes
 * (status and task_state say what is under way), so that `resume` can take it up after a crash.
 */
export class ServerLife {
  private readonly turns = new Map<string, Promise<void>>();
  private readonly faults: BootFaultRegistry;
  private closed = false;

  constructor(private readonly compute: ComputeParts) {
    this.faults = new BootFaultRegistry(compute.context.journal);
  }

  /** Powers on what was on, and finishes what was under way. */
  resume(): void {
    for (const server of this.compute.store.servers.values()) {
      if (server.task_state === 'deleting') this.delete(server);
      else if (server.status === 'BUILD') this.build(server);
      else if (server.task_state === 'powering-off') this.stop(server);
      else if (server.task_state === 'powering-on' || server.status === 'REBOOT' || server.status === 'HARD_REBOOT') this.start(server);
      else if (server.status === 'ACTIVE') this.compute.context.guests.start(this.guestOf(server));
    }
  }

  close(): void {
    this.closed = true;
  }

  /** Runs `work` after everything that was asked for the server before. A failure leaves it in ERROR. */
  private enqueue(serverId: string, work: (server: Server) => Promise<void>): void {
    const before = this.turns.get(serverId) ?? Promise.resolve();
    const turn = before.then(() => this.attempt(serverId, work));
    this.turns.set(serverId, turn);
    void turn.then(() => {
      if (this.turns.get(serverId) === turn) this.turns.delete(serverId);
    });
  }

  private async attempt(serverId: string, work: (server: Server) => Promise<void>): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, workMs).unref());
    const server = this.compute.store.servers.get(serverId);
    if (!server || this.hasEnded()) return;
    try {
      await work(server);
    } catch (error) {
      if (this.hasEnded()) return;
      const message = error instanceof ServiceError ? error.message : 'Unexpected API Error.';
      this.compute.context.log('server failed', { serverId, error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
      this.fail(serverId, 500, message);
    }
  }

  build(server: Server): void {
    this.enqueue(server.id, async (current) => {
      const { store, context } = this.compute;
      const group = current.groupId === null ? undefined : store.groups.get(current.groupId);
      const refused = this.faults.take(current.name, 'no-valid-host');
      const host = refused ? undefined : chooseHost(store.services.values(), store.servers.filter((other) => other.id !== current.id), current.flavor, group);
      if (host === undefined) {
        this.releasePorts(current);
        this.fail(current.id, 500, 'No valid host was found. ');
        return;
      }
      this.change(current.id, { host, task_state: 'block_device_mapping' });
      await this.makeVolumes(current.id);
      // Deleted while its volumes were being made: the delete that waits in the queue takes everything away.
      if (store.servers.get(current.id)?.task_state === 'deleting') return;
      this.attachAll(current.id);
      for (const port of this.portsOf(current.id)) this.compute.networking.store.ports.put(revised(port, { status: 'ACTIVE' }));
      this.compute.networking.directory.refresh();
      const active = this.change(current.id, { status: 'ACTIVE', task_state: null, launched_at: databaseTime() });
      if (active) context.guests.start(this.guestOf(active));
    });
  }

  delete(server: Server): void {
    this.change(server.id, { task_state: 'deleting' });
    this.enqueue(server.id, async (current) => {
      const { store, storage, context } = this.compute;
      await context.guests.remove(current.id);
      context.journal.atomically(() => {
        this.releasePorts(current);
        for (const { volumeId, deleteOnTermination } of store.servers.get(current.id)?.volumes ?? []) {
          storage?.detach(volumeId, current.id);
          const volume = storage?.store.volumes.get(volumeId);
          if (deleteOnTermination && storage && volume) storage.delete(volume);
        }
        store.servers.delete(current.id);
      });
    });
  }

  stop(server: Server): void {
    this.change(server.id, { task_state: 'powering-off' });
    this.enqueue(server.id, async (current) => {
      await this.compute.context.guests.stop(current.id);
      if (this.isGoing(current.id)) return;
      this.change(current.id, { status: 'SHUTOFF', task_state: null });
    });
  }

  start(server: Server): void {
    this.change(server.id, { task_state: 'powering-on' });
    this.enqueue(server.id, async (current) => {
      await this.compute.context.guests.stop(current.id);
      if (this.isGoing(current.id)) return;
      const active = this.change(current.id, { status: 'ACTIVE', task_state: null });
      if (active) this.compute.context.guests.start(this.guestOf(active));
    });
  }

  reboot(server: Server, hard: boolean): void {
    this.change(server.id, { status: hard ? 'HARD_REBOOT' : 'REBOOT', task_state: hard ? 'rebooting_hard' : 'reboot_started' });
    this.enqueue(server.id, async (current) => {
      await this.compute.context.guests.stop(current.id);
      if (this.isGoing(current.id)) return;
      const active = this.change(current.id, { status: 'ACTIVE', task_state: null });
      if (active) this.compute.context.guests.start(this.guestOf(active));
    });
  }

  /** The guest sees its disks as they are attached now. */
  volumesChanged(serverId: string): void {
    const server = this.compute.store.servers.get(serverId);
    if (server) this.compute.context.guests.volumesChanged(serverId, disksOf(server));
  }

  change(id: string, changes: Partial<Server>): Server | undefined {
    const server = this.compute.store.servers.get(id);
    // A server that is going away keeps its task until it is gone.
    const task = server?.task_state === 'deleting' ? { task_state: 'deleting' } : {};
    return server && this.compute.store.servers.put({ ...server, ...changes, ...task, updated: novaTime() });
  }

  portsOf(serverId: string): Port[] {
    return this.compute.networking.store.ports.filter((port) => port.device_id === serverId);
  }

  private hasEnded(): boolean {
    return this.closed;
  }

  private isGoing(id: string): boolean {
    return this.compute.store.servers.get(id)?.task_state === 'deleting' || this.hasEnded();
  }

  /** Ports that were given to the server are free again, those that Nova made go. */
  private releasePorts(server: Server): void {
    const { networking } = this.compute;
    for (const port of this.portsOf(server.id)) {
      if (server.ownPorts.includes(port.id)) deletePort(networking, port);
      else networking.store.ports.put(revised(port, { device_id: '', device_owner: '', status: 'DOWN' }));
    }
    networking.directory.refresh();
  }

  private fail(id: string, code: number, message: string): void {
    this.change(id, { status: 'ERROR', task_state: null, fault: { code, message, created: novaTime() } });
  }

  /** Makes one volume after the other and remembers each before the next, so that a crash leaves none unknown. */
  private async makeVolumes(serverId: string): Promise<void> {
    const { store, storage } = this.compute;
    for (;;) {
      const server = store.servers.get(serverId);
      const [next, ...rest] = server?.toMake ?? [];
      if (!server || !next || !storage) return;
      const volumeId = this.compute.context.journal.atomically(() => {
        const volume = storage.create({ ...volumeFor(server, next), volume_type: next.volumeType ?? defaultVolumeType });
        const made = { volumeId: volume.id, device: next.boot ? '/dev/vda' : nextDevice(server), deleteOnTermination: next.deleteOnTermination, boot: next.boot };
        this.change(serverId, { toMake: rest, volumes: [...server.volumes, made] });
        return volume.id;
      });
      await storage.whenMade(volumeId);
    }
  }

  private attachAll(serverId: string): void {
    const { store, storage } = this.compute;
    for (const { volumeId, device } of store.servers.get(serverId)?.volumes ?? []) {
      const volume = storage?.store.volumes.get(volumeId);
      if (!volume) throw new ServiceError(500, `Volume ${volumeId} could not be found.`);
      storage?.attach(volume, serverId, device);
    }
  }

  private guestOf(server: Server): GuestServer {
    const { images, storage } = this.compute;
    const boot = server.volumes.find((volume) => volume.boot);
    const imageId = server.imageId ?? (boot ? storage?.store.volumes.get(boot.volumeId)?.imageId : null) ?? null;
    return {
      id: server.id,
      name: server.name,
      projectId: server.project_id,
      userData: Buffer.from(server.user_data, 'base64').toString('utf8'),
      addresses: this.portsOf(server.id).flatMap((port) => port.fixed_ips.map((fixed) => fixed.ip_address)),
      volumes: disksOf(server),
      metadata: server.metadata,
      imageProperties: imageId === null ? {} : (images.get(imageId)?.properties ?? {}),
    };
  }
}

/** The volume that a server boots from is its root disk, which the guest has anyway. */
const disksOf = (server: Server): GuestServer['volumes'] => server.volumes.filter((volume) => !volume.boot).map(({ volumeId, device }) => ({ id: volumeId, device }));

/** /dev/vda is the root disk. */
export function nextDevice(server: Server): string {
  const used = new Set(server.volumes.map((volume) => volume.device));
  const letters = 'bcdefghijklmnopqrstuvwxyz'.split('');
  const letter = letters.find((each) => !used.has(`/dev/vd${each}`));
  if (letter === undefined) throw new ServiceError(403, 'Maximum number of volumes to be attached to a single server is exceeded');
  return `/dev/vd${letter}`;
}

const volumeFor = (server: Server, { size, imageId }: VolumeToMake) => ({
  project_id: server.project_id,
  user_id: server.user_id,
  name: '',
  description: '',
  size,
  metadata: {},
  imageId,
});
