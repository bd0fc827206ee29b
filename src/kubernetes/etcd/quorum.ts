import type { EtcdMember } from './etcd-answers.js';

/** What is known of a member besides what the list says: nothing when it did not answer. */
export interface MemberHealth {
  readonly isHealthy: boolean;
}

export type RemovalVerdict = { readonly isSafe: true } | { readonly isSafe: false; readonly because: string };

/** Members that must agree: more than half of those who vote. */
export const quorumOf = (voterCount: number): number => Math.floor(voterCount / 2) + 1;

/** How many voters may fail at once. */
export const failureTolerance = (voterCount: number): number => voterCount - quorumOf(voterCount);

/**
 * Whether the cluster still has a quorum of healthy voters once this member is gone, counted among those who are left. A member
 * without an entry in `healthOf` counts as dead.
 */
export function isSafeToRemove(members: readonly EtcdMember[], healthOf: ReadonlyMap<string, MemberHealth>, id: string): RemovalVerdict {
  const victim = members.find((member) => member.id === id);
  if (!victim) return { isSafe: false, because: `there is no member ${id}` };
  if (victim.isLearner) return { isSafe: true };
  const rest = members.filter((member) => member.id !== id && !member.isLearner);
  if (rest.length === 0) return { isSafe: false, because: 'it is the last member that votes' };
  const healthy = rest.filter((member) => healthOf.get(member.id)?.isHealthy === true).length;
  const needed = quorumOf(rest.length);
  return healthy >= needed ? { isSafe: true } : { isSafe: false, because: `${healthy} of the ${rest.length} other voters are healthy, ${needed} are needed` };
}

/** Whether a quorum is left while this member is away (its machine is replaced, and it comes back). */
export function isSafeToStop(members: readonly EtcdMember[], healthOf: ReadonlyMap<string, MemberHealth>, id: string): RemovalVerdict {
  const voters = members.filter((member) => !member.isLearner);
  const victim = voters.find((member) => member.id === id);
  if (!victim) return { isSafe: true };
  const healthy = voters.filter((member) => member.id !== id && healthOf.get(member.id)?.isHealthy === true).length;
  const needed = quorumOf(voters.length);
  return healthy >= needed ? { isSafe: true } : { isSafe: false, because: `without it ${healthy} of ${voters.length} voters are healthy, ${needed} are needed` };
}
