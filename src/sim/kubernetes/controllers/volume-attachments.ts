import { createHash } from 'node:crypto';
import { fieldsOf, listOf, textOf, valueAt, type KubeObject } from '../objects/kube-object.js';
import { deleteObject } from '../objects/object-deletion.js';
import { isPodFinished, type Pod } from '../objects/workloads.js';
import type { StoredChange } from '../store/object-store.js';
import { ReconcileQueue, logFailure, type Controller, type ControllerContext } from './controller.js';

const id = 'volumeattachments.storage.k8s.io';

/** Attaching and detaching take a cloud some seconds; here as long as a client needs to see that they take time. */
const workMs = 100;

/**
 * Attach-detach controller and attacher in one: a VolumeAttachment for each CSI volume that a pod on a node uses, until no pod there
 * does. Claims are bound by whoever makes them (spec.volumeName): this simulator provisions nothing.
 */
export class VolumeAttachments implements Controller {
  private readonly queue: ReconcileQueue;

  constructor(private readonly context: ControllerContext) {
    this.queue = new ReconcileQueue((node) => this.reconcile(node), logFailure(context, 'volume-attachments'), workMs);
    for (const { spec } of context.store.values<Pod>('pods')) if (spec.nodeName) this.queue.add(spec.nodeName);
    for (const attachment of context.store.values<KubeObject>(id)) this.queue.add(nodeOf(attachment));
  }

  onChange({ resource, object }: StoredChange): void {
    if (resource !== 'pods') return;
    const { spec } = object as Pod;
    if (spec.nodeName && claimsOf(object as Pod).length > 0) this.queue.add(spec.nodeName);
  }

  stop(): void {
    this.queue.stop();
  }

  private reconcile(node: string): void {
    const { store, catalogue } = this.context;
    const wanted = this.volumesOn(node);
    const known = [...store.values<KubeObject>(id)].filter((attachment) => nodeOf(attachment) === node);
    for (const attachment of known) if (!wanted.has(volumeOf(attachment))) deleteObject(store, catalogue.byId(id), attachment);
    const attached = new Set(known.map(volumeOf));
    for (const [volume, attacher] of wanted) if (!attached.has(volume)) this.attach(volume, attacher, node);
  }

  /** Names of volumes that pods on the node use, with their drivers. */
  private volumesOn(node: string): Map<string, string> {
    const { store } = this.context;
    const pods = [...store.values<Pod>('pods')].filter((pod) => pod.spec.nodeName === node && !isPodFinished(pod));
    const volumes = new Map<string, string>();
    for (const pod of pods) {
      for (const claim of claimsOf(pod)) {
        const volume = textOf(valueAt(store.get('persistentvolumeclaims', pod.metadata.namespace, claim), 'spec', 'volumeName')) ?? '';
        const driver = textOf(valueAt(store.get('persistentvolumes', undefined, volume), 'spec', 'csi', 'driver'));
        if (driver !== undefined) volumes.set(volume, driver);
      }
    }
    return volumes;
  }

  private attach(volume: string, attacher: string, node: string): void {
    const name = `csi-${createHash('sha256').update(`${volume}${attacher}${node}`).digest('hex')}`;
    const { writer, catalogue } = this.context;
    const made = writer.create(catalogue.byId(id), undefined, {
      ...{ apiVersion: 'storage.k8s.io/v1', kind: 'VolumeAttachment' },
      metadata: { name },
      spec: { attacher, nodeName: node, source: { persistentVolumeName: volume } },
    });
    writer.change(catalogue.byId(id), made, (copy) => (copy['status'] = { attached: true }));
  }
}

const claimsOf = (pod: Pod): string[] => listOf(pod.spec['volumes']).flatMap((volume) => textOf(fieldsOf(volume['persistentVolumeClaim'])['claimName']) ?? []);
const nodeOf = (attachment: KubeObject): string => textOf(valueAt(attachment, 'spec', 'nodeName')) ?? '';
const volumeOf = (attachment: KubeObject): string => textOf(valueAt(attachment, 'spec', 'source', 'persistentVolumeName')) ?? '';
