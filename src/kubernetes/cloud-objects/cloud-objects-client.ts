import type { ClusterClient } from '../cluster-client.js';
import type { ClusterCallOptions } from '../cluster-transport.js';
import { claimListSchema, claimUserListSchema, persistentVolumeListSchema, type CinderPersistentVolume, type Claim, type ClaimUser, type ObjectReference } from './cinder-volume.js';
import { serviceListSchema, type LoadBalancerService } from './load-balancer-service.js';

/** What a cluster has made in the cloud, through the objects it made it for. */
export class CloudObjectsClient {
  constructor(private readonly client: ClusterClient) {}

  async listLoadBalancerServices(options?: ClusterCallOptions): Promise<LoadBalancerService[]> {
    const services = await this.client.list('/api/v1/services', serviceListSchema, options);
    return services.filter(({ isBalanced }) => isBalanced).map(({ service }) => service);
  }

  async listCinderVolumes(options?: ClusterCallOptions): Promise<CinderPersistentVolume[]> {
    const volumes = await this.client.list('/api/v1/persistentvolumes', persistentVolumeListSchema, options);
    return volumes.filter((volume) => volume !== undefined);
  }

  listClaims(options?: ClusterCallOptions): Promise<Claim[]> {
    return this.client.list('/api/v1/persistentvolumeclaims', claimListSchema, options);
  }

  /** Pods that have claims. */
  async listClaimUsers(options?: ClusterCallOptions): Promise<ClaimUser[]> {
    const pods = await this.client.list('/api/v1/pods', claimUserListSchema, options);
    return pods.filter(({ claims }) => claims.length > 0);
  }

  deleteService(service: ObjectReference, options?: ClusterCallOptions): Promise<void> {
    return this.client.deleteObject(pathOf('/api/v1', 'services', service), options);
  }

  deleteClaim(claim: ObjectReference, options?: ClusterCallOptions): Promise<void> {
    return this.client.deleteObject(pathOf('/api/v1', 'persistentvolumeclaims', claim), options);
  }

  deletePod(pod: ObjectReference, options?: ClusterCallOptions): Promise<void> {
    return this.client.deleteObject(pathOf('/api/v1', 'pods', pod), options);
  }

  /** Its pods go after it. */
  deleteStatefulSet(set: ObjectReference, options?: ClusterCallOptions): Promise<void> {
    return this.client.deleteObject(pathOf('/apis/apps/v1', 'statefulsets', set), options);
  }
}

const pathOf = (group: string, plural: string, { namespace, name }: ObjectReference): string =>
  `${group}/namespaces/${encodeURIComponent(namespace)}/${plural}/${encodeURIComponent(name)}`;
