import { describe, expect, it } from '@jest/globals';
import { checkMachines, type MachineParts } from './check-machines.js';

const image = { name: 'ubuntu', status: 'active', minDiskGib: 10, minRamMib: 2048 };
const fitting = { name: 'm1.small', ramMib: 2048, diskGib: 10 };
const parts: MachineParts = { image, flavors: { flavor_id: fitting, master_flavor_id: fitting }, bootVolumeSizeGib: 0 };

describe('checkMachines', () => {
  it.each<[string, Partial<MachineParts>]>([
    ['exactly what the image needs', {}],
    ['a flavor without a disk, when machines boot from volumes', { flavors: { flavor_id: { ...fitting, diskGib: 0 }, master_flavor_id: fitting }, bootVolumeSizeGib: 10 }],
    ['an image that needs nothing', { image: { ...image, minDiskGib: 0, minRamMib: 0 }, flavors: { flavor_id: { ...fitting, diskGib: 0, ramMib: 1 }, master_flavor_id: fitting } }],
  ])('accepts %s', (_, change) => {
    expect(() => checkMachines({ ...parts, ...change })).not.toThrow();
  });

  it.each<[string, Partial<MachineParts>, RegExp]>([
    ['an image that is still being uploaded', { image: { ...image, status: 'saving' } }, /image_id: image ubuntu .* is saving/],
    ['an image that was deactivated', { image: { ...image, status: 'deactivated' } }, /image_id: .*deactivated/],
    ['a worker with too little memory', { flavors: { flavor_id: { ...fitting, name: 'tiny', ramMib: 2047 }, master_flavor_id: fitting } }, /Field flavor_id: flavor tiny has 2047 MiB .* needs 2048/],
    ['a control plane with too little memory', { flavors: { flavor_id: fitting, master_flavor_id: { ...fitting, ramMib: 512 } } }, /Field master_flavor_id: .* 512 MiB/],
    ['a disk that is too small', { flavors: { flavor_id: { ...fitting, diskGib: 9 }, master_flavor_id: fitting } }, /Field flavor_id: .*disk of 9 GiB.*boot_volume_size/],
    ['a boot volume that is too small, however large the disks', { bootVolumeSizeGib: 9 }, /Label boot_volume_size: 9 GiB .* needs 10 GiB/],
    ['little memory, whatever the boot volume', { flavors: { flavor_id: { ...fitting, ramMib: 1 }, master_flavor_id: fitting }, bootVolumeSizeGib: 100 }, /Field flavor_id: .*memory/],
  ])('refuses %s and names the field', (_, change, sentence) => {
    expect(() => checkMachines({ ...parts, ...change })).toThrow(sentence);
  });
});
