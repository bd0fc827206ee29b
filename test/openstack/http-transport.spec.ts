import { once } from 'node:events';
import { createServer as createHttpServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { createCa, issueServerCertificate } from '../../src/kubernetes/certificates/certificate-authority.js';
import { CloudUnavailableError } from '../../src/openstack/cloud-error.js';
import { HttpTransport, type AttemptRecord, type HttpCall, type TransportOptions } from '../../src/openstack/http-transport.js';

/** A service that misbehaves as a test wants; the simulator plays the well-behaved ones. */
let servers: Server[] = [];
let transports: HttpTransport[] = [];

async function listen(server: Server): Promise<number> {
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

const serve = (listener: RequestListener): Promise<number> => listen(createHttpServer(listener));

const options: TransportOptions = { connectTimeoutMs: 1000, timeoutMs: 1000, retries: 2, retryWindowMs: 10_000, answerLimitBytes: 1000 };

function transport(more: Partial<TransportOptions> = {}): HttpTransport {
  const made = new HttpTransport({ ...options, ...more });
  transports.push(made);
  return made;
}

const call = (port: number, more: Partial<HttpCall> = {}): HttpCall => ({
  service: 'heat',
  method: 'GET',
  url: new URL(`http://127.0.0.1:${port}/stacks`),
  headers: { 'x-auth-token': 'hush' },
  requestId: 'req-1',
  repeatable: true,
  ...more,
});

const post = (port: number): HttpCall => call(port, { method: 'POST', body: { a: 1 }, repeatable: false });

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request as AsyncIterable<Buffer>) text += chunk.toString('utf8');
  return text;
}

afterEach(async () => {
  await Promise.all(transports.map((each) => each.close()));
  await Promise.all(
    servers.map((server) => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    }),
  );
  servers = [];
  transports = [];
});

describe('HttpTransport', () => {
  it('sends headers, the request id and a JSON body, and answers status, headers and text', async () => {
    const seen: unknown[] = [];
    const port = await serve((request, response) => {
      void bodyOf(request).then((body) => {
        seen.push(request.method, request.url, request.headers['x-auth-token'], request.headers['x-openstack-request-id'], request.headers['content-type'], body);
        response.writeHead(201, { 'X-Thing': 'yes' }).end('text');
      });
    });
    const answer = await transport().send(post(port));
    expect(answer).toMatchObject({ status: 201, text: 'text', headers: { 'x-thing': 'yes' } });
    expect(seen).toEqual(['POST', '/stacks', 'hush', 'req-1', 'application/json', '{"a":1}']);
  });

  it('tries what may be repeated again after 503 and after a reset', async () => {
    let count = 0;
    const port = await serve((request, response) => {
      count += 1;
      if (count === 1) request.socket.destroy();
      else response.writeHead(count === 2 ? 503 : 200).end('');
    });
    expect((await transport().send(call(port))).status).toBe(200);
    expect(count).toBe(3);
  });

  it('sends what may not be repeated once, since a broken connection may have done it', async () => {
    let count = 0;
    const port = await serve((request) => {
      count += 1;
      request.socket.destroy();
    });
    await expect(transport().send(post(port))).rejects.toThrow(CloudUnavailableError);
    expect(count).toBe(1);
  });

  it('repeats even those when nobody was there to do it', async () => {
    const attempts: AttemptRecord[] = [];
    const port = await serve(() => undefined);
    await new Promise((resolve) => servers[0]?.close(resolve));
    await expect(transport({ onAttempt: (attempt) => attempts.push(attempt) }).send(post(port))).rejects.toThrow(/ECONNREFUSED.*tried 3 times/);
    expect(attempts.map(({ attempt, status }) => [attempt, status])).toEqual([[1, null], [2, null], [3, null]]);
  });

  it('waits as long as Retry-After says', async () => {
    let count = 0;
    const port = await serve((_, response) => {
      count += 1;
      response.writeHead(count === 1 ? 429 : 200, { 'Retry-After': '1' }).end('');
    });
    const startedAt = performance.now();
    expect((await transport().send(post(port))).status).toBe(200);
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(990);
  });

  it('answers the last status when it gives up', async () => {
    const port = await serve((_, response) => response.writeHead(500).end('broken'));
    expect(await transport().send(call(port))).toMatchObject({ status: 500, text: 'broken' });
  });

  it.each<[string, RequestListener]>([
    ['a service that is silent', () => undefined],
    ['an answer that never ends', (_, response) => void response.writeHead(200).write('x')],
    ['an answer that drips', (_, response) => {
      response.writeHead(200);
      const drip = setInterval(() => response.write('x'), 20);
      response.on('close', () => clearInterval(drip));
    }],
  ])('ends %s at the deadline', async (_, listener) => {
    const port = await serve(listener);
    const startedAt = performance.now();
    await expect(transport({ timeoutMs: 200, retries: 0 }).send(call(port))).rejects.toThrow(/no whole answer within 0.2 s/);
    expect(performance.now() - startedAt).toBeLessThan(900);
  });

  it('refuses an answer that is too large, at once and for good', async () => {
    let count = 0;
    const port = await serve((_, response) => {
      count += 1;
      response.writeHead(200).end('x'.repeat(1001));
    });
    await expect(transport().send(call(port))).rejects.toThrow(/larger than 1000 bytes/);
    expect(count).toBe(1);
  });

  it("ends with the caller's reason, during a call and during a pause", async () => {
    const port = await serve((request, response) => {
      if (request.url === '/busy') response.writeHead(503, { 'Retry-After': '9' }).end('');
      else arrived.abort();
    });
    const arrived = new AbortController();
    const reason = new Error('the lease is lost');
    const during = new AbortController();
    arrived.signal.addEventListener('abort', () => during.abort(reason));
    await expect(transport().send(call(port), { signal: during.signal })).rejects.toBe(reason);

    const pausing = new AbortController();
    const onAttempt = (): void => pausing.abort(reason);
    const url = new URL(`http://127.0.0.1:${port}/busy`);
    await expect(transport({ onAttempt }).send(call(port, { url }), { signal: pausing.signal })).rejects.toBe(reason);
  });

  it('asks before every attempt whether it may be sent', async () => {
    let count = 0;
    const port = await serve((_, response) => {
      count += 1;
      response.writeHead(503).end('');
    });
    let permissions = 1;
    const beforeAttempt = (): void => {
      if (permissions-- === 0) throw new Error('not any more');
    };
    await expect(transport().send(call(port), { beforeAttempt })).rejects.toThrow('not any more');
    expect(count).toBe(1);
  });

  it('does not follow redirects', async () => {
    const port = await serve((request, response) => response.writeHead(request.url === '/stacks' ? 302 : 200, { Location: '/elsewhere' }).end(''));
    expect(await transport().send(call(port))).toMatchObject({ status: 302, headers: { location: '/elsewhere' } });
  });

  it('trusts the given authority only, and does not try a second time with one that is foreign', async () => {
    const now = new Date();
    const [ca, foreign] = [await createCa('ours', { now }), await createCa('ours', { now })];
    const server = await issueServerCertificate(ca, { commonName: 'heat', names: ['127.0.0.1'], days: 2, now });
    const port = await listen(createHttpsServer({ cert: server.certificatePem, key: server.privateKeyPem }, (_, response) => response.end('private')));
    const url = new URL(`https://127.0.0.1:${port}/stacks`);
    expect(await transport({ caPem: ca.certificatePem }).send(call(port, { url }))).toMatchObject({ text: 'private' });
    const attempts: AttemptRecord[] = [];
    const distrusting = transport({ caPem: foreign.certificatePem, onAttempt: (attempt) => attempts.push(attempt) });
    await expect(distrusting.send(call(port, { url }))).rejects.toThrow(/certificate/i);
    expect(attempts).toHaveLength(1);
  });
});
