import { idOf, member, members, type Cloud } from '../../heat/cloud/cloud.js';
import { textAt, type JsonObject } from '../../json.js';
import { keyOf, splitKey, type Controller, type ControllerContext } from '../controllers/controller.js';
import { fieldsOf, textOf, valueAt, type KubeObject } from '../objects/kube-object.js';
import type { StoredChange } from '../store/object-store.js';
import type { CloudAccount } from './cloud-account.js';
import { CloudWork, type LookAgain } from './cloud-work.js';
import { addFinalizer, dropFinalizer } from './finalizers.js';

/** Kubernetes' own, which keeps a Service until its load balancer is gone. */
const finalizer = 'service.kubernetes.io/load-balancer-cleanup';
const internalAnnotation = 'service.beta.kubernetes.io/openstack-internal-load-balancer';
const idAnnotation = 'loadbalancer.openstack.org/load-balancer-id';
const soon = { afterMs: 60 };

/** The part of openstack-cloud-controller-manager that gives Services of type LoadBalancer one, named and described as that does. */
export class LoadBalancers implements Controller {
  private readonly work: CloudWork;

  constructor(
    private readonly context: ControllerContext,
    private readonly account: CloudAccount,
  ) {
    this.work = new CloudWork(context, 'cloud-load-balancers', (key) => this.reconcile(key));
    for (const service of context.store.values('services')) if (isBalanced(service)) this.work.add(keyOf(service.metadata));
  }

  onChange({ resource, type, object }: StoredChange): void {
    if (resource === 'services' && type !== 'DELETED' && isBalanced(object)) this.work.add(keyOf(object.metadata));
  }

  stop(): void {
    this.work.stop();
  }

  private async reconcile(key: string): Promise<LookAgain> {
    const { namespace, name } = splitKey(key);
    const service = this.context.store.get<KubeObject>('services', namespace, name);
    if (!service || !this.account.hasLoadBalancers) return undefined;
    const cluster = this.account.nameGivenTo('cloud-controller');
    const cloud = this.account.cloud();
    const title = `kube_service_${cluster}_${namespace}_${name}`;
    const [balancer] = members(await cloud.loadBalancer('GET', `/loadbalancers?name=${encodeURIComponent(title)}`), 'loadbalancers');
    if (this.work.hasEnded) return undefined;
    if (service.metadata.deletionTimestamp !== undefined) return this.remove(cloud, service, balancer);
    const type = this.context.catalogue.byId('services');
    addFinalizer(this.context, type, service, finalizer);
    if (!balancer) {
      const description = `Kubernetes external service ${key} from cluster ${cluster}`;
      await cloud.loadBalancer('POST', '/loadbalancers', { loadbalancer: { name: title, description, vip_subnet_id: await this.account.nodeSubnet(cloud), tags: [title] } });
      return soon;
    }
    if (textAt(balancer, 'provisioning_status') !== 'ACTIVE') return soon;
    const address = isInternal(service) ? textAt(balancer, 'vip_address') : await this.floatingAddress(cloud, balancer, `Floating IP for Kubernetes external service ${key} from cluster ${cluster}`);
    this.context.writer.change(type, service, (copy) => {
      copy.metadata.annotations = { ...copy.metadata.annotations, [idAnnotation]: idOf(balancer) };
      copy['status'] = { loadBalancer: { ingress: [{ ip: address }] } };
    });
    return undefined;
  }

  private async floatingAddress(cloud: Cloud, balancer: JsonObject, description: string): Promise<string | undefined> {
    const [known] = await addressesOf(cloud, balancer);
    if (known) return textAt(known, 'floating_ip_address');
    const wanted = { floating_network_id: await this.account.externalNetwork(cloud), port_id: textAt(balancer, 'vip_port_id'), description };
    return textAt(member(await cloud.network('POST', '/floatingips', { floatingip: wanted }), 'floatingip'), 'floating_ip_address');
  }

  private async remove(cloud: Cloud, service: KubeObject, balancer: JsonObject | undefined): Promise<LookAgain> {
    if (!balancer) {
      dropFinalizer(this.context, this.context.catalogue.byId('services'), service, finalizer);
      return undefined;
    }
    if (textAt(balancer, 'provisioning_status')?.startsWith('PENDING') === true) return soon;
    for (const address of await addressesOf(cloud, balancer)) await cloud.network('DELETE', `/floatingips/${idOf(address)}`);
    await cloud.loadBalancer('DELETE', `/loadbalancers/${idOf(balancer)}?cascade=true`);
    return soon;
  }
}

const isBalanced = (service: KubeObject): boolean => fieldsOf(service['spec'])['type'] === 'LoadBalancer';
const isInternal = (service: KubeObject): boolean => textOf(valueAt(service, 'metadata', 'annotations', internalAnnotation)) === 'true';

const addressesOf = async (cloud: Cloud, balancer: JsonObject): Promise<JsonObject[]> =>
  members(await cloud.network('GET', `/floatingips?port_id=${textAt(balancer, 'vip_port_id') ?? ''}`), 'floatingips');
