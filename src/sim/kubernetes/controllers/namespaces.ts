import type { KubeObject } from '../objects/kube-object.js';
import { deleteObject } from '../objects/object-deletion.js';
import type { StoredChange } from '../store/object-store.js';
import { ReconcileQueue, logFailure, type Controller, type ControllerContext } from './controller.js';

/** Empties namespaces that are being deleted, then removes them; gives living ones their default service account. */
export class Namespaces implements Controller {
  private readonly queue: ReconcileQueue;

  constructor(private readonly context: ControllerContext) {
    this.queue = new ReconcileQueue((name) => this.reconcile(name), logFailure(context, 'namespaces'));
    for (const { metadata } of context.store.values('namespaces')) this.queue.add(metadata.name);
  }

  onChange({ resource, type, object }: StoredChange): void {
    if (resource === 'namespaces' && type !== 'DELETED') this.queue.add(object.metadata.name);
    const { namespace } = object.metadata;
    const isHome = type === 'DELETED' && namespace !== undefined;
    if (isHome && (resource === 'serviceaccounts' || this.isTerminating(namespace))) this.queue.add(namespace);
  }

  stop(): void {
    this.queue.stop();
  }

  private isTerminating(name: string): boolean {
    return this.context.store.get('namespaces', undefined, name)?.metadata.deletionTimestamp !== undefined;
  }

  private reconcile(name: string): void {
    const namespace = this.context.store.get('namespaces', undefined, name);
    if (!namespace) return;
    if (namespace.metadata.deletionTimestamp === undefined) this.ensureDefaultAccount(name);
    else this.empty(namespace);
  }

  private ensureDefaultAccount(namespace: string): void {
    const { store, writer, catalogue } = this.context;
    if (!store.get('serviceaccounts', namespace, 'default'))
      writer.create(catalogue.byId('serviceaccounts'), namespace, { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default' } });
    const root = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'kube-root-ca.crt' }, data: { 'ca.crt': this.context.caPem } };
    if (!store.get('configmaps', namespace, 'kube-root-ca.crt')) writer.create(catalogue.byId('configmaps'), namespace, root);
  }

  private empty(namespace: KubeObject): void {
    const { store, catalogue } = this.context;
    const { name } = namespace.metadata;
    const types = catalogue.all().filter((type) => type.namespaced);
    const contentOf = (type: (typeof types)[number]): KubeObject[] => store.list(type.group === '' ? type.plural : `${type.plural}.${type.group}`, name);
    for (const type of types) for (const object of contentOf(type)) if (object.metadata.deletionTimestamp === undefined) deleteObject(store, type, object);
    const isEmpty = types.every((type) => type.plural === 'events' || contentOf(type).length === 0);
    // Whoever else put a finalizer on it has to take it off first.
    if (isEmpty && (namespace.metadata.finalizers ?? []).length === 0) store.delete('namespaces', namespace);
  }
}
