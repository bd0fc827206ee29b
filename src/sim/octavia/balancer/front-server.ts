import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { admits } from './admission.js';
import { checkBackend, type Real } from './check-backend.js';
import type { Backend, Front } from './front.js';
import type { Health } from './health.js';
import { orderBackends } from './order-backends.js';

const loopback = '127.0.0.1';
/** HAProxy's own time for a connection to a backend. */
const connectMs = 5000;
/** A machine that passed so recently is not looked at again before it gets a connection. */
const trustPassMs = 1000;

export interface FrontSurroundings {
  readonly health: Health;
  /** The real listener that plays an address of the load balancer's network. */
  resolve(loadBalancerId: string, address: string, port: number): Real | undefined;
  /** Sent with health checks. */
  readonly checkHeaders: Readonly<Record<string, string>>;
  log(message: string, fields?: Record<string, unknown>): void;
}

/**
 * Plays one listener: bytes are piped to one of the backends whose monitor passes, TLS and all; without one the
 * connection is reset. It listens on a port of the loopback, which plays the virtual address, and on the floating
 * address while there is one.
 */
export class FrontServer {
  private readonly servers = new Map<string, Server>();
  private readonly sockets = new Set<Socket>();
  private readonly open = new Map<string, number>();
  private readonly looking = new Map<string, Promise<boolean>>();
  private watching: NodeJS.Timeout | undefined;
  private turn = 0;

  constructor(
    private front: Front,
    private readonly around: FrontSurroundings,
  ) {}

  /** Opens the loopback's listener; returns what plays the virtual address. */
  async start(): Promise<Real> {
    const port = await this.listen(loopback, 0);
    this.change(this.front);
    return { host: loopback, port };
  }

  /** The listener, its pool or its members changed: from now on new connections go by it. */
  change(front: Front): void {
    this.front = front;
    clearInterval(this.watching);
    if (!front.monitor) return;
    this.lookAtAll();
    this.watching = setInterval(() => this.lookAtAll(), Math.max(front.monitor.delaySeconds, 1) * 1000);
    this.watching.unref();
  }

  /** Where it is reached from outside now. */
  async follow(floating: string | undefined): Promise<void> {
    for (const host of this.servers.keys()) if (host !== loopback && host !== floating) await this.unlisten(host);
    if (floating !== undefined && !this.servers.has(floating)) await this.listen(floating, this.front.port);
  }

  async stop(): Promise<void> {
    clearInterval(this.watching);
    for (const host of [...this.servers.keys()]) await this.unlisten(host);
  }

  private async listen(host: string, port: number): Promise<number> {
    const server = createServer({ pauseOnConnect: true }, (client) => {
      this.sockets.add(client);
      client.on('close', () => this.sockets.delete(client));
      // The loopback's listener stands for connections that were let in already.
      const peer = (client.remoteAddress ?? '').replace(/^::ffff:/, '');
      if (host !== loopback && !admits(this.front.allowedCidrs, peer)) client.resetAndDestroy();
      else void this.serve(client);
    });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen({ host, port }, resolve);
    });
    this.servers.set(host, server);
    return (server.address() as AddressInfo).port;
  }

  private async unlisten(host: string): Promise<void> {
    const server = this.servers.get(host);
    this.servers.delete(host);
    if (!server) return;
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    for (const socket of this.sockets) if (socket.localAddress === host) socket.destroy();
    await closed;
  }

  private async serve(client: Socket): Promise<void> {
    client.on('error', () => client.destroy());
    const peer = { address: client.remoteAddress ?? '', port: client.remotePort ?? 0 };
    const candidates = orderBackends(this.front.backends, this.front.algorithm, { turn: this.turn++, openTo: (id) => this.open.get(id) ?? 0, peer });
    for (const backend of candidates) {
      if (!(await this.isUsable(backend))) continue;
      const upstream = await this.dial(backend);
      if (!upstream) continue;
      if (client.destroyed) upstream.destroy();
      else this.pipe(client, upstream, backend.id);
      return;
    }
    client.resetAndDestroy();
  }

  private pipe(client: Socket, upstream: Socket, backendId: string): void {
    this.open.set(backendId, (this.open.get(backendId) ?? 0) + 1);
    upstream.on('error', () => client.resetAndDestroy());
    upstream.on('close', () => {
      this.open.set(backendId, (this.open.get(backendId) ?? 1) - 1);
      client.destroy();
    });
    client.on('close', () => upstream.destroy());
    upstream.pipe(client);
    client.pipe(upstream);
    client.resume();
  }

  private async isUsable(backend: Backend): Promise<boolean> {
    if (!this.front.monitor) return true;
    return this.around.health.seenWithin(backend.id, trustPassMs) === true || this.look(backend);
  }

  private lookAtAll(): void {
    for (const backend of this.front.backends) void this.look(backend);
  }

  /** One look at a time at each machine. */
  private look(backend: Backend): Promise<boolean> {
    const { monitor } = this.front;
    if (!monitor) return Promise.resolve(true);
    const under = this.looking.get(backend.id);
    if (under) return under;
    const real = this.around.resolve(this.front.loadBalancerId, backend.monitorAddress ?? backend.address, backend.monitorPort ?? backend.port);
    const look = checkBackend(monitor, real, this.around.checkHeaders).then((passes) => {
      this.looking.delete(backend.id);
      if (this.around.health.lastSeen(backend.id) !== passes) this.around.log('pool member changed', { listener: this.front.id, address: backend.address, passes });
      this.around.health.record(backend.id, passes);
      return passes;
    });
    this.looking.set(backend.id, look);
    return look;
  }

  private dial(backend: Backend): Promise<Socket | undefined> {
    const real = this.around.resolve(this.front.loadBalancerId, backend.address, backend.port);
    if (!real) return Promise.resolve(undefined);
    return new Promise((resolve) => {
      const upstream = connect({ ...real, timeout: connectMs });
      const fail = (): void => {
        upstream.destroy();
        resolve(undefined);
      };
      upstream.once('error', fail);
      upstream.once('timeout', fail);
      upstream.once('connect', () => {
        upstream.off('error', fail).off('timeout', fail).setTimeout(0);
        resolve(upstream);
      });
    });
  }
}
