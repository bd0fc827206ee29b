import { fieldsOf, listOf, timestamp, type KubeObject } from '../objects/kube-object.js';
import type { StoredChange } from '../store/object-store.js';
import { ReconcileQueue, logFailure, type Controller, type ControllerContext } from './controller.js';

export const definitionsId = 'customresourcedefinitions.apiextensions.k8s.io';

/** Establishes CustomResourceDefinitions, and removes the objects of those that are deleted. */
export class CustomResources implements Controller {
  private readonly queue: ReconcileQueue;

  constructor(private readonly context: ControllerContext) {
    this.queue = new ReconcileQueue((name) => this.establish(name), logFailure(context, 'custom-resources'));
    for (const { metadata } of context.store.values(definitionsId)) this.queue.add(metadata.name);
  }

  onChange({ resource, type, object }: StoredChange): void {
    if (resource !== definitionsId) return;
    if (type !== 'DELETED') this.queue.add(object.metadata.name);
    // A definition's name is `plural.group`: what the store calls the resource.
    else setImmediate(() => this.context.store.list(object.metadata.name).forEach((orphan) => this.context.store.delete(object.metadata.name, orphan)));
  }

  stop(): void {
    this.queue.stop();
  }

  private establish(name: string): void {
    const definition = this.context.store.get<KubeObject>(definitionsId, undefined, name);
    if (!definition) return;
    const spec = fieldsOf(definition['spec']);
    const storedVersions = listOf(spec['versions']).filter((version) => version['storage'] === true).map((version) => version['name']);
    const condition = (type: string, reason: string): object => ({ type, status: 'True', reason, message: reason, lastTransitionTime: timestamp() });
    this.context.writer.change(this.context.catalogue.byId(definitionsId), definition, (copy) => {
      const known = fieldsOf(copy['status'])['conditions'];
      const conditions = known ?? [condition('NamesAccepted', 'NoConflicts'), condition('Established', 'InitialNamesAccepted')];
      copy['status'] = { conditions, acceptedNames: spec['names'], storedVersions };
    });
  }
}
