import { parseKubernetesVersion } from '../../src/domain/kubernetes-version.js';
import type { BootMaterial, ClusterEndpoint, ClusterSpec, Json, NodeSpec } from '../../src/driver-contract/index.js';
import { clusterLabel, listEntries } from './label-values.js';
import { nodeLabelArgument, nodeTaintArgument } from './node-labels.js';

type Document = Readonly<Record<string, Json>>;

/** First minor whose kubeadm reads v1beta4; v1beta3 goes away in later ones. */
const firstMinorWithV1beta4 = 31;
const criSocket = 'unix:///run/containerd/containerd.sock';

/** Where etcd of a slot keeps its data: on the slot's volume in a folder of cluster and slot, else kubeadm's own place. */
export const etcdDataDir = (spec: ClusterSpec, slotIndex: number): string =>
  spec.etcdVolumeSizeGib > 0 ? `/var/lib/etcd-volume/${spec.clusterId}/slot-${slotIndex}/etcd` : '/var/lib/etcd';

/** The documents of a node's kubeadm.yaml: what its boot mode reads, nothing else (kubeadm warns of documents that it ignores). */
export function kubeadmDocuments(spec: ClusterSpec, node: NodeSpec, material: BootMaterial): readonly Document[] {
  const dialect = dialectOf(node.group.kubernetesVersion ?? spec.kubernetesVersion);
  switch (node.bootMode) {
    case 'init':
    case 'resume':
      return [
        initConfiguration(spec, node, material, dialect),
        clusterConfiguration(spec, material, slotOf(node), dialect),
        // Ubuntu's containerd images use systemd's cgroups, and two managers of one tree starve each other.
        { apiVersion: 'kubelet.config.k8s.io/v1beta1', kind: 'KubeletConfiguration', cgroupDriver: 'systemd' },
        // Named, so that a later kube-proxy with another default does not change the nodes of this cluster.
        { apiVersion: 'kubeproxy.config.k8s.io/v1alpha1', kind: 'KubeProxyConfiguration', mode: 'iptables' },
      ];
    case 'join':
      return [joinConfiguration(spec, node, material, dialect)];
  }
}

/** The ClusterConfiguration that ConfigMap kubeadm-config keeps for later joins: kubeadm knows one data folder for all of etcd, that of slot 0. */
export const sharedClusterConfiguration = (spec: ClusterSpec, endpoint: ClusterEndpoint): Document => clusterConfiguration(spec, endpoint, 0, dialectOf(spec.kubernetesVersion));

type Dialect = 'v1beta3' | 'v1beta4';

function dialectOf(kubernetesVersion: string): Dialect {
  const version = parseKubernetesVersion(kubernetesVersion);
  if (!version) throw new Error(`"${kubernetesVersion}" is no Kubernetes version.`);
  return version.minor >= firstMinorWithV1beta4 ? 'v1beta4' : 'v1beta3';
}

const header = (dialect: Dialect, kind: string): Document => ({ apiVersion: `kubeadm.k8s.io/${dialect}`, kind });

function initConfiguration(spec: ClusterSpec, node: NodeSpec, material: BootMaterial, dialect: Dialect): Document {
  return {
    ...header(dialect, 'InitConfiguration'),
    // On resume the cluster has its tokens; none is made then.
    ...(node.bootMode === 'init' ? { bootstrapTokens: material.bootstrapTokens.map(bootstrapToken) } : {}),
    nodeRegistration: nodeRegistration(node, dialect),
    localAPIEndpoint: localApiEndpoint(spec, material),
  };
}

const bootstrapToken = ({ token, description, expiresAt }: BootMaterial['bootstrapTokens'][number]): Document => ({
  token,
  description,
  // kubeadm reads RFC 3339 without fractions of seconds.
  expires: new Date(expiresAt).toISOString().replace(/\.\d+Z$/, 'Z'),
  usages: ['signing', 'authentication'],
  groups: ['system:bootstrappers:kubeadm:default-node-token'],
});

function clusterConfiguration(spec: ClusterSpec, { controlPlaneEndpoint, apiServerNames }: ClusterEndpoint, slotIndex: number, dialect: Dialect): Document {
  const prefix = clusterLabel(spec, 'container_infra_prefix');
  const endpointHost = controlPlaneEndpoint.replace(/:\d+$/, '');
  return {
    ...header(dialect, 'ClusterConfiguration'),
    clusterName: spec.clusterName,
    kubernetesVersion: spec.kubernetesVersion,
    controlPlaneEndpoint,
    networking: { podSubnet: spec.podCidr, serviceSubnet: spec.serviceCidr, dnsDomain: spec.clusterDomain },
    apiServer: { certSANs: [...new Set([endpointHost, ...apiServerNames, ...listEntries(clusterLabel(spec, 'api_server_cert_sans'))])] },
    etcd: { local: { dataDir: etcdDataDir(spec, slotIndex) } },
    ...(prefix === '' ? {} : { imageRepository: prefix.replace(/\/$/, '') }),
    // Our CAs are P-256; older kubeadm makes RSA leaves below them, which is slower and no less right.
    ...(dialect === 'v1beta4' ? { encryptionAlgorithm: 'ECDSA-P256' } : {}),
  };
}

function joinConfiguration(spec: ClusterSpec, node: NodeSpec, material: BootMaterial, dialect: Dialect): Document {
  const [own] = material.bootstrapTokens;
  if (!own) throw new Error(`Node ${node.nodeName} has no bootstrap token to join with.`);
  // Shorter than kubeadm's five minutes: the boot script tries again and reports why, which a silent kubeadm does not.
  const discoveryTimeout = '1m0s';
  return {
    ...header(dialect, 'JoinConfiguration'),
    nodeRegistration: nodeRegistration(node, dialect),
    discovery: {
      bootstrapToken: { token: own.token, apiServerEndpoint: material.controlPlaneEndpoint, caCertHashes: [material.caCertHash] },
      ...(dialect === 'v1beta3' ? { timeout: discoveryTimeout } : {}),
    },
    ...(node.group.role === 'control-plane' ? { controlPlane: { localAPIEndpoint: localApiEndpoint(spec, material) } } : {}),
    ...(dialect === 'v1beta4' ? { timeouts: { discovery: discoveryTimeout } } : {}),
  };
}

function nodeRegistration(node: NodeSpec, dialect: Dialect): Document {
  const taints = nodeTaintArgument(node.group);
  const kubeletArguments: Readonly<Record<string, string>> = { 'node-labels': nodeLabelArgument(node.group), ...(taints === '' ? {} : { 'register-with-taints': taints }) };
  return {
    // Never the host name by accident: name, host and server are one by decision.
    name: node.nodeName,
    criSocket,
    kubeletExtraArgs: dialect === 'v1beta4' ? Object.entries(kubeletArguments).map(([name, value]) => ({ name, value })) : kubeletArguments,
    // The flavor is the tenant's choice; Kubernetes is slow on a small one, but it works.
    ignorePreflightErrors: ['NumCPU', 'Mem'],
  };
}

const localApiEndpoint = (spec: ClusterSpec, { nodeAddress }: BootMaterial): Document => ({
  ...(nodeAddress === null ? {} : { advertiseAddress: nodeAddress }),
  bindPort: spec.apiPort,
});

function slotOf(node: NodeSpec): number {
  if (node.slotIndex === null) throw new Error(`Control-plane node ${node.nodeName} has no slot.`);
  return node.slotIndex;
}
