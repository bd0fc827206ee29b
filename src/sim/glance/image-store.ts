import type { Collection, Journal } from '../journal.js';

export interface Image {
  id: string;
  name: string;
  owner: string;
  visibility: 'public' | 'private' | 'shared' | 'community';
  status: 'active' | 'deactivated';
  size: number;
  min_disk: number;
  min_ram: number;
  created_at: string;
  updated_at: string;
  tags: string[];
  /** Free properties: os_distro, kube_version … */
  properties: Record<string, string>;
}

export type ImageStore = Collection<Image>;

export const imageStore = (journal: Journal): ImageStore => journal.collection<Image>('glance.images');
