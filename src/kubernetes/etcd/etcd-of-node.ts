import type { KeyPairPem } from '../../driver-contract/index.js';
import type { ClusterClient } from '../cluster-client.js';
import { EtcdClient } from './etcd-client.js';
import type { EtcdClientOptions } from './etcd-transport.js';

/** Where kubeadm's static pod of etcd listens for clients. */
const clientPort = 2379;

export interface EtcdOfNode {
  readonly clusterId: string;
  /** Name of the control-plane node, which its static pods carry. */
  readonly nodeName: string;
  /** The cluster's etcd CA. */
  readonly caPem: string;
  /** A client certificate of that CA and its key (of two days at least: ours begin a day before they are made). */
  readonly client: KeyPairPem;
}

/** The etcd member on a control-plane node, through the cluster's API: 2379 is closed to the outside. Close it after use. */
export function etcdOfNode(cluster: Pick<ClusterClient, 'portForward'>, { clusterId, nodeName, caPem, client }: EtcdOfNode, options: EtcdClientOptions): EtcdClient {
  const pod = { namespace: 'kube-system', pod: `etcd-${nodeName}`, port: clientPort };
  return new EtcdClient(
    {
      endpoint: `etcd-${nodeName} of cluster ${clusterId}`,
      dial: (signal) => cluster.portForward(pod, { signal, timeoutMs: options.connectTimeoutMs }),
      ...{ caPem, ...client },
    },
    options,
  );
}
