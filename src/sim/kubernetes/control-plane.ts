import { createServer as createTlsServer, type Server as TlsServer } from 'node:https';
import { constants } from 'node:crypto';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import type { SimContext } from '../sim-context.js';
import { handleRequest } from './api/api-server.js';
import { handleUpgrade } from './api/port-forward.js';
import type { Cluster } from './cluster.js';
import { EtcdServer } from './etcd/etcd-server.js';
import { addressInSubnet, type ClusterSettings } from './kubeadm/cluster-configuration.js';
import { issueCertificate, type ClusterPki } from './kubeadm/pki.js';

/** Where an API server listens when nothing from outside leads to its machine. */
const loopback = '127.0.0.1';

interface Listener {
  server: Server;
  host: string;
  port: number;
}

export interface ControlPlaneOptions {
  serverId: string;
  nodeName: string;
  /** Fixed addresses of the machine. */
  addresses: readonly string[];
  settings: ClusterSettings;
  pki: ClusterPki;
  kubernetesVersion: string;
}

/**
 * The API server of one control-plane machine: TLS with the cluster's CA, always on a port of the loopback (which plays
 * the fixed address), and on the floating address while one is associated.
 */
export class ControlPlane {
  private readonly listeners = new Map<string, Listener>();
  private readonly sockets = new Set<Socket>();

  private constructor(
    private readonly context: SimContext,
    readonly serverId: string,
    readonly nodeName: string,
    readonly cluster: Cluster,
    readonly pki: ClusterPki,
    readonly settings: ClusterSettings,
    private readonly tls: TlsServer,
    private readonly etcd: EtcdServer,
  ) {}

  private get port(): number {
    return this.settings.bindPort;
  }

  static async start(context: SimContext, cluster: Cluster, options: ControlPlaneOptions): Promise<ControlPlane> {
    const { serverId, nodeName, addresses, settings, pki, kubernetesVersion } = options;
    const { certPem, keyPem } = await issueCertificate(pki, { commonName: 'kube-apiserver', sans: servingNames(nodeName, addresses, settings), usage: 'server' });
    const api = cluster.apiContext(kubernetesVersion, serverId);
    const tls = createTlsServer(
      {
        ...{ cert: certPem, key: keyPem, ca: pki.caPem },
        ...{ requestCert: true, rejectUnauthorized: false },
        // Each connection shows its certificate: nobody becomes somebody by a resumed session.
        secureOptions: constants.SSL_OP_NO_TICKET,
        minVersion: 'TLSv1.2',
      },
      (request, response) => void handleRequest(api, request, response),
    );
    tls.keepAliveTimeout = 90_000;
    tls.on('upgrade', (request, socket, head) => handleUpgrade(api, request, socket, head));
    tls.on('tlsClientError', (_error, socket) => socket.destroy());
    const controlPlane = new ControlPlane(context, serverId, nodeName, cluster, pki, settings, tls, await EtcdServer.start(pki, nodeName, cluster.etcdGateway(serverId)));
    await controlPlane.listen(loopback, 0);
    const floating = context.addresses.floatingOf(serverId);
    if (floating !== undefined) await controlPlane.listen(floating, settings.bindPort);
    controlPlane.announce();
    return controlPlane;
  }

  /** `address:port` of every real listener. */
  listeningOn(): string[] {
    return [...this.listeners.values()].map(({ host, port }) => `${host}:${port}`);
  }

  /** The floating addresses of the machine changed: listen where it is reached now. */
  async follow(floating: string | undefined): Promise<void> {
    for (const host of this.listeners.keys()) if (host !== loopback && host !== floating) await this.unlisten(host);
    if (floating !== undefined && !this.listeners.has(floating)) await this.listen(floating, this.port);
    this.announce();
  }

  async stop(): Promise<void> {
    this.context.addresses.unlisten(this.serverId, this.port);
    for (const host of [...this.listeners.keys()]) await this.unlisten(host);
    for (const socket of this.sockets) socket.destroy();
    await this.etcd.stop();
  }

  /** Undefined when the etcd of this machine does not run. */
  dialEtcd(): Socket | undefined {
    return this.etcd.dial();
  }

  private async listen(host: string, port: number): Promise<void> {
    const server = createServer((socket) => {
      this.sockets.add(socket);
      socket.on('close', () => this.sockets.delete(socket));
      this.tls.emit('connection', socket);
    });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen({ host, port }, resolve);
    });
    this.listeners.set(host, { server, host, port: (server.address() as AddressInfo).port });
  }

  private async unlisten(host: string): Promise<void> {
    const listener = this.listeners.get(host);
    this.listeners.delete(host);
    if (!listener) return;
    const closed = new Promise<void>((resolve) => listener.server.close(() => resolve()));
    this.closeSocketsOf(listener);
    await closed;
  }

  /** A listener's close waits for its connections: cut them, as a machine that goes does. */
  private closeSocketsOf({ host, port }: Listener): void {
    for (const socket of this.sockets) if (socket.localAddress === host && socket.localPort === port) socket.destroy();
  }

  private announce(): void {
    const listener = [...this.listeners.values()].find(({ host }) => host !== loopback) ?? this.listeners.get(loopback);
    if (listener) this.context.addresses.listen(this.serverId, this.port, { host: listener.host, port: listener.port });
  }
}

/** kubeadm's names for the serving certificate. */
function servingNames(nodeName: string, addresses: readonly string[], settings: ClusterSettings): string[] {
  const service = ['kubernetes', 'kubernetes.default', 'kubernetes.default.svc', `kubernetes.default.svc.${settings.dnsDomain}`];
  const endpoint = settings.endpoint.replace(/:\d+$/, '');
  const firstService = addressInSubnet(settings.serviceSubnet, 1);
  return [...new Set([...service, nodeName, firstService, settings.advertiseAddress, endpoint, ...addresses, ...settings.certSans])];
}
