import type { ClusterAccess } from '../../kubernetes/cluster-access.js';
import type { ClusterContext } from '../cluster-context.js';
import { openClusterKeys } from './cluster-keys.js';
import { outsideEndpoint } from './control-plane-endpoint.js';

/** How this cluster's API is reached: directly, or through the operator's proxy into its network. */
export async function clusterAccess(context: ClusterContext): Promise<ClusterAccess> {
  const { cluster, slots, runtime } = context;
  const keys = await openClusterKeys(context);
  const { endpoint, floats } = outsideEndpoint(cluster.spec, slots, cluster.infraOutputs);
  const access: ClusterAccess = {
    clusterId: cluster.id,
    apiAddress: `https://${endpoint}`,
    caPem: keys.kubernetesCa.certificatePem,
    certificatePem: keys.conductorClient.certificatePem,
    privateKeyPem: keys.conductorClient.privateKeyPem,
  };
  if (floats) return access;
  const networkId = cluster.infraOutputs?.['network_id'];
  const proxies = runtime.config.CLUSTER_PROXIES;
  const proxyUrl = (typeof networkId === 'string' ? proxies[networkId] : undefined) ?? proxies['*'];
  return proxyUrl === undefined ? access : { ...access, proxyUrl };
}
