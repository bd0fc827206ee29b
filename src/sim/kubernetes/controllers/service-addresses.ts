import { addressInSubnet } from '../kubeadm/cluster-configuration.js';
import { fieldsOf, textOf, valueAt, type KubeObject } from '../objects/kube-object.js';
import type { StoredChange } from '../store/object-store.js';
import type { Controller, ControllerContext } from './controller.js';

/** The first addresses belong to the API and to DNS. */
const firstOffset = 100;

/** Gives services without one a cluster address. */
export class ServiceAddresses implements Controller {
  constructor(private readonly context: ControllerContext) {}

  onChange({ resource, type, object }: StoredChange): void {
    const spec = fieldsOf(object['spec']);
    if (resource === 'services' && type === 'ADDED' && spec['clusterIP'] === undefined && spec['type'] !== 'ExternalName') setImmediate(() => this.assign(object));
  }

  stop(): void {
    // Nothing is waited for.
  }

  private assign(service: KubeObject): void {
    const used = new Set([...this.context.store.values('services')].map((other) => textOf(valueAt(other, 'spec', 'clusterIP'))));
    let offset = firstOffset;
    while (used.has(addressInSubnet(this.context.serviceSubnet, offset))) offset += 1;
    const clusterIP = addressInSubnet(this.context.serviceSubnet, offset);
    this.context.writer.change(this.context.catalogue.byId('services'), service, (copy) => {
      copy['spec'] = { ...fieldsOf(copy['spec']), clusterIP, clusterIPs: [clusterIP] };
    });
  }
}
