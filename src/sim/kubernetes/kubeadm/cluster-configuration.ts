import { fieldsOf, isFields, textOf, valueAt, type Fields } from '../objects/kube-object.js';

/** What of kubeadm's documents shapes a control plane. */
export interface ClusterSettings {
  clusterName: string;
  /** host:port that clients use, as kubeadm fills it in. */
  endpoint: string;
  advertiseAddress: string;
  bindPort: number;
  certSans: string[];
  podSubnet: string | undefined;
  serviceSubnet: string;
  dnsDomain: string;
  imageRepository: string;
  bootstrapTokens: { token: string; ttl?: string; expires?: string; usages?: string[]; groups?: string[]; description?: string }[];
  /** The ClusterConfiguration document, as `kubeadm-config` keeps it. */
  document: Fields;
}

const defaultPort = 6443;

/** Reads ClusterConfiguration and InitConfiguration with kubeadm's defaults. */
export function clusterSettings(documents: readonly Fields[], addresses: readonly string[]): ClusterSettings {
  const cluster = documents.find(({ kind }) => kind === 'ClusterConfiguration') ?? {};
  const init = documents.find(({ kind }) => kind === 'InitConfiguration') ?? {};
  const join = documents.find(({ kind }) => kind === 'JoinConfiguration') ?? {};
  const local = fieldsOf(init['localAPIEndpoint'] ?? valueAt(join, 'controlPlane', 'localAPIEndpoint'));
  const networking = fieldsOf(cluster['networking']);
  const advertiseAddress = textOf(local['advertiseAddress']) ?? addresses[0] ?? '127.0.0.1';
  const bindPort = typeof local['bindPort'] === 'number' ? local['bindPort'] : defaultPort;
  const sans = valueAt(cluster, 'apiServer', 'certSANs');
  const tokens = init['bootstrapTokens'];
  return {
    clusterName: textOf(cluster['clusterName']) ?? 'kubernetes',
    endpoint: withPort(textOf(cluster['controlPlaneEndpoint']) ?? `${advertiseAddress}:${bindPort}`),
    advertiseAddress,
    bindPort,
    certSans: Array.isArray(sans) ? sans.map(String) : [],
    podSubnet: textOf(networking['podSubnet']),
    serviceSubnet: textOf(networking['serviceSubnet']) ?? '10.96.0.0/12',
    dnsDomain: textOf(networking['dnsDomain']) ?? 'cluster.local',
    imageRepository: textOf(cluster['imageRepository']) ?? 'registry.k8s.io',
    bootstrapTokens: (Array.isArray(tokens) ? tokens : []).filter(isFields) as unknown as ClusterSettings['bootstrapTokens'],
    document: cluster,
  };
}

const withPort = (endpoint: string): string => (/:\d+$/.test(endpoint) ? endpoint : `${endpoint}:${defaultPort}`);

/** The address in a subnet at an offset: the API's service is the first one, DNS the tenth. */
export function addressInSubnet(subnet: string, offset: number): string {
  const [base = '10.96.0.0'] = subnet.split('/');
  const number = base.split('.').reduce((sum, part) => sum * 256 + Number(part), 0) + offset;
  return [24, 16, 8, 0].map((shift) => Math.floor(number / 2 ** shift) % 256).join('.');
}
