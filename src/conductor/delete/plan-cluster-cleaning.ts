import type { CinderPersistentVolume, Claim, ClaimUser, ObjectReference } from '../../kubernetes/cloud-objects/cinder-volume.js';
import type { LoadBalancerService } from '../../kubernetes/cloud-objects/load-balancer-service.js';

/** A cluster's objects that have something in the cloud, as it shows them. */
export interface CloudObjects {
  readonly services: readonly LoadBalancerService[];
  readonly volumes: readonly CinderPersistentVolume[];
  readonly claims: readonly Claim[];
  readonly claimUsers: readonly ClaimUser[];
}

export interface CleaningPlan {
  /** Volumes that Kubernetes removes when their claims are gone. */
  readonly doomed: readonly CinderPersistentVolume[];
  /** Volumes that somebody wants to outlive the cluster. */
  readonly retained: readonly CinderPersistentVolume[];
  /** To be asked to go now, in this order. */
  readonly services: readonly ObjectReference[];
  readonly statefulSets: readonly ObjectReference[];
  readonly claims: readonly ObjectReference[];
  readonly pods: readonly ObjectReference[];
  /** What has to be gone before the cluster has cleaned up, in words. */
  readonly left: readonly string[];
}

/**
 * What a cluster is asked to remove, so that its own controllers take the load balancers and volumes away. A claim stays while
 * a pod uses it, so such pods are asked to go as well; a StatefulSet would make both again, so it goes before them. Whatever
 * else makes a new pod makes one that waits for a claim which no longer exists.
 */
export function planClusterCleaning({ services, volumes, claims, claimUsers }: CloudObjects, keepVolumes: boolean): CleaningPlan {
  const claimed = volumes.filter(({ claim, reclaimPolicy }) => claim !== null && reclaimPolicy === 'Delete');
  const doomed = keepVolumes ? [] : claimed;
  const doomedClaims = new Set(doomed.map(({ claim }) => (claim ? key(claim) : '')));
  const users = claimUsers.filter(({ namespace, claims: names }) => names.some((name) => doomedClaims.has(key({ namespace, name }))));
  const sets = new Map(users.flatMap(({ namespace, statefulSet }) => (statefulSet === null ? [] : [[key({ namespace, name: statefulSet }), { namespace, name: statefulSet }] as const])));
  return {
    doomed,
    retained: volumes.filter(({ reclaimPolicy }) => reclaimPolicy !== 'Delete'),
    services: services.filter(({ isLeaving }) => !isLeaving).map(reference),
    statefulSets: [...sets.values()],
    claims: claims.filter((claim) => !claim.isLeaving && doomedClaims.has(key(claim))).map(reference),
    pods: users.filter(({ isLeaving, statefulSet }) => !isLeaving && statefulSet === null).map(reference),
    left: [
      ...services.map((service) => `Service ${key(service)}`),
      ...doomed.map(({ name, claim }) => `volume ${name}${claim ? ` of claim ${key(claim)}` : ''}`),
    ],
  };
}

const key = ({ namespace, name }: ObjectReference): string => `${namespace}/${name}`;
const reference = ({ namespace, name }: ObjectReference): ObjectReference => ({ namespace, name });
