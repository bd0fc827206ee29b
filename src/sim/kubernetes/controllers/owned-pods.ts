import { createHash } from 'node:crypto';
import { controllerOf, type KubeObject, type OwnerReference } from '../objects/kube-object.js';
import { isPodFinished, type Pod, type PodTemplate } from '../objects/workloads.js';
import type { ControllerContext } from './controller.js';

export const ownerReferenceTo = (owner: KubeObject): OwnerReference => ({
  apiVersion: owner.apiVersion,
  kind: owner.kind,
  name: owner.metadata.name,
  uid: owner.metadata.uid,
  controller: true,
  blockOwnerDeletion: true,
});

export function ownedBy<T extends KubeObject>(objects: Iterable<T>, owner: KubeObject): T[] {
  return [...objects].filter((object) => controllerOf(object)?.uid === owner.metadata.uid);
}

/** Neither finished nor on its way out: what counts towards replicas. */
export const isActive = (pod: Pod): boolean => !isPodFinished(pod) && pod.metadata.deletionTimestamp === undefined;

/** A short name for a pod template; equal templates have equal names. */
export const templateHash = (template: PodTemplate): string =>
  createHash('sha256').update(JSON.stringify(template)).digest('hex').slice(0, 10);

/** Makes a pod of a controller's template. `extra` is laid over the template's labels and spec. */
export function createPod(
  context: ControllerContext,
  owner: KubeObject,
  template: PodTemplate,
  extra: { name?: string; labels?: Record<string, string>; spec?: Partial<Pod['spec']> } = {},
): void {
  const generateName = `${owner.metadata.name}-`;
  context.writer.create(context.catalogue.byId('pods'), owner.metadata.namespace, {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      ...(extra.name === undefined ? { generateName } : { name: extra.name }),
      labels: { ...template.metadata?.labels, ...extra.labels },
      ...(template.metadata?.annotations && { annotations: template.metadata.annotations }),
      ownerReferences: [ownerReferenceTo(owner)],
    },
    spec: { ...template.spec, ...extra.spec },
  });
}
