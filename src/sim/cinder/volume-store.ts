import type { Collection, Journal } from '../journal.js';

export interface VolumeAttachment {
  attachment_id: string;
  server_id: string;
  device: string;
  attached_at: string;
}

export type VolumeStatus = 'creating' | 'available' | 'attaching' | 'in-use' | 'detaching' | 'deleting' | 'error';

export interface Volume {
  id: string;
  project_id: string;
  user_id: string;
  name: string | null;
  description: string | null;
  /** GiB */
  size: number;
  status: VolumeStatus;
  volume_type: string;
  metadata: Record<string, string>;
  created_at: string;
  updated_at: string | null;
  /** Made from an image: a server may boot from it. */
  bootable: boolean;
  imageId: string | null;
  attachments: VolumeAttachment[];
}
export interface VolumeType {
  id: string;
  name: string;
  description: string | null;
}
/** A project's own limits; the id is the project's. */
export interface VolumeQuota {
  id: string;
  limits: Record<string, number>;
}

export class VolumeStore {
  readonly volumes: Collection<Volume>;
  readonly types: Collection<VolumeType>;
  readonly quotas: Collection<VolumeQuota>;

  constructor(journal: Journal) {
    this.volumes = journal.collection('cinder.volumes');
    this.types = journal.collection('cinder.types');
    this.quotas = journal.collection('cinder.quotas');
  }
}

export const defaultVolumeType = '__DEFAULT__';
/** Cinder's times have microseconds and no zone. */
export const cinderTime = (): string => `${new Date().toISOString().slice(0, 23)}000`;
