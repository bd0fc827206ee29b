import type { MadeType, RecordedThing } from '../../database/maker-cluster.js';

const whys: Readonly<Record<MadeType, string>> = {
  'octavia-load-balancer': 'load balancers that could not be removed',
  'neutron-floating-ip': 'floating addresses that could not be removed',
  'cinder-volume': 'volumes that could not be removed',
  'retained-volume': 'volumes whose PersistentVolume says Retain',
  'kept-volume': 'volumes that were to be kept',
};

/** What of a deleted cluster is still in the cloud, and why; null when nothing is. */
export function describeRemains(things: readonly Pick<RecordedThing, 'type' | 'name' | 'id'>[]): string | null {
  const parts = (Object.keys(whys) as MadeType[]).flatMap((type) => {
    const names = things.filter((thing) => thing.type === type).map(({ name, id }) => (name.includes(id) ? name : `${name} (${id})`));
    return names.length === 0 ? [] : [`${whys[type]}: ${names.join(', ')}`];
  });
  return parts.length === 0 ? null : `Left in the cloud: ${parts.join('; ')}`;
}
