import { randomBytes } from 'node:crypto';
import { timestamp, type KubeObject } from '../objects/kube-object.js';
import type { ControllerContext } from './controller.js';

/** Records an event about an object; those about cluster-wide objects lie in `default`. */
export function recordEvent(context: ControllerContext, about: KubeObject, component: string, reason: string, message: string, type: 'Normal' | 'Warning' = 'Normal'): void {
  const { name, namespace, uid } = about.metadata;
  const at = timestamp();
  context.writer.create(context.catalogue.byId('events'), namespace ?? 'default', {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: `${name}.${randomBytes(8).toString('hex')}` },
    involvedObject: { kind: about.kind, name, uid, apiVersion: about.apiVersion, ...(namespace !== undefined && { namespace }) },
    reason,
    message,
    source: { component },
    firstTimestamp: at,
    lastTimestamp: at,
    count: 1,
    type,
    eventTime: null,
    reportingComponent: '',
    reportingInstance: '',
  });
}
