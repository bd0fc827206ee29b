import { createServer, type Server } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';

/** An HTTP proxy that knows CONNECT only, and leads every name to one port of this machine. */
export class TunnelDouble {
  readonly targets: string[] = [];
  private readonly sockets = new Set<Socket>();
  private readonly server: Server = createServer((_request, response) => response.writeHead(405).end());

  async start(port: number): Promise<string> {
    this.server.on('connect', (request, client: Socket) => {
      this.targets.push(request.url ?? '');
      const upstream = connect(port, '127.0.0.1', () => {
        client.write('HTTP/1.1 200 OK\r\n\r\n');
        client.pipe(upstream).pipe(client);
      });
      for (const socket of [client, upstream]) {
        this.sockets.add(socket);
        // Either end may go first; the other one is closed with it.
        socket.on('error', () => client.destroy());
        socket.on('close', () => this.sockets.delete(socket));
      }
    });
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
