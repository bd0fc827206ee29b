import type { Volume } from '../cinder/cinder.client.js';
import type { FloatingIp } from '../neutron/neutron.client.js';
import type { LoadBalancer } from '../octavia/octavia.client.js';

/** What is known of a cluster by whoever looks for what it made. */
export interface MakerCluster {
  readonly id: string;
  readonly name: string;
  /** No other cluster of the project has the name: only then may a thing be told by it. */
  readonly isNameUnique: boolean;
  /** The nodes' subnet; null before there is one. */
  readonly subnetId: string | null;
  /** The network was made for this cluster, so nothing of another cluster's stands in it. */
  readonly ownsNetwork: boolean;
  /** Ids read from the cluster's Services and PersistentVolumes. */
  readonly recordedIds: ReadonlySet<string>;
}

/**
 * The cloud controller and the ingress controller of cloud-provider-openstack name what they make `kube_service_<cluster>_<namespace>_<service>`
 * and `kube_ingress_…`; `<cluster>` is what the operator called it: its id, its name, or nothing better than `kubernetes`.
 */
const controllersName = /^kube_(service|ingress)_/;

/** The Cinder CSI driver writes the cluster it works for into each volume. */
export const volumeClusterKey = 'cinder.csi.openstack.org/cluster';

/** Rather one load balancer too few than one of somebody else: without a controller's name nothing counts, not even a recorded id. */
export function isBalancerOf(cluster: MakerCluster, { id, name, description, vipSubnetId }: LoadBalancer): boolean {
  if (!controllersName.test(name)) return false;
  if (cluster.recordedIds.has(id)) return true;
  if (isNamedAfter(name, cluster.id) || description.endsWith(`from cluster ${cluster.id}`)) return true;
  if (cluster.subnetId === null || vipSubnetId !== cluster.subnetId) return false;
  return cluster.ownsNetwork || (cluster.isNameUnique && isNamedAfter(name, cluster.name));
}

/** A load balancer that stands in the cluster's own network without being its own: the network cannot go before it does. */
export function isInTheWay(cluster: MakerCluster, ownAddress: string | null, balancer: LoadBalancer): boolean {
  const isInNetwork = cluster.ownsNetwork && cluster.subnetId !== null && balancer.vipSubnetId === cluster.subnetId;
  return isInNetwork && balancer.vipAddress !== ownAddress && !balancer.name.startsWith(`jb-${cluster.id}-`) && !isBalancerOf(cluster, balancer);
}

export const isVolumeOf = ({ id, recordedIds }: MakerCluster, volume: Volume): boolean => volume.metadata[volumeClusterKey] === id || recordedIds.has(volume.id);

/** Described as made for a Service, and leading to one of these ports or naming the cluster. A person's own address is left alone. */
export function isFloatingIpOf(cluster: MakerCluster, vipPorts: ReadonlySet<string>, { description, portId }: FloatingIp): boolean {
  if (!description.startsWith('Floating IP for Kubernetes ')) return false;
  return (portId !== null && vipPorts.has(portId)) || description.endsWith(`from cluster ${cluster.id}`);
}

const isNamedAfter = (name: string, cluster: string): boolean => cluster !== '' && (name.startsWith(`kube_service_${cluster}_`) || name.startsWith(`kube_ingress_${cluster}_`));
