import type { KubeObject } from '../objects/kube-object.js';

export interface StoredChange {
  revision: number;
  /** As `resourceId` names it. */
  resource: string;
  type: 'ADDED' | 'MODIFIED' | 'DELETED';
  object: KubeObject;
  /** What was there before: watches with selectors need it to tell leaving objects from unrelated ones. */
  previous: KubeObject | undefined;
}

/** Where changes are kept beyond the process: the etcd members of a control plane. */
export interface StoreLog {
  put(resource: string, object: KubeObject): void;
  delete(resource: string, object: KubeObject, revision: number): void;
  /** No revision above this one may be handed out before it is called again. */
  reserveRevisions(upTo: number): void;
}

/** Revisions are reserved in blocks, so that unlogged changes (leases, events) never repeat one after a crash. */
const revisionBlock = 1_000;

/** A watch that begins before the oldest remembered change is told that it is too old. */
const rememberedChanges = 1_000;

/**
 * Renewed every few seconds (leases) or of no use after an hour (events): in memory only, so that the log does not grow
 * while nothing happens. Kubelets write their leases again by themselves.
 */
const unlogged = new Set(['leases.coordination.k8s.io', 'events']);
const eventsKept = 1_000;

/** The objects of one cluster, with etcd's properties: one revision counter, compare by revision, a history for watches. */
export class ObjectStore {
  private readonly resources = new Map<string, Map<string, KubeObject>>();
  private readonly listeners = new Set<(change: StoredChange) => void>();
  private history: StoredChange[] = [];
  private reserved = 0;
  private current = 0;
  private oldestWatchable = 0;

  constructor(
    private readonly log: StoreLog,
    restored: { revision: number; objects: { resource: string; object: KubeObject }[] },
  ) {
    this.load(restored);
  }

  /** Takes over what a better informed etcd member has. Watches from before are told that they are too old. */
  load(restored: { revision: number; objects: { resource: string; object: KubeObject }[] }): void {
    this.resources.clear();
    this.history = [];
    this.current = restored.revision;
    this.reserved = restored.revision;
    this.oldestWatchable = restored.revision;
    for (const { resource, object } of restored.objects) this.objectsOf(resource).set(keyOf(object.metadata), object);
  }

  get revision(): number {
    return this.current;
  }

  get<T extends KubeObject>(resource: string, namespace: string | undefined, name: string): T | undefined {
    return this.objectsOf(resource).get(`${namespace ?? ''}/${name}`) as T | undefined;
  }

  /** Sorted by namespace and name, as etcd's keys are. */
  list<T extends KubeObject>(resource: string, namespace?: string): T[] {
    return sorted(this.objectsOf(resource), namespace);
  }

  /** The list as it was at a remembered revision: what changed since is undone on a copy. */
  listAt<T extends KubeObject>(resource: string, namespace: string | undefined, revision: number): T[] {
    if (revision >= this.current) return this.list<T>(resource, namespace);
    const then = new Map<string, KubeObject>(this.objectsOf(resource));
    const later = this.history.filter((change) => change.resource === resource && change.revision > revision);
    for (const { object, previous } of later.reverse()) {
      if (previous) then.set(keyOf(object.metadata), previous);
      else then.delete(keyOf(object.metadata));
    }
    return sorted(then, namespace);
  }

  /** In no particular order and without a copy: for controllers, which look often. */
  values<T extends KubeObject>(resource: string): IterableIterator<T> {
    return this.objectsOf(resource).values() as IterableIterator<T>;
  }

  resourcesInUse(): string[] {
    return [...this.resources.keys()];
  }

  /** Writes the object under the next revision and returns it with its new resourceVersion. */
  put<T extends KubeObject>(resource: string, object: T): T {
    const objects = this.objectsOf(resource);
    const key = keyOf(object.metadata);
    const previous = objects.get(key);
    const revision = this.nextRevision();
    const stored = { ...object, metadata: { ...object.metadata, resourceVersion: String(revision) } };
    if (!unlogged.has(resource)) this.log.put(resource, stored);
    objects.set(key, stored);
    this.announce({ revision, resource, type: previous ? 'MODIFIED' : 'ADDED', object: stored, previous });
    if (resource === 'events' && objects.size > eventsKept) this.dropOldest(objects);
    return stored;
  }

  delete(resource: string, object: KubeObject): void {
    const previous = this.objectsOf(resource).get(keyOf(object.metadata));
    if (!previous) return;
    const revision = this.nextRevision();
    const last = { ...object, metadata: { ...object.metadata, resourceVersion: String(revision) } };
    if (!unlogged.has(resource)) this.log.delete(resource, previous, revision);
    this.objectsOf(resource).delete(keyOf(object.metadata));
    this.announce({ revision, resource, type: 'DELETED', object: last, previous });
  }

  /** Calls the listener after every change, in order. Returns what ends it. */
  onChange(listener: (change: StoredChange) => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  /** Changes of one resource after a revision, or undefined when they are no longer all remembered. */
  changesSince(resource: string, revision: number): StoredChange[] | undefined {
    if (revision < this.oldestWatchable) return undefined;
    return this.history.filter((change) => change.revision > revision && change.resource === resource);
  }

  isRemembered(revision: number): boolean {
    return revision >= this.oldestWatchable;
  }

  /** Everything that the log holds. */
  snapshot(): { revision: number; applied: number; objects: { resource: string; object: KubeObject }[] } {
    const logged = [...this.resources].filter(([resource]) => !unlogged.has(resource));
    const objects = logged.flatMap(([resource, found]) => [...found.values()].map((object) => ({ resource, object })));
    return { revision: this.reserved, applied: this.current, objects };
  }

  private objectsOf(resource: string): Map<string, KubeObject> {
    let objects = this.resources.get(resource);
    if (!objects) this.resources.set(resource, (objects = new Map<string, KubeObject>()));
    return objects;
  }

  private nextRevision(): number {
    this.current += 1;
    if (this.current > this.reserved) {
      this.reserved = this.current + revisionBlock;
      this.log.reserveRevisions(this.reserved);
    }
    return this.current;
  }

  private announce(change: StoredChange): void {
    this.history.push(change);
    if (this.history.length > rememberedChanges * 2) {
      this.history = this.history.slice(-rememberedChanges);
      this.oldestWatchable = (this.history[0]?.revision ?? this.current) - 1;
    }
    for (const listener of this.listeners) listener(change);
  }

  private dropOldest(objects: Map<string, KubeObject>): void {
    const [oldest] = objects.values();
    if (oldest) this.delete('events', oldest);
  }
}

function sorted<T extends KubeObject>(objects: Map<string, KubeObject>, namespace: string | undefined): T[] {
  const entries = [...objects.entries()];
  const wanted = namespace === undefined ? entries : entries.filter(([key]) => key.startsWith(`${namespace}/`));
  return wanted.sort(([a], [b]) => (a < b ? -1 : 1)).map(([, object]) => object as T);
}

const keyOf = ({ namespace, name }: { namespace?: string; name: string }): string => `${namespace ?? ''}/${name}`;
