import { InvalidParameterError } from '../../domain/domain-error.js';
import type { Image } from '../../openstack/glance/glance.client.js';
import type { Flavor } from '../../openstack/nova/nova.client.js';

export interface MachineParts {
  readonly image: Pick<Image, 'name' | 'status' | 'minDiskGib' | 'minRamMib'>;
  /** By the field that names each. */
  readonly flavors: Readonly<Partial<Record<'flavor_id' | 'master_flavor_id', Pick<Flavor, 'name' | 'ramMib' | 'diskGib'>>>>;
  /** 0: machines boot from the flavor's disk. */
  readonly bootVolumeSizeGib: number;
}

/** Nova and Cinder would refuse each machine for these, minutes later. Throws InvalidParameterError. */
export function checkMachines({ image, flavors, bootVolumeSizeGib }: MachineParts): void {
  if (image.status !== 'active') {
    throw new InvalidParameterError(`Field image_id: image ${image.name} of the template is ${image.status}; nothing boots from it before it is active.`);
  }
  if (bootVolumeSizeGib > 0 && bootVolumeSizeGib < image.minDiskGib) {
    throw new InvalidParameterError(`Label boot_volume_size: ${bootVolumeSizeGib} GiB are too few, image ${image.name} needs ${image.minDiskGib} GiB (its min_disk).`);
  }
  for (const [field, { name, ramMib, diskGib }] of Object.entries(flavors)) {
    if (ramMib < image.minRamMib) {
      throw new InvalidParameterError(`Field ${field}: flavor ${name} has ${ramMib} MiB of memory, image ${image.name} needs ${image.minRamMib} (its min_ram).`);
    }
    if (bootVolumeSizeGib === 0 && diskGib < image.minDiskGib) {
      throw new InvalidParameterError(
        `Field ${field}: flavor ${name} has a disk of ${diskGib} GiB, image ${image.name} needs ${image.minDiskGib} (its min_disk); use another flavor, or label boot_volume_size.`,
      );
    }
  }
}
