import { documentOfKind, KubeadmError, type KubeadmDocument } from './documents.js';
import { durationMs } from './schema.js';

export interface Taint {
  key: string;
  value?: string;
  effect: string;
}

/** A flag may repeat in v1beta4, hence pairs. */
type Arguments = { name: string; value: string }[];

export interface NodeSettings {
  /** Empty when the configuration names none: then the host name is the node's. */
  name: string;
  /** Undefined = kubeadm's default for the role. */
  taints: Taint[] | undefined;
  kubeletArguments: Arguments;
  ignorePreflightErrors: string[];
}

export interface BootstrapToken {
  token: string;
  description: string;
  /** Milliseconds; 0 = never expires. */
  ttlMs: number;
  usages: string[];
  groups: string[];
}

export interface ClusterSettings {
  clusterName: string;
  kubernetesVersion: string;
  /** `host` or `host:port`; empty when there is none. */
  controlPlaneEndpoint: string;
  certificatesDir: string;
  serviceSubnet: string;
  podSubnet: string;
  dnsDomain: string;
  certificateNames: string[];
  apiServerArguments: Arguments;
  etcd: { dataDir: string; serverNames: string[]; peerNames: string[]; extraArguments: Arguments } | 'external';
  withDns: boolean;
  withProxy: boolean;
}

export interface InitSettings {
  node: NodeSettings;
  cluster: ClusterSettings;
  advertiseAddress: string | undefined;
  bindPort: number;
  tokens: BootstrapToken[];
  skipPhases: string[];
}

export interface JoinSettings {
  node: NodeSettings;
  token: string | undefined;
  endpoint: string | undefined;
  caCertHashes: string[];
  skipCaVerification: boolean;
  discoveryFile: string | undefined;
  tlsToken: string | undefined;
  discoveryMs: number;
  /** Present for a control-plane node. */
  controlPlane: { advertiseAddress: string | undefined; bindPort: number } | undefined;
  skipPhases: string[];
}

/** The shape after the strict check, v1beta3 and v1beta4 in one: only arguments and time-outs differ. */
interface RawRegistration {
  name?: string;
  taints?: Taint[] | null;
  kubeletExtraArgs?: Record<string, string> | Arguments;
  ignorePreflightErrors?: string[];
}
interface RawComponent {
  extraArgs?: Record<string, string> | Arguments;
}

const DEFAULT_PORT = 6443;
/** kubeadm's default for discovery and for a token's life. */
const DISCOVERY_MS = 300_000;
const TOKEN_TTL = '24h';

const toArguments = (raw: Record<string, string> | Arguments | undefined): Arguments =>
  Array.isArray(raw) ? raw : Object.entries(raw ?? {}).map(([name, value]) => ({ name, value }));

function nodeSettings(raw: RawRegistration | undefined): NodeSettings {
  return {
    name: raw?.name ?? '',
    taints: raw?.taints ?? undefined,
    kubeletArguments: toArguments(raw?.kubeletExtraArgs),
    ignorePreflightErrors: raw?.ignorePreflightErrors ?? [],
  };
}

/** Defaults of kubeadm; `imageVersion` stands for `stable-1`, which an image without a package source cannot look up. */
export function clusterSettings(documents: KubeadmDocument[], imageVersion: string): ClusterSettings {
  const raw = (documentOfKind(documents, 'ClusterConfiguration') ?? {}) as {
    clusterName?: string;
    kubernetesVersion?: string;
    controlPlaneEndpoint?: string;
    certificatesDir?: string;
    networking?: { serviceSubnet?: string; podSubnet?: string; dnsDomain?: string };
    apiServer?: RawComponent & { certSANs?: string[] };
    etcd?: { local?: RawComponent & { dataDir?: string; serverCertSANs?: string[]; peerCertSANs?: string[] }; external?: unknown };
    dns?: { disabled?: boolean };
    proxy?: { disabled?: boolean };
  };
  const local = raw.etcd?.local;
  return {
    clusterName: raw.clusterName ?? 'kubernetes',
    kubernetesVersion: raw.kubernetesVersion ?? imageVersion,
    controlPlaneEndpoint: raw.controlPlaneEndpoint ?? '',
    certificatesDir: raw.certificatesDir ?? '/etc/kubernetes/pki',
    serviceSubnet: raw.networking?.serviceSubnet ?? '10.96.0.0/12',
    podSubnet: raw.networking?.podSubnet ?? '',
    dnsDomain: raw.networking?.dnsDomain ?? 'cluster.local',
    certificateNames: raw.apiServer?.certSANs ?? [],
    apiServerArguments: toArguments(raw.apiServer?.extraArgs),
    etcd:
      raw.etcd?.external !== undefined
        ? 'external'
        : { dataDir: local?.dataDir ?? '/var/lib/etcd', serverNames: local?.serverCertSANs ?? [], peerNames: local?.peerCertSANs ?? [], extraArguments: toArguments(local?.extraArgs) },
    withDns: raw.dns?.disabled !== true,
    withProxy: raw.proxy?.disabled !== true,
  };
}

/** Throws a KubeadmError when the file holds neither kind that init reads. */
export function initSettings(documents: KubeadmDocument[], imageVersion: string): InitSettings {
  const init = documentOfKind(documents, 'InitConfiguration');
  if (!init && !documentOfKind(documents, 'ClusterConfiguration')) throw new KubeadmError('no InitConfiguration or ClusterConfiguration kind was found in the YAML file');
  const raw = (init ?? {}) as {
    nodeRegistration?: RawRegistration;
    localAPIEndpoint?: { advertiseAddress?: string; bindPort?: number };
    bootstrapTokens?: { token: string; description?: string; ttl?: string; expires?: string; usages?: string[]; groups?: string[] }[];
    skipPhases?: string[];
  };
  return {
    node: nodeSettings(raw.nodeRegistration),
    cluster: clusterSettings(documents, imageVersion),
    advertiseAddress: raw.localAPIEndpoint?.advertiseAddress,
    bindPort: raw.localAPIEndpoint?.bindPort ?? DEFAULT_PORT,
    tokens: (raw.bootstrapTokens ?? []).map((each) => ({
      token: each.token,
      description: each.description ?? '',
      ttlMs: each.expires === undefined ? durationMs(each.ttl ?? TOKEN_TTL) : Date.parse(each.expires) - Date.now(),
      usages: each.usages ?? ['signing', 'authentication'],
      groups: each.groups ?? ['system:bootstrappers:kubeadm:default-node-token'],
    })),
    skipPhases: raw.skipPhases ?? [],
  };
}

export function joinSettings(documents: KubeadmDocument[]): JoinSettings {
  const join = documentOfKind(documents, 'JoinConfiguration');
  if (!join) throw new KubeadmError('no JoinConfiguration found in config file');
  const raw = join as unknown as {
    nodeRegistration?: RawRegistration;
    discovery: {
      bootstrapToken?: { token: string; apiServerEndpoint: string; caCertHashes?: string[]; unsafeSkipCAVerification?: boolean };
      file?: { kubeConfigPath: string };
      tlsBootstrapToken?: string;
      timeout?: string;
    };
    controlPlane?: { localAPIEndpoint?: { advertiseAddress?: string; bindPort?: number } } | null;
    timeouts?: { discovery?: string };
    skipPhases?: string[];
  };
  const { bootstrapToken, file, tlsBootstrapToken, timeout } = raw.discovery;
  if (!bootstrapToken && !file) throw new KubeadmError('discovery: Invalid value: "": bootstrapToken or file must be set', 3);
  if (bootstrapToken && file) throw new KubeadmError('discovery: Invalid value: "": bootstrapToken and file cannot both be set', 3);
  if (bootstrapToken && (bootstrapToken.caCertHashes ?? []).length === 0 && bootstrapToken.unsafeSkipCAVerification !== true)
    throw new KubeadmError('discovery.bootstrapToken.caCertHashes: Invalid value: "": using token-based discovery without caCertHashes can be unsafe. Set unsafeSkipCAVerification as true in your kubeadm config file', 3);
  return {
    node: nodeSettings(raw.nodeRegistration),
    token: bootstrapToken?.token,
    endpoint: bootstrapToken?.apiServerEndpoint,
    caCertHashes: bootstrapToken?.caCertHashes ?? [],
    skipCaVerification: bootstrapToken?.unsafeSkipCAVerification ?? false,
    discoveryFile: file?.kubeConfigPath,
    tlsToken: tlsBootstrapToken ?? bootstrapToken?.token,
    discoveryMs: raw.timeouts?.discovery ?? timeout ? durationMs(raw.timeouts?.discovery ?? timeout ?? '') : DISCOVERY_MS,
    controlPlane: raw.controlPlane ? { advertiseAddress: raw.controlPlane.localAPIEndpoint?.advertiseAddress, bindPort: raw.controlPlane.localAPIEndpoint?.bindPort ?? DEFAULT_PORT } : undefined,
    skipPhases: raw.skipPhases ?? [],
  };
}

/** `host:port` of the API as nodes and kubeconfigs use it. */
export function apiEndpoint(settings: InitSettings, ownAddress: string): string {
  const endpoint = settings.cluster.controlPlaneEndpoint;
  if (endpoint === '') return `${settings.advertiseAddress ?? ownAddress}:${settings.bindPort}`;
  return /:\d+$/u.test(endpoint) ? endpoint : `${endpoint}:${settings.bindPort}`;
}
