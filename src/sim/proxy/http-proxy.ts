import { createServer, type IncomingMessage, type Server } from 'node:http';
import { connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { SimContext } from '../sim-context.js';

/**
 * HTTP CONNECT to what simulated machines listen with, by fixed or floating address. An address that leads to no
 * machine is answered 502, never dialled: 10.0.0.0/8 is somebody's real network.
 */
export function createProxy(context: SimContext): Server {
  const sockets = new Set<Duplex>();
  const server = createServer((_request, response) => {
    response.writeHead(405, { 'content-type': 'text/plain' }).end('this proxy speaks CONNECT only\n');
  });
  server.on('connect', (request: IncomingMessage, client: Duplex, head: Buffer) => {
    sockets.add(client);
    client.on('close', () => sockets.delete(client));
    client.on('error', () => client.destroy());
    const [address = '', port = ''] = (request.url ?? '').split(':');
    const real = context.addresses.resolve(address, Number(port));
    if (!real) {
      client.end(`HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n`);
      return;
    }
    tunnel(client, head, real);
  });
  context.onClose(() => {
    for (const socket of sockets) socket.destroy();
  });
  return server;
}

function tunnel(client: Duplex, head: Buffer, { host, port }: { host: string; port: number }): void {
  let isOpen = false;
  const upstream: Socket = connect(port, host, () => {
    isOpen = true;
    client.write('HTTP/1.1 200 Connection established\r\n\r\n');
    if (head.length > 0) upstream.write(head);
    upstream.pipe(client);
    client.pipe(upstream);
  });
  upstream.on('error', () => {
    if (isOpen) client.destroy();
    else client.end('HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n');
  });
  client.on('close', () => upstream.destroy());
  upstream.on('close', () => client.destroy());
}
