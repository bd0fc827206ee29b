import { mkdirSync, rmSync } from 'node:fs';
import { ServiceError } from '../http/service-error.js';
import { newUuid } from '../ids.js';
import type { SimContext } from '../sim-context.js';
import { cinderTime, type Volume, type VolumeStore } from './volume-store.js';

export type NewVolume = Pick<Volume, 'project_id' | 'user_id' | 'name' | 'description' | 'size' | 'volume_type' | 'metadata' | 'imageId'>;

/** How long a volume is `creating` or `deleting`: long enough to be seen, short enough not to be felt. */
const workMs = 20;
/** Cinder's own defaults; what is not here is unlimited. */
const defaultLimits: Record<string, number> = { snapshots: 10, backups: 10, backup_gigabytes: 1000, groups: 10 };

/** Volumes and their folders. Nova attaches and detaches through it. */
export class BlockStorage {
  private readonly waiting = new Map<string, (() => void)[]>();
  private readonly timers = new Set<NodeJS.Timeout>();

  constructor(
    private readonly context: SimContext,
    readonly store: VolumeStore,
  ) {}

  /** What was under way when the simulator stopped goes on. */
  resume(): void {
    for (const volume of this.store.volumes.values()) {
      if (volume.status === 'creating') this.later(() => this.finishCreate(volume.id));
      if (volume.status === 'deleting') this.later(() => this.finishDelete(volume.id));
    }
  }

  close(): void {
    for (const timer of this.timers) clearTimeout(timer);
  }

  limitOf(name: string, projectId: string): number {
    return this.store.quotas.get(projectId)?.limits[name] ?? defaultLimits[name] ?? -1;
  }

  used(projectId: string): { volumes: number; gigabytes: number } {
    const own = this.store.volumes.filter((volume) => volume.project_id === projectId);
    return { volumes: own.length, gigabytes: own.reduce((sum, volume) => sum + volume.size, 0) };
  }

  /** Throws 413 when the project's quota does not hold it. */
  create(wanted: NewVolume): Volume {
    const used = this.used(wanted.project_id);
    const volumesMax = this.limitOf('volumes', wanted.project_id);
    if (volumesMax >= 0 && used.volumes + 1 > volumesMax) {
      throw overLimit(`VolumeLimitExceeded: Maximum number of volumes allowed (${volumesMax}) exceeded for quota 'volumes'.`);
    }
    const gigabytesMax = this.limitOf('gigabytes', wanted.project_id);
    if (gigabytesMax >= 0 && used.gigabytes + wanted.size > gigabytesMax) {
      const detail = `Requested ${wanted.size}G, quota is ${gigabytesMax}G and ${used.gigabytes}G has been consumed.`;
      throw overLimit(`VolumeSizeExceedsAvailableQuota: Requested volume or snapshot exceeds allowed gigabytes quota. ${detail}`);
    }
    const volume = this.store.volumes.put({
      id: newUuid(),
      ...wanted,
      status: 'creating',
      created_at: cinderTime(),
      updated_at: null,
      bootable: wanted.imageId !== null,
      attachments: [],
    });
    this.later(() => this.finishCreate(volume.id));
    return volume;
  }

  /** Resolves when the volume is no longer being made. */
  async whenMade(id: string): Promise<void> {
    if (this.store.volumes.get(id)?.status !== 'creating') return;
    await new Promise<void>((resolve) => this.waiting.set(id, [...(this.waiting.get(id) ?? []), resolve]));
  }

  /** Throws Cinder's 400 for a volume that is in use or in the middle of something. */
  delete(volume: Volume): void {
    if (!['available', 'error'].includes(volume.status) || volume.attachments.length > 0) {
      const states = 'available or error or error_restoring or error_extending or error_managing';
      const rest = 'must not be migrating, attached, belong to a group, have snapshots, awaiting a transfer, or be disassociated from snapshots after volume transfer.';
      throw new ServiceError(400, `Invalid volume: Volume status must be ${states} and ${rest}`);
    }
    this.change(volume, { status: 'deleting' });
    this.later(() => this.finishDelete(volume.id));
  }

  attach(volume: Volume, serverId: string, device: string): void {
    const attachment = { attachment_id: newUuid(), server_id: serverId, device, attached_at: cinderTime() };
    this.change(volume, { status: 'in-use', attachments: [...volume.attachments.filter((each) => each.server_id !== serverId), attachment] });
  }

  /** Also for a volume that is not attached: then it is just available again. */
  detach(volumeId: string, serverId: string): void {
    const volume = this.store.volumes.get(volumeId);
    if (!volume || volume.status === 'deleting') return;
    const attachments = volume.attachments.filter((each) => each.server_id !== serverId);
    this.change(volume, { status: attachments.length === 0 ? 'available' : 'in-use', attachments });
  }

  change(volume: Volume, changes: Partial<Volume>): Volume {
    return this.store.volumes.put({ ...volume, ...changes, updated_at: cinderTime() });
  }

  private finishCreate(id: string): void {
    const volume = this.store.volumes.get(id);
    if (volume?.status === 'creating') {
      mkdirSync(this.context.volumeDir(id), { recursive: true });
      this.change(volume, { status: 'available' });
    }
    for (const resolve of this.waiting.get(id) ?? []) resolve();
    this.waiting.delete(id);
  }

  private finishDelete(id: string): void {
    rmSync(this.context.volumeDir(id), { recursive: true, force: true });
    this.store.volumes.delete(id);
  }

  private later(work: () => void): void {
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      work();
    }, workMs);
    this.timers.add(timer);
  }
}

/** Cinder's only 413 says besides when to try again: at once, which helps nobody. */
const overLimit = (message: string): ServiceError =>
  new ServiceError(413, message, { headers: { 'retry-after': '0' }, body: { overLimit: { code: 413, message, retryAfter: '0' } } });
