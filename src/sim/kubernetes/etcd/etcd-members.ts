import { randomBytes } from 'node:crypto';
import type { KubeObject } from '../objects/kube-object.js';
import type { StoreLog } from '../store/object-store.js';
import { EtcdDataError, type EtcdContent, type EtcdIdentity, type EtcdMember } from './etcd-member.js';
import { refusals, type EtcdRefusal } from './etcd-refusal.js';

/** Real etcd takes one learner at a time unless told otherwise. */
const learnersMax = 1;

/**
 * The etcd of one cluster: who belongs to it, which of them run, and who leads. Writes go to every running member; while fewer
 * than half of the voters and one run there is no quorum, and nothing may be written.
 */
export class EtcdMembers implements StoreLog {
  private readonly running = new Map<string, EtcdMember>();
  private membership: EtcdIdentity[];
  /** Counts changes of the membership: who was away learns by it what it missed. */
  private version: number;
  private term: number;
  private leader: string | null = null;

  constructor(serverId: string, first: EtcdMember) {
    this.running.set(serverId, first);
    const { members, version, term } = first.membership();
    this.membership = members;
    this.version = version;
    this.term = term;
    this.elect();
  }

  get clusterId(): string {
    return this.membership[0]?.clusterId ?? '';
  }

  get isEmpty(): boolean {
    return this.running.size === 0;
  }

  /** Null while there is no quorum. */
  get leaderId(): string | null {
    return this.leader;
  }

  get raftTerm(): number {
    return this.term;
  }

  /** Grows with every change of objects and of members. */
  get raftIndex(): number {
    return this.newestContent().applied + this.version + this.term;
  }

  hasQuorum(): boolean {
    const voters = this.membership.filter(({ isLearner }) => !isLearner);
    return voters.filter(({ memberId }) => this.isRunning(memberId)).length * 2 > voters.length;
  }

  /** The running member of this machine. */
  memberOn(serverId: string): EtcdIdentity | undefined {
    const id = this.running.get(serverId)?.identity.memberId;
    return this.membership.find(({ memberId }) => memberId === id);
  }

  /** Members with whether they run, for those who look at the cluster from outside. */
  list(): (EtcdIdentity & { isRunning: boolean })[] {
    return this.membership.map((member) => ({ ...member, isRunning: this.isRunning(member.memberId) }));
  }

  /** The newest content that any running member has: the truth once they are enough. */
  newestContent(): EtcdContent {
    const all = [...this.running.values()].map((member) => member.content());
    return all.sort((a, b) => b.applied - a.applied)[0] ?? { revision: 0, applied: 0, objects: [] };
  }

  /**
   * A member that was announced, or one that was away. Whoever calls it brings everybody to the same content afterwards.
   * @throws EtcdDataError when it was removed while it was away: it belongs to nobody any more.
   */
  add(serverId: string, member: EtcdMember): void {
    const { memberId, name } = member.identity;
    const own = member.membership();
    if (own.version > this.version) ({ members: this.membership, version: this.version } = own);
    this.term = Math.max(this.term, own.term);
    const isKnown = this.membership.some((each) => each.memberId === memberId);
    if (!isKnown) {
      member.markRemoved();
      throw new EtcdDataError(`the member ${memberId} has been permanently removed from the cluster`);
    }
    this.running.set(serverId, member);
    // It publishes the name that it was started with.
    this.membership = this.membership.map((each) => (each.memberId === memberId ? { ...each, name } : each));
    for (const [server, { identity }] of [...this.running]) if (!this.membership.some((each) => each.memberId === identity.memberId)) this.drop(server);
    this.changed();
  }

  /** Its machine is off; it stays a member. */
  stop(serverId: string): void {
    this.running.get(serverId)?.close();
    this.running.delete(serverId);
    this.elect();
  }

  announceLearner(peerUrls: readonly string[]): EtcdIdentity | EtcdRefusal {
    return this.announce(peerUrls, true);
  }

  /** One that votes from the start, so that it counts for the quorum before it runs. */
  announceVoter(peerUrls: readonly string[]): EtcdIdentity | EtcdRefusal {
    return this.announce(peerUrls, false);
  }

  /** The learner that was announced for this address and has not started. */
  findAnnounced(peerUrl: string): EtcdIdentity | undefined {
    return this.membership.find((member) => member.peerUrl === peerUrl && member.name === '');
  }

  promote(memberId: string): EtcdRefusal | undefined {
    const member = this.find(memberId);
    if (!member) return refusals.memberNotFound;
    if (!member.isLearner) return refusals.notALearner;
    // Whoever runs has everything: the simulated log travels at once.
    if (!this.isRunning(memberId)) return refusals.learnerNotReady;
    this.replace({ ...member, isLearner: false });
    return undefined;
  }

  updatePeerUrls(memberId: string, peerUrls: readonly string[]): EtcdRefusal | undefined {
    const member = this.find(memberId);
    if (!member) return refusals.memberNotFound;
    if (this.membership.some((each) => each.memberId !== memberId && peerUrls.includes(each.peerUrl))) return refusals.peerUrlExists;
    this.replace({ ...member, peerUrl: peerUrls[0] ?? '' });
    return undefined;
  }

  remove(memberId: string): EtcdRefusal | undefined {
    const member = this.find(memberId);
    if (!member) return refusals.memberNotFound;
    const others = this.membership.filter((each) => each.memberId !== memberId && !each.isLearner);
    if (!member.isLearner && others.filter(({ name }) => name !== '').length * 2 <= others.length) return refusals.notEnoughStarted;
    const left = others.filter((each) => this.isRunning(each.memberId)).length;
    if (!member.isLearner && this.isRunning(memberId) && left * 2 <= others.length) return refusals.unhealthy;
    this.membership = this.membership.filter((each) => each.memberId !== memberId);
    for (const [serverId, running] of [...this.running]) if (running.identity.memberId === memberId) this.drop(serverId);
    this.changed();
    return undefined;
  }

  moveLeader(memberId: string): EtcdRefusal | undefined {
    const member = this.find(memberId);
    if (!member || member.isLearner || !this.isRunning(memberId)) return refusals.badTransferee;
    if (this.leader === memberId) return undefined;
    this.leader = memberId;
    this.term += 1;
    this.changed();
    return undefined;
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

  private announce(peerUrls: readonly string[], isLearner: boolean): EtcdIdentity | EtcdRefusal {
    if (this.membership.some((member) => peerUrls.includes(member.peerUrl))) return refusals.peerUrlExists;
    if (this.membership.some((member) => !member.isLearner && !this.isRunning(member.memberId))) return refusals.unhealthy;
    if (isLearner && this.membership.filter((member) => member.isLearner === true).length >= learnersMax) return refusals.tooManyLearners;
    const added = { clusterId: this.clusterId, memberId: randomBytes(8).toString('hex'), name: '', peerUrl: peerUrls[0] ?? '', isLearner };
    this.membership = [...this.membership, added];
    this.changed();
    return added;
  }

  private isRunning(memberId: string): boolean {
    return [...this.running.values()].some(({ identity }) => identity.memberId === memberId);
  }

  private find(memberId: string): EtcdIdentity | undefined {
    return this.membership.find((member) => member.memberId === memberId);
  }

  private replace(changed: EtcdIdentity): void {
    this.membership = this.membership.map((member) => (member.memberId === changed.memberId ? changed : member));
    this.changed();
  }

  /** Its process ends and its data are good for nothing any more. */
  private drop(serverId: string): void {
    this.running.get(serverId)?.markRemoved();
    this.stop(serverId);
  }

  private changed(): void {
    this.version += 1;
    this.elect();
    for (const member of this.running.values()) member.writeMembership({ members: this.membership, version: this.version, term: this.term });
  }

  /** A leader that is gone is followed by the first voter that runs, in a new term. */
  private elect(): void {
    if (!this.hasQuorum()) {
      this.leader = null;
      return;
    }
    const voters = this.membership.filter(({ isLearner, memberId }) => !isLearner && this.isRunning(memberId));
    if (voters.some(({ memberId }) => memberId === this.leader)) return;
    this.leader = voters[0]?.memberId ?? null;
    this.term += 1;
  }

  private writable(): Iterable<EtcdMember> {
    if (!this.hasQuorum()) throw new Error('etcd has no quorum: nothing can be written');
    return this.running.values();
  }
}
