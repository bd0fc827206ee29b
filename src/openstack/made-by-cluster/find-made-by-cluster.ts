import type { CallOptions } from '../call-options.js';
import type { Volume } from '../cinder/cinder.client.js';
import type { CloudClients } from '../cloud.js';
import { OpenStackError } from '../cloud-error.js';
import type { FloatingIp } from '../neutron/neutron.client.js';
import type { LoadBalancer } from '../octavia/octavia.client.js';
import { isBalancerOf, isFloatingIpOf, isInTheWay, isVolumeOf, type MakerCluster } from './belongs-to-cluster.js';

/** What stands in the cloud because something inside a cluster asked for it. */
export interface MadeByCluster {
  readonly balancers: readonly LoadBalancer[];
  /** Floating addresses of these load balancers. */
  readonly floatingIps: readonly FloatingIp[];
  readonly volumes: readonly Volume[];
  /** Somebody else's load balancers in a network that is to go. */
  readonly inTheWay: readonly LoadBalancer[];
  /** Services that could not be asked, in words. */
  readonly blindSpots: readonly OpenStackError[];
}

interface Question {
  readonly cluster: MakerCluster;
  readonly projectId: string;
  /** The API's own load balancer, which belongs to a stack. */
  readonly apiAddress: string | null;
}

/** Asks Octavia, Cinder and Neutron at once. One that fails is a blind spot and hides nothing of the others. */
export async function findMadeByCluster({ octavia, cinder, neutron }: CloudClients, { cluster, projectId, apiAddress }: Question, call: CallOptions): Promise<MadeByCluster> {
  const blindSpots: OpenStackError[] = [];
  const ask = async <Item>(list: () => Promise<Item[]>): Promise<Item[]> => {
    try {
      return await list();
    } catch (error) {
      if (!(error instanceof OpenStackError)) throw error;
      blindSpots.push(error);
      return [];
    }
  };
  const [loadBalancers, volumes, floatingIps] = await Promise.all([
    ask(async () => ((await octavia.isAvailable(call)) ? octavia.listLoadBalancers(projectId, call) : [])),
    ask(async () => ((await cinder.isAvailable(call)) ? cinder.listVolumes(call) : [])),
    ask(() => neutron.listFloatingIps(projectId, call)),
  ]);
  const balancers = loadBalancers.filter((balancer) => isBalancerOf(cluster, balancer));
  const vipPorts = new Set(balancers.map(({ vipPortId }) => vipPortId));
  return {
    balancers,
    floatingIps: floatingIps.filter((floatingIp) => isFloatingIpOf(cluster, vipPorts, floatingIp)),
    volumes: volumes.filter((volume) => isVolumeOf(cluster, volume)),
    inTheWay: loadBalancers.filter((balancer) => isInTheWay(cluster, apiAddress, balancer)),
    blindSpots,
  };
}
