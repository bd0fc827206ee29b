import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Journal, type Collection } from '../../journal.js';
import type { KubeObject } from '../objects/kube-object.js';
import type { StoreLog } from '../store/object-store.js';

export interface EtcdIdentity {
  /** 64-bit numbers in hexadecimal, as etcdctl prints them. */
  clusterId: string;
  memberId: string;
  /** Empty until it has started. */
  name: string;
  peerUrl: string;
  isLearner?: boolean;
}

/** Who belongs to the cluster, as a member knows it. */
export interface EtcdMembership {
  members: EtcdIdentity[];
  /** Higher is newer. */
  version: number;
  term: number;
}

export interface EtcdContent {
  /** Revisions up to this one may have been handed out. */
  revision: number;
  /** The last change that this member has. */
  applied: number;
  objects: { resource: string; object: KubeObject }[];
}

interface StoredObject {
  id: string;
  resource: string;
  object: KubeObject;
}
type StateRecord =
  | ({ id: 'identity' } & EtcdIdentity)
  | { id: 'revision'; reserved: number }
  | { id: 'deletion'; revision: number }
  | { id: 'removed' }
  | { id: 'membership'; members: EtcdIdentity[]; version?: number; term?: number };

export class EtcdDataError extends Error {}

/**
 * One etcd member's data directory: who it is and a copy of every object. It lives on the machine's disk or volume, so
 * a new machine with the same volume is the same member again.
 */
export class EtcdMember implements StoreLog {
  private readonly journal: Journal;
  private readonly state: Collection<StateRecord>;
  private readonly objects: Collection<StoredObject>;

  private constructor(readonly directory: string) {
    // Real etcd keeps its write-ahead log below `member/` too.
    this.journal = new Journal(join(directory, 'member'));
    this.state = this.journal.collection<StateRecord>('state');
    this.objects = this.journal.collection<StoredObject>('objects');
  }

  /** A new member. @throws EtcdDataError when the folder already holds something: bootstrapping over data would lose it. */
  static create(directory: string, identity: { name: string; peerUrl: string; clusterId?: string; memberId?: string }): EtcdMember {
    EtcdMember.assertEmpty(directory);
    mkdirSync(directory, { recursive: true });
    const member = new EtcdMember(directory);
    const clusterId = identity.clusterId ?? newId();
    member.state.put({ id: 'identity', clusterId, memberId: identity.memberId ?? newId(), name: identity.name, peerUrl: identity.peerUrl });
    return member;
  }

  /** @throws EtcdDataError when the folder already holds something. */
  static assertEmpty(directory: string): void {
    if (hasContent(directory)) throw new EtcdDataError(`etcd data directory ${directory} is not empty`);
  }

  /**
   * The member whose data is there, under the name that it is started with now. @throws EtcdDataError when there is none, or
   * when it was removed from its cluster.
   */
  static open(directory: string, name?: string): EtcdMember {
    if (!existsSync(join(directory, 'member', 'journal.jsonl')))
      throw new EtcdDataError(`etcd data directory ${directory} holds no member to resume`);
    const member = new EtcdMember(directory);
    if (member.state.get('removed')) {
      member.close();
      throw new EtcdDataError(`the member of etcd data directory ${directory} has been permanently removed from the cluster`);
    }
    const identity = member.state.get('identity');
    if (identity?.id === 'identity') {
      if (name !== undefined && identity.name !== name) member.state.put({ ...identity, name });
      return member;
    }
    member.close();
    throw new EtcdDataError(`etcd data directory ${directory} holds no member identity`);
  }

  get identity(): EtcdIdentity {
    const record = this.state.get('identity');
    if (record?.id !== 'identity') throw new EtcdDataError(`etcd data directory ${this.directory} lost its identity`);
    const { clusterId, memberId, name, peerUrl } = record;
    return { clusterId, memberId, name, peerUrl };
  }

  content(): EtcdContent {
    const revision = this.state.get('revision');
    const deletion = this.state.get('deletion');
    const objects = this.objects.values();
    const lastDeletion = deletion?.id === 'deletion' ? deletion.revision : 0;
    const applied = objects.reduce((last, { object }) => Math.max(last, Number(object.metadata.resourceVersion)), lastDeletion);
    return { revision: revision?.id === 'revision' ? revision.reserved : 0, applied, objects };
  }

  /** Takes over what the other members have: a learner catching up, or a member that was away. */
  catchUp(content: EtcdContent): void {
    if (this.content().applied === content.applied) return;
    const wanted = new Set(content.objects.map(({ resource, object }) => idOf(resource, object)));
    for (const { id } of this.objects.values()) if (!wanted.has(id)) this.objects.delete(id);
    for (const { resource, object } of content.objects) this.put(resource, object);
    this.state.put({ id: 'deletion', revision: content.applied });
    this.reserveRevisions(content.revision);
  }

  /** Everybody who belongs to the cluster, as far as this member knows; alone it knows itself. */
  membership(): EtcdMembership {
    const record = this.state.get('membership');
    return record?.id === 'membership' ? { members: record.members, version: record.version ?? 1, term: record.term ?? 1 } : { members: [this.identity], version: 0, term: 1 };
  }

  writeMembership(membership: EtcdMembership): void {
    this.state.put({ id: 'membership', ...membership });
  }

  markRemoved(): void {
    this.state.put({ id: 'removed' });
  }

  put(resource: string, object: KubeObject): void {
    this.objects.put({ id: idOf(resource, object), resource, object });
  }

  delete(resource: string, object: KubeObject, revision: number): void {
    this.objects.delete(idOf(resource, object));
    this.state.put({ id: 'deletion', revision });
  }

  reserveRevisions(upTo: number): void {
    this.state.put({ id: 'revision', reserved: upTo });
  }

  close(): void {
    this.journal.close();
  }
}

const idOf = (resource: string, { metadata }: KubeObject): string => `${resource}/${metadata.namespace ?? ''}/${metadata.name}`;
const newId = (): string => randomBytes(8).toString('hex');

/** A freshly formatted file system has a lost+found folder; it does not count. */
function hasContent(directory: string): boolean {
  return existsSync(directory) && readdirSync(directory).some((entry) => entry !== 'lost+found');
}
