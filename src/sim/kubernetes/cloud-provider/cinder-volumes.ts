import { idOf, member, members, type Cloud } from '../../heat/cloud/cloud.js';
import { textAt } from '../../json.js';
import { keyOf, splitKey, type Controller, type ControllerContext } from '../controllers/controller.js';
import { fieldsOf, listOf, textOf, valueAt, type Fields, type KubeObject } from '../objects/kube-object.js';
import { isPodFinished, type Pod } from '../objects/workloads.js';
import type { StoredChange } from '../store/object-store.js';
import type { CloudAccount } from './cloud-account.js';
import { CloudWork, type LookAgain } from './cloud-work.js';
import { addFinalizer, dropFinalizer } from './finalizers.js';

const driver = 'cinder.csi.openstack.org';
/** Keeps a claim while a pod uses it. */
const claimFinalizer = 'kubernetes.io/pvc-protection';
const claims = 'persistentvolumeclaims';
const volumes = 'persistentvolumes';
const soon = { afterMs: 60 };

/** The Cinder CSI driver's provisioner, with what Kubernetes itself does for claims: provisions, binds, protects, reclaims. */
export class CinderVolumes implements Controller {
  private readonly claimWork: CloudWork;
  private readonly volumeWork: CloudWork;

  constructor(
    private readonly context: ControllerContext,
    private readonly account: CloudAccount,
  ) {
    this.claimWork = new CloudWork(context, 'cinder-claims', (key) => this.reconcileClaim(key));
    this.volumeWork = new CloudWork(context, 'cinder-volumes', (key) => this.reconcileVolume(key));
    for (const claim of context.store.values(claims)) this.claimWork.add(keyOf(claim.metadata));
    for (const volume of context.store.values(volumes)) this.volumeWork.add(keyOf(volume.metadata));
  }

  onChange({ resource, type, object }: StoredChange): void {
    if (resource === claims && type !== 'DELETED') this.claimWork.add(keyOf(object.metadata));
    if (resource === claims && type === 'DELETED') this.volumeWork.add(keyOf({ name: volumeNameOf(object) }));
    if (resource === volumes && type !== 'DELETED') this.volumeWork.add(keyOf(object.metadata));
    if (resource !== 'pods') return;
    const { namespace = '' } = object.metadata;
    for (const name of claimsOf(object as Pod)) this.claimWork.add(keyOf({ namespace, name }));
  }

  stop(): void {
    this.claimWork.stop();
    this.volumeWork.stop();
  }

  private async reconcileClaim(key: string): Promise<LookAgain> {
    const { namespace, name } = splitKey(key);
    const claim = this.context.store.get<KubeObject>(claims, namespace, name);
    const storageClass = claim && this.classOf(claim);
    if (!claim || !storageClass || !this.account.hasVolumes) return undefined;
    const type = this.context.catalogue.byId(claims);
    if (claim.metadata.deletionTimestamp !== undefined) {
      if (!this.isUsed(namespace, name)) dropFinalizer(this.context, type, claim, claimFinalizer);
      return undefined;
    }
    addFinalizer(this.context, type, claim, claimFinalizer);
    if (valueAt(claim, 'status', 'phase') === 'Bound') return undefined;
    const cloud = this.account.cloud();
    const volumeId = await this.ensureVolume(cloud, claim);
    if (this.claimWork.hasEnded) return undefined;
    this.bind(claim, storageClass, volumeId);
    return undefined;
  }

  /** Found again by its name when a controller before this one did not live to hear of it. */
  private async ensureVolume(cloud: Cloud, claim: KubeObject): Promise<string> {
    const name = volumeNameOf(claim);
    const [known] = members(await cloud.volume('GET', `/volumes/detail?name=${name}`), 'volumes');
    if (known) return idOf(known);
    const { namespace, name: claimName } = claim.metadata;
    const metadata = { 'cinder.csi.openstack.org/cluster': this.account.nameGivenTo('csi'), 'csi.storage.k8s.io/pvc/namespace': namespace ?? '', 'csi.storage.k8s.io/pvc/name': claimName, 'csi.storage.k8s.io/pv/name': name };
    const wanted = { name, size: gibibytes(textOf(valueAt(claim, 'spec', 'resources', 'requests', 'storage')) ?? '1Gi'), description: 'Created by OpenStack Cinder CSI driver', metadata };
    return idOf(member(await cloud.volume('POST', '/volumes', { volume: wanted }), 'volume'));
  }

  private bind(claim: KubeObject, storageClass: KubeObject, volumeId: string): void {
    const { store, writer, catalogue } = this.context;
    const name = volumeNameOf(claim);
    const { namespace, name: claimName, uid } = claim.metadata;
    const spec = fieldsOf(claim['spec']);
    const volume: Fields = {
      apiVersion: 'v1',
      kind: 'PersistentVolume',
      metadata: { name, annotations: { 'pv.kubernetes.io/provisioned-by': driver } },
      spec: {
        ...{ capacity: valueAt(spec, 'resources', 'requests'), accessModes: spec['accessModes'], storageClassName: spec['storageClassName'] },
        persistentVolumeReclaimPolicy: textOf(storageClass['reclaimPolicy']) ?? 'Delete',
        claimRef: { apiVersion: 'v1', kind: 'PersistentVolumeClaim', namespace, name: claimName, uid },
        csi: { driver, fsType: 'ext4', volumeHandle: volumeId },
      },
      status: { phase: 'Bound' },
    };
    if (!store.get(volumes, undefined, name)) writer.create(catalogue.byId(volumes), undefined, volume);
    writer.change(catalogue.byId(claims), claim, (copy) => {
      copy['spec'] = { ...fieldsOf(copy['spec']), volumeName: name };
      copy['status'] = { phase: 'Bound', accessModes: spec['accessModes'], capacity: valueAt(spec, 'resources', 'requests') };
    });
  }

  private async reconcileVolume(key: string): Promise<LookAgain> {
    const { name } = splitKey(key);
    const { store, writer, catalogue } = this.context;
    const volume = store.get<KubeObject>(volumes, undefined, name);
    const reference = fieldsOf(valueAt(volume, 'spec', 'claimRef'));
    if (!volume || valueAt(volume, 'spec', 'csi', 'driver') !== driver || reference['uid'] === undefined) return undefined;
    const claim = store.get(claims, textOf(reference['namespace']), textOf(reference['name']) ?? '');
    if (claim?.metadata.uid === reference['uid']) return undefined;
    if (valueAt(volume, 'spec', 'persistentVolumeReclaimPolicy') !== 'Delete') {
      writer.change(catalogue.byId(volumes), volume, (copy) => {
        copy['status'] = { phase: 'Released' };
      });
      return undefined;
    }
    const cloud = this.account.cloud();
    const found = members(await cloud.volume('GET', '/volumes/detail'), 'volumes').find((each) => textAt(each, 'id') === valueAt(volume, 'spec', 'csi', 'volumeHandle'));
    if (this.volumeWork.hasEnded) return undefined;
    if (!found) {
      store.delete(volumes, volume);
      return undefined;
    }
    if (textAt(found, 'status') !== 'deleting') await cloud.volume('DELETE', `/volumes/${idOf(found)}`);
    return soon;
  }

  private classOf(claim: KubeObject): KubeObject | undefined {
    const name = textOf(valueAt(claim, 'spec', 'storageClassName'));
    const found = name === undefined ? undefined : this.context.store.get<KubeObject>('storageclasses.storage.k8s.io', undefined, name);
    return found?.['provisioner'] === driver ? found : undefined;
  }

  private isUsed(namespace: string, claim: string): boolean {
    const pods = this.context.store.list<Pod>('pods', namespace);
    return pods.some((pod) => pod.spec.nodeName !== undefined && !isPodFinished(pod) && claimsOf(pod).includes(claim));
  }
}

const volumeNameOf = (claim: KubeObject): string => `pvc-${claim.metadata.uid}`;

const claimsOf = (pod: Pod): string[] => listOf(valueAt(pod, 'spec', 'volumes')).flatMap((volume) => textOf(valueAt(volume, 'persistentVolumeClaim', 'claimName')) ?? []);

/** Cinder knows whole GiB only. */
function gibibytes(quantity: string): number {
  const [, number = '1', unit = ''] = /^(\d+)([A-Za-z]*)$/.exec(quantity) ?? [];
  const factor = unit === 'Ti' ? 1024 : unit === 'Mi' ? 1 / 1024 : 1;
  return Math.max(1, Math.ceil(Number(number) * factor));
}

