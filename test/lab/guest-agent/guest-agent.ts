import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Balancers } from '../../../src/sim/octavia/balancer/balancers.js';
import { frontsOf } from '../../../src/sim/octavia/fronts.js';
import type { AddressDirectory } from '../../../src/sim/neutron/address-directory.js';
import type { GuestServer } from '../../../src/sim/sim-context.js';
import type { CloudView, SeenDisk, SeenServer } from './cloud-view.js';
import type { LabContext } from './lab-context.js';
import { planPower, type PlayedServer, type PowerAction } from './plan-power.js';
import type { SeenNetwork } from './seen-network.js';

/** Pause between two looks at Nova and Neutron (ms): a boot begins this much later than it could. */
const lookEveryMs = 700;

/**
 * Plays the inside of a real cloud's servers, whose hypervisor runs nothing: reads their user-data as admin and lets the
 * simulator's machines execute it.
 */
export class GuestAgent {
  private readonly played = new Map<string, PlayedServer>();
  private readonly ending = new AbortController();
  private watching: Promise<void> = Promise.resolve();

  constructor(
    private readonly context: LabContext,
    private readonly cloud: CloudView,
    private readonly network: SeenNetwork,
    private readonly directory: AddressDirectory,
    private readonly balancers: Balancers,
  ) {}

  start(): void {
    this.watching = this.watch();
  }

  async stop(): Promise<void> {
    this.ending.abort();
    await this.watching;
  }

  private async watch(): Promise<void> {
    const { signal } = this.ending;
    while (!signal.aborted) {
      try {
        await this.look();
      } catch (error) {
        // A service that is away, or being restarted on purpose, is asked again.
        this.context.log('a look at the cloud failed', { error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
      }
      // Rejects when it is told to end, which the loop's condition then sees.
      await pause(lookEveryMs, undefined, { signal }).catch(() => undefined);
    }
  }

  private async look(): Promise<void> {
    const [servers, fronts] = await Promise.all([this.cloud.servers(), this.cloud.loadBalancers().then(frontsOf)]);
    if (servers.length > 0 || this.played.size > 0 || fronts.length > 0) {
      const [ports, floating] = await Promise.all([this.cloud.ports(), this.cloud.floatingAddresses()]);
      this.network.replace(ports, floating);
      this.directory.refresh();
    }
    this.balancers.update(fronts);
    for (const action of planPower(servers, this.played)) await this.perform(action);
    await this.dropVolumesThatAreGone();
  }

  private async perform(action: PowerAction): Promise<void> {
    switch (action.kind) {
      case 'start': {
        const { server } = action;
        const disks = await this.disksOf(server.id);
        this.context.guests.start(await this.guestOf(server, disks));
        this.played.set(server.id, { isOn: true, volumeIds: disks.map(({ id }) => id) });
        this.context.log('started', { server: server.name, id: server.id });
        return;
      }
      case 'stop':
        await this.context.guests.stop(action.serverId);
        this.played.set(action.serverId, { isOn: false, volumeIds: [] });
        this.context.log('stopped', { id: action.serverId });
        return;
      case 'remove':
        await this.context.guests.remove(action.serverId);
        this.played.delete(action.serverId);
        this.context.log('removed', { id: action.serverId });
        return;
      case 'refresh-disks': {
        const disks = await this.disksOf(action.serverId);
        this.context.guests.volumesChanged(action.serverId, disks);
        this.played.set(action.serverId, { isOn: true, volumeIds: disks.map(({ id }) => id) });
        return;
      }
    }
  }

  private async guestOf(server: SeenServer, volumes: SeenDisk[]): Promise<GuestServer> {
    const encoded = server['OS-EXT-SRV-ATTR:user_data'];
    return {
      id: server.id,
      name: server.name,
      projectId: server.tenant_id,
      userData: encoded === null ? '' : Buffer.from(encoded, 'base64').toString('utf8'),
      addresses: this.network.ports.filter((port) => port.device_id === server.id).flatMap((port) => port.fixed_ips.map((fixed) => fixed.ip_address)),
      volumes,
      metadata: server.metadata,
      imageProperties: await this.cloud.imagePropertiesOf(server),
    };
  }

  /** Attached disks, each with the folder that holds its content. */
  private async disksOf(serverId: string): Promise<SeenDisk[]> {
    const disks = await this.cloud.disksOf(serverId);
    for (const { id } of disks) mkdirSync(this.context.volumeDir(id), { recursive: true });
    return disks;
  }

  private async dropVolumesThatAreGone(): Promise<void> {
    const attached = new Set([...this.played.values()].flatMap(({ volumeIds }) => volumeIds));
    for (const id of readdirSync(join(this.context.dataDir, 'volumes'))) {
      if (!attached.has(id) && !(await this.cloud.volumeExists(id))) rmSync(this.context.volumeDir(id), { recursive: true, force: true });
    }
  }
}
