import type { NodePhase } from '../../domain/node-phase.js';
import type { EtcdMember } from '../../kubernetes/etcd/etcd-answers.js';
import type { MemberHealth } from '../../kubernetes/etcd/quorum.js';

/** What etcd's members say of themselves and of each other. */
export interface EtcdView {
  readonly members: readonly EtcdMember[];
  /** By member id; those that did not answer are missing. */
  readonly healthOf: ReadonlyMap<string, MemberHealth>;
  readonly leaderId: string | null;
}

export interface PlaneNode {
  readonly id: string;
  readonly name: string;
  readonly phase: NodePhase;
  /** Why it is to be replaced: outdated or doomed. Null: it stays. */
  readonly replaceBecause: string | null;
  /** Somebody wants it gone, whatever it is like. */
  readonly isDoomed: boolean;
  /** The operation leaves it as it is. */
  readonly isSkipped: boolean;
  /** Its cluster's API shows it Ready. */
  readonly isReady: boolean;
  /**
   * none: Nova has none that ever ran · off: it counts as dead, by the rules of fencing · stopped: SHUTOFF, but nobody has seen to it that
   * it stays so · gone: it was there once.
   */
  readonly server: 'none' | 'running' | 'stopped' | 'off' | 'gone';
  /** Why its machine may not count as dead; null when it may, or nobody has had to ask. */
  readonly notFencedBecause: string | null;
  /** Why it failed; null when it has not. */
  readonly failure: string | null;
  /** This attempt of the operation made it: its failure is news. */
  readonly isOfThisAttempt: boolean;
  /** It stands in for a newer one that failed in this attempt, for this reason; null: it does not. */
  readonly standsInBecause: string | null;
  /** Its server should have been off by now. */
  readonly isStopOverdue: boolean;
}

export interface PlaneSlot {
  readonly id: string;
  readonly index: number;
  /** Its removal has begun. */
  readonly leavingBecause: string | null;
  /** Its port and volume belong to a machine that nobody has seen dead. */
  readonly isQuarantined: boolean;
  readonly stack: 'none' | 'building' | 'complete' | 'failed';
  /** Why its stack failed; null when it did not. */
  readonly failure: string | null;
  readonly isOfThisAttempt: boolean;
  /** How etcd knows its member; null before the slot has an address. */
  readonly peerUrl: string | null;
  /** none: the cluster has no etcd volumes, or this one is gone. */
  readonly volume: 'none' | 'free' | 'held';
  readonly isPortFree: boolean;
  /** Its place in the load balancer; none: there is no load balancer, or no such place. */
  readonly pool: 'on' | 'off' | 'none';
  /** A machine has run in it, so that its volume holds etcd's data. */
  readonly wasUsed: boolean;
  /** The revision of the node before the one that failed in this attempt: what the slot may fall back to. Null: nothing. */
  readonly fallbackRevision: number | null;
  /** The one that is there, whatever it is like; null: none. */
  readonly node: PlaneNode | null;
}

/** One look at a control plane: what `planControlPlane` decides on. */
export interface ControlPlaneView {
  /** Slots that the control plane is to have. */
  readonly desired: number;
  /** Those that are not removed, by number. */
  readonly slots: readonly PlaneSlot[];
  /** Null while no member answers. */
  readonly etcd: EtcdView | null;
  /** The Kubernetes API answers and calls itself ready. */
  readonly isApiReady: boolean;
  readonly hasLoadBalancer: boolean;
  /** Node objects of machines that are gone. */
  readonly staleNodeNames: readonly string[];
  /** What a new node would miss in the cloud (image, flavor); none: nothing. */
  readonly problems: readonly string[];
}
