import { expected, isNoProxy, isProxy, isRegistry } from '../../src/domain/network-settings.js';
import type { ClusterSpec } from '../../src/driver-contract/index.js';
import { loadBalancerProblems } from './load-balancer.js';
import { dockerVolumePlaceholder } from './user-data.js';

/** Ports that etcd, kubelet, kube-proxy, controller manager and scheduler listen at on every control-plane node. */
const takenPorts = [2379, 2380, 2381, 10248, 10249, 10250, 10256, 10257, 10259];

/**
 * What of a new cluster's spec cannot be rendered so that its machines read what was meant, or does not go together. The API
 * checks templates when they are made; what was stored before it did is caught here.
 */
export const specProblems = (spec: ClusterSpec): readonly string[] => [...loadBalancerProblems(spec), ...settingProblems(spec)];

function settingProblems({ httpProxy, httpsProxy, noProxy, insecureRegistry, apiPort, sshPublicKey }: ClusterSpec): string[] {
  const proxies = { http_proxy: httpProxy, https_proxy: httpsProxy };
  return [
    ...Object.entries(proxies).flatMap(([field, proxy]) => (proxy === null || isProxy(proxy) ? [] : [`Field ${field} of the template: ${expected.proxy}.`])),
    ...(noProxy === null || isNoProxy(noProxy) ? [] : [`Field no_proxy of the template: ${expected.noProxy}.`]),
    ...(insecureRegistry === null || insecureRegistry === '' || isRegistry(insecureRegistry) ? [] : [`Field insecure_registry of the template: ${expected.registry}.`]),
    ...(takenPorts.includes(apiPort) ? [`Field apiserver_port of the template: Kubernetes itself uses port ${apiPort} on the control-plane nodes; choose another.`] : []),
    ...(sshPublicKey?.includes(dockerVolumePlaceholder) === true ? [`Field keypair: the key's comment holds ${dockerVolumePlaceholder}, which stands for something else on the nodes.`] : []),
  ];
}
