import type { EtcdMember } from '../../kubernetes/etcd/etcd-answers.js';
import { isSafeToRemove, isSafeToStop } from '../../kubernetes/etcd/quorum.js';
import type { ControlPlaneView, PlaneSlot } from './control-plane-view.js';

type SlotAddress = Pick<PlaneSlot, 'peerUrl'>;

/** By its peer URL: names change with machines, and only the slot's address stays. */
export function memberOf({ etcd }: ControlPlaneView, { peerUrl }: SlotAddress): EtcdMember | undefined {
  return peerUrl === null ? undefined : etcd?.members.find(({ peerUrls }) => peerUrls.includes(peerUrl));
}

export const votersOf = ({ etcd }: ControlPlaneView): readonly EtcdMember[] => (etcd?.members ?? []).filter(({ isLearner }) => !isLearner);

export const isHealthy = ({ etcd }: ControlPlaneView, { id }: EtcdMember): boolean => etcd?.healthOf.get(id)?.isHealthy === true;

export const unhealthyVoters = (view: ControlPlaneView): readonly EtcdMember[] => votersOf(view).filter((member) => !isHealthy(view, member));

/** Members that belong to no slot that is there. */
export function strangers(view: ControlPlaneView): readonly EtcdMember[] {
  const known = new Set(view.slots.map(({ peerUrl }) => peerUrl));
  return (view.etcd?.members ?? []).filter(({ peerUrls }) => !peerUrls.some((url) => known.has(url)));
}

/** One node is all of the control plane: while it is replaced there is no API, which is the stated exception. */
export const isAlone = (view: ControlPlaneView): boolean => (view.etcd === null ? view.slots.length === 1 : votersOf(view).length === 1);

/** Why etcd cannot be without the slot's member for good; undefined when it can, or has none. */
export function refusalToRemove(view: ControlPlaneView, slot: SlotAddress): string | undefined {
  if (view.etcd === null) return 'no member of etcd answers';
  const member = memberOf(view, slot);
  if (!member) return undefined;
  const verdict = isSafeToRemove(view.etcd.members, view.etcd.healthOf, member.id);
  return verdict.isSafe ? undefined : verdict.because;
}

/** Why etcd cannot be without the slot's member for a while; undefined when it can. */
export function refusalToStop(view: ControlPlaneView, slot: SlotAddress): string | undefined {
  if (view.etcd === null) return 'no member of etcd answers';
  const member = memberOf(view, slot);
  if (!member) return undefined;
  const verdict = isSafeToStop(view.etcd.members, view.etcd.healthOf, member.id);
  return verdict.isSafe ? undefined : verdict.because;
}

/** Something has begun in it and is not at its end: everything but a stack with a node that is ready or has failed. */
export const isMoving = ({ stack, node }: PlaneSlot): boolean => stack !== 'complete' || node === null || (node.phase !== 'ready' && node.phase !== 'failed');
