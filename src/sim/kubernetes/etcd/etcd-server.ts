import { constants } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:https';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { issueCertificate, type ClusterPki } from '../kubeadm/pki.js';
import { answerEtcd, type EtcdGatewayContext } from './etcd-gateway.js';

/**
 * The client port of the etcd on one machine. It listens on the loopback, where only the machine's own port-forward finds it, and
 * lets in whom the etcd CA has signed.
 */
export class EtcdServer {
  private readonly sockets = new Set<Socket>();

  private constructor(
    private readonly server: Server,
    private readonly context: EtcdGatewayContext,
  ) {
    server.on('connection', (socket: Socket) => {
      this.sockets.add(socket);
      socket.on('close', () => this.sockets.delete(socket));
    });
  }

  static async start({ etcd }: ClusterPki, nodeName: string, context: EtcdGatewayContext): Promise<EtcdServer> {
    // Only hand-made folders lack the certificate that kubeadm makes.
    const own = etcd.server ?? (await issueCertificate(etcd, { commonName: nodeName, sans: [nodeName, 'localhost', '127.0.0.1'], usage: 'server' }));
    const tls = { cert: own.certPem, key: own.keyPem, ca: etcd.caPem, requestCert: true, rejectUnauthorized: true, minVersion: 'TLSv1.2' as const, secureOptions: constants.SSL_OP_NO_TICKET };
    const server = createServer(tls, (request, response) => {
      // A client that goes away in mid-request is nobody's fault.
      void answerEtcd(context, request, response).catch(() => response.destroy());
    });
    server.on('tlsClientError', (_error, socket) => socket.destroy());
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new EtcdServer(server, context);
  }

  /** A connection from inside the machine; undefined when nobody listens, because the member does not run. */
  dial(): Socket | undefined {
    const { members, serverId } = this.context;
    if (!members.memberOn(serverId) || !this.server.listening) return undefined;
    return connect((this.server.address() as AddressInfo).port, '127.0.0.1');
  }

  async stop(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.server.close(() => resolve()));
    for (const socket of this.sockets) socket.destroy();
    await closed;
  }
}
