import type { Dispatcher } from 'undici';
import type { Journal } from './journal.js';

/** Who a token speaks for; what Keystone's simulation knows of it. */
export interface TokenInfo {
  token: string;
  userId: string;
  userName: string;
  domainId: string;
  projectId: string | null;
  projectName: string | null;
  /** Names, implied ones included. */
  roles: string[];
  expiresAt: string;
  /** How it was got: password, token, application_credential (also of a token made from such a token). */
  methods: string[];
  applicationCredentialId: string | null;
  /** What an application credential restricts its tokens to; null = everything. */
  accessRules: { service: string; path: string; method: string }[] | null;
}

/** The speed of the simulated world; changed at run time through the admin listener. Milliseconds and seconds as named. */
export interface SimSettings {
  bootSeconds: number;
  heatResourceMs: number;
  callMs: number;
  /** Lifetime of tokens issued from now on (default 3600). */
  tokenSeconds?: number;
  cinder: boolean;
  octavia: boolean;
  /** A node whose kubelet is silent for so long becomes Ready=Unknown (default 40, Kubernetes' own); other node delays follow it. */
  nodeGraceSeconds?: number;
  /** No pod takes longer to end than this, whatever grace it asked for (default 200). */
  podGraceMillisecondsMax?: number;
}

export type ServiceName = 'identity' | 'image' | 'compute' | 'network' | 'volumev3' | 'orchestration' | 'load-balancer';

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
  /** The simulator ends: what the machines run stops (no process is left behind), disks stay. */
  close?(): Promise<void>;
}

/** Where an address of the simulated networks leads to. Neutron's simulation fills it, the proxy and Kubernetes read it. */
export interface AddressBook {
  /** Floating address bound to this server's fixed address, if any. */
  floatingOf(serverId: string): string | undefined;
  serverOf(address: string): string | undefined;
  /** Called with (floating address, server id or null) whenever an association changes. */
  onChange(listener: (floatingAddress: string, serverId: string | null) => void): void;
  /**
   * A real listener of this machine (host, port) that plays `address:port`; what guests and the proxy dial. Fixed addresses may
   * repeat in different networks: seen from `fromServerId`, its own networks win, then its project's; without it the youngest server.
   */
  resolve(address: string, port: number, fromServerId?: string): { host: string; port: number } | undefined;
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

/** What a test may do to a cluster. Stopped controllers schedule, taint and count nothing. A dead cloud provider makes and removes neither load balancers nor volumes. A silent kubelet is a lost machine whose server still looks ACTIVE. */
export type ClusterDisturbance =
  | { etcd: 'hung' | 'healthy' }
  | { controllers: 'stopped' | 'running' }
  | { cloud_provider: 'dead' | 'alive' }
  | { node: string; kubelet: 'silent' | 'alive' }
  | { node: string; runtime: 'down' | 'up' };

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
    /**
     * Folder of the machine's disk that plays /var/lib/kubelet: the client certificate from the join is kept there, so
     * that a rebooted machine needs no bootstrap token. With a certificate there the call resolves at once and retries
     * by itself; without one it rejects when the join is refused.
     */
    stateDir?: string;
  }): Promise<void>;
  /** The simulator ends: every listener closes. */
  close?(): Promise<void>;
  /** What `GET /clusters` of the admin listener shows. */
  describe?(): Record<string, unknown>[];
  /** A certificate of the cluster's administrators. `id` as `describe` shows it; undefined for an unknown one. PEM. */
  adminAccess?(id: string): Promise<{ ca: string; certificate: string; key: string } | undefined>;
  /** Throws TypeError for an unknown cluster, node or disturbance. `endpoint` or `id` as `describe` shows them: endpoints of clusters in networks of their own may be the same. */
  disturb?(endpoint: string, disturbance: ClusterDisturbance): void;
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
  /** Carries the calls between simulated services; without it they have connections of their own. */
  internalDispatcher?: Dispatcher;
  volumeDir(volumeId: string): string;
  addresses: AddressBook;
  guests: GuestHost;
  kubernetes: KubernetesHost;
  /** Runs once, when every service listens (work in flight before a restart may call the other services from here). */
  onReady(action: () => void): void;
  /** Runs when the simulator is asked to end, before its services stop listening. */
  onClose(action: () => Promise<void> | void): void;
  log(message: string, fields?: Record<string, unknown>): void;
}
