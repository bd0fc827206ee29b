import type { BlockStorage } from '../cinder/block-storage.js';
import type { ImageStore } from '../glance/image-store.js';
import type { Networking } from '../neutron/networking.js';
import type { SimContext } from '../sim-context.js';
import type { ComputeStore } from './compute-store.js';

/** What Nova works with: its own records and the services beside it. */
export interface ComputeParts {
  context: SimContext;
  store: ComputeStore;
  networking: Networking;
  images: ImageStore;
  /** Undefined in a cloud without volume service. */
  storage: BlockStorage | undefined;
}
