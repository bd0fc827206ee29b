import { seedUuid } from '../ids.js';
import { projectId } from '../keystone/seed-identity.js';
import type { SeedRegister } from '../seed-register.js';
import type { ImageStore } from './image-store.js';

const images: { name: string; properties: Record<string, string> }[] = [
  { name: 'ubuntu-2404-kube-v1.32.4', properties: { os_distro: 'ubuntu', kube_version: 'v1.32.4' } },
  { name: 'ubuntu-2404-kube-v1.33.1', properties: { os_distro: 'ubuntu', kube_version: 'v1.33.1' } },
  { name: 'no-distro', properties: {} },
  { name: 'fedora-coreos-41', properties: { os_distro: 'fedora-coreos' } },
];

/** A size that a root disk of any flavor but the smallest holds. */
const size = 2 ** 30;

export function seedImages(store: ImageStore, seeds: SeedRegister): void {
  for (const { name, properties } of images) {
    const time = '2026-01-01T00:00:00Z';
    const fields = { min_disk: 0, min_ram: 0, created_at: time, updated_at: time, tags: [], size };
    seeds.ensure(store, { id: seedUuid('image', name), name, owner: projectId('admin'), visibility: 'public', status: 'active', ...fields, properties });
  }
}
