import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { createServer, type Server } from 'node:https';
import { connect, type AddressInfo } from 'node:net';
import { pipeline } from 'node:stream/promises';
import { Readable, type Duplex } from 'node:stream';
import { afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { KeyPairPem } from '../../src/driver-contract/index.js';
import { createCa, issueClientCertificate, issueServerCertificate } from '../../src/kubernetes/certificates/certificate-authority.js';
import { ClusterClient } from '../../src/kubernetes/cluster-client.js';
import { ServerWebSocket } from '../../src/sim/kubernetes/api/web-socket.js';
import { until } from '../support/until.js';

/** An API server of a tenant that does what a test wants; what a good one does is tested with the simulator. */
const now = new Date();
const target = { namespace: 'kube-system', pod: 'etcd-a', port: 2379 };
const header = (channel: number): Buffer => Buffer.from([channel, 0x4b, 0x09]); // 2379, little endian
let ca: KeyPairPem;
let own: KeyPairPem;
let admin: KeyPairPem;
const closers: (() => Promise<unknown> | void)[] = [];

beforeAll(async () => {
  ca = await createCa('my-cluster', { now });
  own = await issueServerCertificate(ca, { commonName: 'kube-apiserver', names: ['127.0.0.1'], days: 2, now });
  admin = await issueClientCertificate(ca, { commonName: 'admin', organization: 'system:masters', days: 2, now });
});
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function listen(server: Server | ReturnType<typeof createHttpServer>): Promise<number> {
  const sockets = new Set<Duplex>();
  server.on('connection', (socket: Duplex) => void sockets.add(socket));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closers.push(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  return (server.address() as AddressInfo).port;
}

interface Tunnel {
  webSocket: ServerWebSocket;
  socket: Duplex;
}

/** `serve` gets each tunnel after the headers; `onMessage` gets what comes on the data channel. */
async function client(serve: (tunnel: Tunnel) => void, onMessage: (data: Buffer, tunnel: Tunnel) => void = () => undefined, more: { proxyUrl?: string; protocol?: string } = {}): Promise<ClusterClient> {
  const server = createServer({ cert: own.certificatePem, key: own.privateKeyPem, ca: ca.certificatePem, requestCert: true, rejectUnauthorized: true }, (_request, response) => void response.writeHead(200).end('ok'));
  server.on('upgrade', (request, socket: Duplex, head: Buffer) => {
    const webSocket = new ServerWebSocket(socket, { onMessage: (message) => onMessage(message.subarray(1), tunnel), onClose: () => undefined });
    const tunnel = { webSocket, socket };
    webSocket.accept(request, more.protocol ?? 'v4.channel.k8s.io', head);
    webSocket.send(header(0));
    webSocket.send(header(1));
    serve(tunnel);
  });
  const port = await listen(server);
  const access = { clusterId: 'c1', apiAddress: `https://127.0.0.1:${port}`, caPem: ca.certificatePem, ...admin, ...(more.proxyUrl !== undefined && { proxyUrl: more.proxyUrl }) };
  const made = new ClusterClient(access, { connectTimeoutMs: 1_000, timeoutMs: 2_000, answerLimitBytes: 100_000 });
  closers.push(() => made.close());
  return made;
}

const failureOf = async (stream: Duplex): Promise<string> => String(await new Promise((resolve) => stream.on('error', resolve).resume()));

describe('a forwarded port', () => {
  it('carries bytes both ways, whatever their number', async () => {
    const api = await client(() => undefined, (data, { webSocket }) => void webSocket.send(Buffer.concat([Buffer.of(0), data])));
    const stream = await api.portForward(target);
    const sent = Buffer.alloc(3_000_001, 'etcd');
    const received: Buffer[] = [];
    let size = 0;
    stream.on('data', (chunk: Buffer) => {
      received.push(chunk);
      size += chunk.length;
    });
    await pipeline(Readable.from([sent.subarray(0, 1), sent.subarray(1)]), stream, { end: false });
    await until(() => size === sent.length, { what: 'everything to come back' });
    expect(Buffer.concat(received).equals(sent)).toBe(true);
    stream.destroy();
  });

  it('holds the sender back while nobody reads', async () => {
    let sent = 0;
    const chunk = Buffer.alloc(64 * 1024);
    const api = await client(({ webSocket }) => {
      const more = (): void => {
        while (sent < 64 * 1024 * 1024) {
          sent += chunk.length;
          if (!webSocket.send(chunk)) {
            webSocket.drained(more);
            return;
          }
        }
      };
      more();
    });
    const stream = await api.portForward(target);
    stream.read(0);
    let before = -1;
    await until(() => {
      const isStill = before === sent && sent > 0;
      before = sent;
      return isStill;
    }, { everyMs: 200, what: 'the sender to stand still' });
    expect(sent).toBeLessThan(32 * 1024 * 1024);
    stream.destroy();
  });

  it('answers pings, and ends when the server says so', async () => {
    const pongs: number[] = [];
    const api = await client(({ socket, webSocket }) => {
      socket.on('data', (chunk: Buffer) => {
        pongs.push((chunk[0] ?? 0) & 0x0f);
        webSocket.close();
      });
      socket.write(Buffer.from([0x89, 0x02, 1, 2]));
      webSocket.send(Buffer.concat([Buffer.of(0), Buffer.from('bye')]));
    });
    const stream = await api.portForward(target);
    let text = '';
    for await (const chunk of stream as AsyncIterable<Buffer>) text += chunk.toString();
    expect(text).toBe('bye');
    expect(pongs).toContain(0x0a);
  });

  it('fails with what the error channel said', async () => {
    const api = await client(({ webSocket }) => {
      webSocket.send(Buffer.concat([Buffer.of(1), Buffer.from('error forwarding port 2379 to pod x: connection refused')]));
      webSocket.close();
    });
    expect(await failureOf(await api.portForward(target))).toMatch(/Port 2379 of pod kube-system\/etcd-a in cluster c1 .*connection refused/);
  });

  it('fails when the connection is cut or the protocol is broken', async () => {
    const cut = await client(({ socket }) => setImmediate(() => socket.destroy()));
    expect(await failureOf(await cut.portForward(target))).toMatch(/cannot be reached/);
    const broken = await client(({ socket }) => void socket.write(Buffer.from([0xff, 0xff, 0xff])));
    expect(await failureOf(await broken.portForward(target))).toMatch(/broke the web socket's protocol/);
    const endless = await client(({ socket }) => void socket.write(Buffer.from([0x82, 0x7f, 0, 0, 1, 0, 0, 0, 0, 0])));
    expect(await failureOf(await endless.portForward(target))).toMatch(/a frame of 1099511627776 bytes/);
  });

  it('is not opened by another protocol, nor by an answer that is no web socket', async () => {
    const other = await client(() => undefined, undefined, { protocol: 'v5.channel.k8s.io' });
    await expect(other.portForward(target)).rejects.toThrow(/chose the protocol v5.channel.k8s.io/);
    const silent = createServer({ cert: own.certificatePem, key: own.privateKeyPem }, () => undefined);
    silent.on('upgrade', () => undefined);
    const port = await listen(silent);
    const api = new ClusterClient({ clusterId: 'c1', apiAddress: `https://127.0.0.1:${port}`, caPem: ca.certificatePem, ...admin }, { connectTimeoutMs: 1_000, timeoutMs: 300, answerLimitBytes: 100 });
    closers.push(() => api.close());
    await expect(api.portForward(target)).rejects.toThrow(/no whole answer within 0.3 s/);
  });

  it('goes through a proxy', async () => {
    const asked: unknown[] = [];
    const proxy = createHttpServer();
    proxy.on('connect', (request, socket) => {
      asked.push(request.url);
      const [host = '', port] = (request.url ?? '').split(':');
      const through = connect(Number(port), host, () => {
        socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
        through.pipe(socket).pipe(through);
      });
      through.on('error', () => socket.destroy());
      socket.on('error', () => through.destroy());
    });
    const proxyPort = await listen(proxy);
    const api = await client(({ webSocket }) => void webSocket.send(Buffer.concat([Buffer.of(0), Buffer.from('through')])), undefined, { proxyUrl: `http://127.0.0.1:${proxyPort}` });
    const stream = await api.portForward(target);
    const [chunk] = (await once(stream, 'data')) as [Buffer];
    expect(chunk.toString()).toBe('through');
    expect(asked).toHaveLength(1);
    stream.destroy();
  });
});
