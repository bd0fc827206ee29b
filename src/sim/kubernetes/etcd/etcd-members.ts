import type { KubeObject } from '../objects/kube-object.js';
import type { StoreLog } from '../store/object-store.js';
import type { EtcdContent, EtcdIdentity, EtcdMember } from './etcd-member.js';

/**
 * The etcd of one cluster: who belongs to it, and which of them run. Writes go to every running member; while fewer than
 * half of them and one run there is no quorum, and nothing may be written.
 */
export class EtcdMembers implements StoreLog {
  private readonly running = new Map<string, EtcdMember>();
  private membership: EtcdIdentity[];

  constructor(serverId: string, first: EtcdMember) {
    this.running.set(serverId, first);
    this.membership = first.membership();
  }

  get clusterId(): string {
    return this.membership[0]?.clusterId ?? '';
  }

  get isEmpty(): boolean {
    return this.running.size === 0;
  }

  hasQuorum(): boolean {
    return this.running.size * 2 > this.membership.length;
  }

  /** Members with whether they run, for those who look at the cluster from outside. */
  list(): (EtcdIdentity & { isRunning: boolean })[] {
    const ids = new Set([...this.running.values()].map(({ identity }) => identity.memberId));
    return this.membership.map((member) => ({ ...member, isRunning: ids.has(member.memberId) }));
  }

  /** The newest content that any running member has: the truth once they are enough. */
  newestContent(): EtcdContent {
    const all = [...this.running.values()].map((member) => member.content());
    return all.sort((a, b) => b.applied - a.applied)[0] ?? { revision: 0, applied: 0, objects: [] };
  }

  /** A new member, or one that was away. Whoever calls it brings everybody to the same content afterwards. */
  add(serverId: string, member: EtcdMember): void {
    this.running.set(serverId, member);
    const isKnown = this.membership.some(({ memberId }) => memberId === member.identity.memberId);
    this.membership = isKnown ? this.membership : [...this.membership, member.identity];
    for (const each of this.running.values()) each.writeMembership(this.membership);
  }

  /** Its machine is off; it stays a member. */
  stop(serverId: string): void {
    this.running.get(serverId)?.close();
    this.running.delete(serverId);
  }

  catchUp(content: EtcdContent): void {
    for (const member of this.running.values()) member.catchUp(content);
  }

  put(resource: string, object: KubeObject): void {
    for (const member of this.writable()) member.put(resource, object);
  }

  delete(resource: string, object: KubeObject, revision: number): void {
    for (const member of this.writable()) member.delete(resource, object, revision);
  }

  reserveRevisions(upTo: number): void {
    for (const member of this.writable()) member.reserveRevisions(upTo);
  }

  private writable(): Iterable<EtcdMember> {
    if (!this.hasQuorum()) throw new Error('etcd has no quorum: nothing can be written');
    return this.running.values();
  }
}
