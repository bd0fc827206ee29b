import { seedUuid } from '../ids.js';
import type { SeedRegister } from '../seed-register.js';
import { defaultVolumeType, type VolumeStore } from './volume-store.js';

export function seedVolumeTypes(store: VolumeStore, seeds: SeedRegister): void {
  seeds.ensure(store.types, { id: seedUuid('volume-type', defaultVolumeType), name: defaultVolumeType, description: 'Default Volume Type' });
  seeds.ensure(store.types, { id: seedUuid('volume-type', 'ssd'), name: 'ssd', description: null });
}
