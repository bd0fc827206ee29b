import type { MadeByCluster } from '../../openstack/made-by-cluster/find-made-by-cluster.js';
import type { DeleteWishes } from './delete-wishes.js';

export type MadeKind = 'floating-ip' | 'load-balancer' | 'volume';

/** A thing in the cloud that a cluster made. */
export interface DoomedThing {
  readonly kind: MadeKind;
  readonly id: string;
  readonly name: string;
}

/** One that nobody can be asked to remove just now. */
export interface StuckThing extends DoomedThing {
  readonly because: string;
}

export interface RemovalPlan {
  /** To be asked for now: addresses before the load balancers that tell whose they are. */
  readonly remove: readonly DoomedThing[];
  readonly stuck: readonly StuckThing[];
  /** Volumes that stay. */
  readonly kept: readonly DoomedThing[];
}

type Found = Pick<MadeByCluster, 'balancers' | 'floatingIps' | 'volumes' | 'inTheWay'>;

/** `retained`: ids of volumes that outlive the cluster by their PersistentVolume's policy. */
export function planDirectRemoval(found: Found, wishes: DeleteWishes, retained: ReadonlySet<string>): RemovalPlan {
  const addresses = found.floatingIps.map(({ id, address }): DoomedThing => ({ kind: 'floating-ip', id, name: address }));
  const balancers = found.balancers.map(({ id, name, status }) => ({ kind: 'load-balancer' as const, id, name, because: balancerStatuses[status] }));
  const staying = found.volumes.filter(({ id }) => wishes.keepVolumes || retained.has(id));
  const volumes = found.volumes
    .filter((volume) => !staying.includes(volume))
    .map(({ id, name, status, attachedServerIds }) => ({ kind: 'volume' as const, id, name, because: whyVolumeStays(status, attachedServerIds) }));
  const made = [...balancers, ...volumes];
  const ready = made.filter(({ because }) => because === undefined).map(({ kind, id, name }): DoomedThing => ({ kind, id, name }));
  const foreign = found.inTheWay.map(({ id, name }): StuckThing => ({ kind: 'load-balancer', id, name, because: "the cluster did not make it, and it stands in the cluster's network" }));
  return {
    remove: [...addresses, ...ready],
    stuck: [...made.flatMap(({ kind, id, name, because }) => (because === undefined ? [] : [{ kind, id, name, because }])), ...(wishes.force ? [] : foreign)],
    kept: staying.map(({ id, name }): DoomedThing => ({ kind: 'volume', id, name })),
  };
}

/** While Octavia works on a load balancer it takes no other request for it. */
const balancerStatuses: Readonly<Record<string, string>> = {
  PENDING_CREATE: 'Octavia is still making it',
  PENDING_UPDATE: 'Octavia is changing it',
  PENDING_DELETE: 'Octavia is deleting it',
};

/** States from which Cinder deletes a volume; what is in another one is waited for. */
const deletable = /^(available|error|error_restoring|error_extending|error_managing|error_deleting)$/;

function whyVolumeStays(status: string, serverIds: readonly string[]): string | undefined {
  if (serverIds.length > 0) return `it is attached to server ${serverIds.join(', ')}`;
  return deletable.test(status) ? undefined : `it is ${status}`;
}

const kinds: Readonly<Record<MadeKind, string>> = { 'floating-ip': 'floating address', 'load-balancer': 'load balancer', volume: 'volume' };

/** `load balancer kube_service_… (id)` */
export const describeThing = ({ kind, id, name }: DoomedThing): string => `${kinds[kind]} ${name === '' ? id : `${name} (${id})`}`;

/** The same with the reasons, `; ` between them. */
export const describeStuck = (things: readonly StuckThing[]): string => things.map((thing) => `${describeThing(thing)}: ${thing.because.replace(/[.\s]+$/, '')}`).join('; ');
