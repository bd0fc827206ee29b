import { EtcdLearnerNotReadyError, EtcdMemberNotFoundError, EtcdUnhealthyError } from '../../kubernetes/etcd/etcd-error.js';
import type { ClusterContext } from '../cluster-context.js';
import type { EtcdView } from './control-plane-view.js';
import type { ClusterEtcd } from './etcd-access.js';
import { again, waitingFor, type Taken } from './taken.js';

/** Names of members are those of their nodes: kubeadm starts each with its node's name. */
const nodeOf = ({ members }: EtcdView, memberId: string | null): string | undefined => members.find(({ id }) => id === memberId)?.name;

/** Asked of the leader, which alone is sure to know the members: of itself last, so that it can answer. */
export async function removeMember(context: ClusterContext, etcd: ClusterEtcd, view: EtcdView, memberId: string, because: string): Promise<Taken> {
  const asked = askable(view, memberId);
  if (asked === undefined) return waitingFor(context, `a member of etcd that can remove ${memberId}`);
  context.assertHeld();
  try {
    await (await etcd.on(asked)).removeMember(memberId, { signal: context.signal });
  } catch (error) {
    if (error instanceof EtcdUnhealthyError) return waitingFor(context, error.message);
    if (!(error instanceof EtcdMemberNotFoundError)) throw error;
  }
  await context.write(async (manager) => {
    await context.noteProgress(manager);
    await context.say(manager, `Member ${memberId} of etcd was removed`, because);
  });
  return again;
}

export async function promoteMember(context: ClusterContext, etcd: ClusterEtcd, view: EtcdView, memberId: string, because: string): Promise<Taken> {
  const asked = askable(view, memberId);
  if (asked === undefined) return waitingFor(context, `a member of etcd that can promote ${memberId}`);
  context.assertHeld();
  try {
    await (await etcd.on(asked)).promoteLearner(memberId, { signal: context.signal });
  } catch (error) {
    if (error instanceof EtcdLearnerNotReadyError || error instanceof EtcdUnhealthyError) return waitingFor(context, error.message);
    throw error;
  }
  await context.write((manager) => context.say(manager, `Member ${memberId} of etcd votes from now on`, because));
  return again;
}

export async function moveLeader(context: ClusterContext, etcd: ClusterEtcd, view: EtcdView, toMemberId: string, because: string): Promise<Taken> {
  const leader = nodeOf(view, view.leaderId);
  if (leader === undefined) return waitingFor(context, 'etcd to have a leader');
  context.assertHeld();
  await (await etcd.on(leader)).moveLeader(toMemberId, { signal: context.signal });
  await context.write((manager) => context.say(manager, `The lead of etcd went to member ${toMemberId}`, because));
  return again;
}

/** The node whose member is to be asked about another one: the leader's, else that of any healthy voter. */
function askable(view: EtcdView, about: string): string | undefined {
  const able = view.members.filter(({ id, isLearner, name }) => id !== about && !isLearner && name !== '' && view.healthOf.get(id)?.isHealthy === true);
  return (able.find(({ id }) => id === view.leaderId) ?? able[0])?.name;
}
