import type { ControllerContext } from '../controllers/controller.js';
import type { KubeObject } from '../objects/kube-object.js';
import { isWithoutFinalizers } from '../objects/object-writer.js';
import { resourceId, type ResourceType } from '../resources/resource-type.js';

export function addFinalizer({ writer }: ControllerContext, type: ResourceType, object: KubeObject, finalizer: string): void {
  writer.change(type, object, (copy) => {
    const known = copy.metadata.finalizers ?? [];
    if (!known.includes(finalizer)) copy.metadata.finalizers = [...known, finalizer];
  });
}

/** An object that was asked to go goes with its last finalizer. */
export function dropFinalizer({ writer, store }: ControllerContext, type: ResourceType, object: KubeObject, finalizer: string): void {
  const changed = writer.change(type, object, (copy) => {
    copy.metadata.finalizers = (copy.metadata.finalizers ?? []).filter((each) => each !== finalizer);
  });
  if (changed?.metadata.deletionTimestamp !== undefined && isWithoutFinalizers(type, changed)) store.delete(resourceId(type), changed);
}
