import { once } from 'node:events';
import { request, type Server } from 'node:http';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { SimContext } from '../sim-context.js';
import { createProxy } from './http-proxy.js';

const closing: { close(): unknown }[] = [];
afterEach(() => {
  for (const each of closing.splice(0)) each.close();
});

const portOf = (server: { address(): AddressInfo | string | null }): number => (server.address() as AddressInfo).port;

async function proxyTo(book: Record<string, { host: string; port: number }>): Promise<Server> {
  const addresses = { resolve: (address: string, port: number) => book[`${address}:${port}`] };
  const proxy = createProxy({ addresses, onClose: () => undefined } as unknown as SimContext);
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  closing.push(proxy);
  return proxy;
}

/** What plays a machine's port: answers everything that it hears in capitals. */
async function echo(): Promise<number> {
  const server = createServer((socket) => socket.on('data', (data) => socket.write(data.toString().toUpperCase())));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closing.push(server);
  return portOf(server);
}

async function connectThrough(proxy: Server, path: string): Promise<{ status: number | undefined; tunnel: Duplex }> {
  const asked = request({ host: '127.0.0.1', port: portOf(proxy), method: 'CONNECT', path });
  asked.end();
  const [response, socket] = (await once(asked, 'connect')) as [{ statusCode?: number }, Socket];
  closing.push({ close: () => socket.destroy() });
  return { status: response.statusCode, tunnel: socket };
}

describe('the proxy', () => {
  it('leads a fixed address to what plays the machine', async () => {
    const proxy = await proxyTo({ '10.0.0.5:6443': { host: '127.0.0.1', port: await echo() } });
    const { status, tunnel } = await connectThrough(proxy, '10.0.0.5:6443');
    tunnel.write('hello');
    const [answer] = (await once(tunnel, 'data')) as [Buffer];
    expect([status, answer.toString()]).toEqual([200, 'HELLO']);
  });

  it('answers 502 for an address without machine', async () => {
    expect((await connectThrough(await proxyTo({}), '10.0.0.6:6443')).status).toBe(502);
  });

  it('answers 502 when nothing listens behind the machine any more', async () => {
    const gone = createServer();
    gone.listen(0, '127.0.0.1');
    await once(gone, 'listening');
    const port = portOf(gone);
    gone.close();
    await once(gone, 'close');
    expect((await connectThrough(await proxyTo({ '10.0.0.5:6443': { host: '127.0.0.1', port } }), '10.0.0.5:6443')).status).toBe(502);
  });
});
