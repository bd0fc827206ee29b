import type { Journal } from './journal.js';

/** Who a token speaks for; what Keystone's simulation knows of it. */
export interface TokenInfo {
  token: string;
  userId: string;
  userName: string;
  domainId: string;
  projectId: string | null;
  projectName: string | null;
  roles: string[];
  expiresAt: string;
}

/** The speed of the simulated world; changed at run time through the admin listener. Milliseconds and seconds as named. */
export interface SimSettings {
  bootSeconds: number;
  heatResourceMs: number;
  callMs: number;
  cinder: boolean;
}

export type ServiceName = 'identity' | 'image' | 'compute' | 'network' | 'volumev3' | 'orchestration';

/** A machine as its guest sees it when it is powered on. */
export interface GuestServer {
  id: string;
  name: string;
  projectId: string;
  /** Decoded text; empty when there is none. */
  userData: string;
  /** Fixed addresses, first one first. */
  addresses: string[];
  volumes: { id: string; device: string }[];
  metadata: Record<string, string>;
  /** Glance properties of the image it was made from: `kube_version` and `os_distro` say what the root disk holds. */
  imageProperties: Record<string, string>;
}

/** The machines: Nova's simulation drives it, src/sim/guest implements it. Calls return at once; boots go on in the background. */
export interface GuestHost {
  /** Power on (also after a restart of the simulator, when the disk already holds what the last boot wrote). */
  start(server: GuestServer): void;
  /** Power off: what the machine runs stops, its disk stays. */
  stop(serverId: string): Promise<void>;
  /** Delete: power off and drop the root disk (never the volumes). */
  remove(serverId: string): Promise<void>;
  volumesChanged(serverId: string, volumes: { id: string; device: string }[]): void;
  consoleLog(serverId: string): string;
}

/** Where an address of the simulated networks leads to. Neutron's simulation fills it, the proxy and Kubernetes read it. */
export interface AddressBook {
  /** Floating address bound to this server's fixed address, if any. */
  floatingOf(serverId: string): string | undefined;
  serverOf(address: string): string | undefined;
  /** Called with (floating address, server id or null) whenever an association changes. */
  onChange(listener: (floatingAddress: string, serverId: string | null) => void): void;
  /** A real listener of this machine (host, port) that plays `address:port`; what guests and the proxy dial. */
  resolve(address: string, port: number): { host: string; port: number } | undefined;
  /** A guest opens a port: from now on `resolve` finds it for the server's fixed and floating addresses. */
  listen(serverId: string, port: number, real: { host: string; port: number }): void;
  unlisten(serverId: string, port: number): void;
}

/** A control plane that a guest's stand-in for kubeadm asks for. */
export interface ControlPlaneRequest {
  serverId: string;
  nodeName: string;
  /** Folder that plays etcd's data directory (on a volume or the root disk): identity and objects live there. */
  etcdDir: string;
  /** Folder with ca.crt, ca.key, sa.key, front-proxy-ca.crt, etcd/… as kubeadm lays them out. */
  pkiDir: string;
  addresses: string[];
  kubernetesVersion: string;
  /** The parsed kubeadm documents (ClusterConfiguration, InitConfiguration …). */
  kubeadmConfig: Record<string, unknown>[];
  /** init: new etcd (refused on a full folder); resume: existing one (refused on an empty folder); join: another member. */
  mode: 'init' | 'join' | 'resume';
}

/** The simulated Kubernetes: src/sim/kubernetes implements it. */
export interface KubernetesHost {
  startControlPlane(request: ControlPlaneRequest): Promise<void>;
  /** The machine is off or gone: its API server stops listening, its kubelet falls silent. */
  serverStopped(serverId: string): Promise<void>;
  /** A kubelet registers itself and keeps its node's heartbeat until `serverStopped`. `credentials` as the join left them. */
  startKubelet(request: {
    serverId: string;
    nodeName: string;
    endpoint: string;
    addresses: string[];
    kubernetesVersion: string;
    caPem: string;
    bootstrapToken?: string;
    role: 'control-plane' | 'worker';
    providerId: string;
    labels: Record<string, string>;
    taints: { key: string; value?: string; effect: string }[];
  }): Promise<void>;
}

export interface SimContext {
  journal: Journal;
  settings: SimSettings;
  dataDir: string;
  /** e.g. 127.101.7 : the leased /24 without its last number. */
  rangePrefix: string;
  region: string;
  /** Base URL of a service without path, e.g. http://127.101.7.1:8774. */
  baseUrl(service: ServiceName): string;
  /** Returns undefined for a token that is unknown, expired or revoked. */
  verifyToken(token: string | undefined): TokenInfo | undefined;
  /** A token for calls between simulated services on behalf of a project (like Heat's trusts). */
  internalToken(projectId: string, userId: string): string;
  /** Sent as X-Sim-Internal by simulated services calling each other: skips latency, faults and the request log. */
  internalSecret: string;
  volumeDir(volumeId: string): string;
  addresses: AddressBook;
  guests: GuestHost;
  kubernetes: KubernetesHost;
  log(message: string, fields?: Record<string, unknown>): void;
}
