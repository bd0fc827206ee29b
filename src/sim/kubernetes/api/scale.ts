import type { ApiContext } from './api-context.js';
import { badRequest } from './status-error.js';
import { copyOf, fieldsOf, valueAt, type KubeObject } from '../objects/kube-object.js';
import type { LabelSelector, Workload } from '../objects/workloads.js';
import type { ResourceType } from '../resources/resource-type.js';

/** The replica count of a workload as an autoscaling/v1 Scale, which `kubectl scale` and autoscalers speak. */
export function scaleOf(workload: KubeObject): KubeObject {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = workload.metadata;
  const selector = valueAt(workload, 'spec', 'selector') as LabelSelector | undefined;
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: { name, ...(namespace !== undefined && { namespace }), uid, resourceVersion, creationTimestamp },
    spec: { replicas: Number(valueAt(workload, 'spec', 'replicas') ?? 0) },
    status: { replicas: Number(valueAt(workload, 'status', 'replicas') ?? 0), selector: Object.entries(selector?.matchLabels ?? {}).map(([key, value]) => `${key}=${value}`).join(',') },
  };
}

/** Writes a Scale back into its workload. @throws StatusError 400 for a count that is none, 409 for a stale version. */
export function writeScale(context: ApiContext, type: ResourceType, workload: KubeObject, scale: KubeObject): KubeObject {
  const replicas = valueAt(scale, 'spec', 'replicas') ?? 0;
  if (typeof replicas !== 'number' || !Number.isInteger(replicas) || replicas < 0) throw badRequest('spec.replicas of a Scale is a whole number of at least 0');
  const wanted = copyOf(workload) as Workload;
  wanted.spec = { ...wanted.spec, replicas };
  const version = fieldsOf(scale.metadata)['resourceVersion'];
  if (typeof version === 'string') wanted.metadata.resourceVersion = version;
  return scaleOf(context.writer.update(type, workload, wanted));
}
