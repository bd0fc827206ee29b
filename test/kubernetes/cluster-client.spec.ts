import { once } from 'node:events';
import { createServer as createHttpServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { connect, type AddressInfo } from 'node:net';
import { TLSSocket } from 'node:tls';
import { afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { PendingCalls } from '../../src/conductor/operation/pending-calls.js';
import type { KeyPairPem } from '../../src/driver-contract/index.js';
import { createCa, issueClientCertificate, issueServerCertificate } from '../../src/kubernetes/certificates/certificate-authority.js';
import type { ClusterAccess } from '../../src/kubernetes/cluster-access.js';
import { ClusterClientFactory } from '../../src/kubernetes/cluster-client-factory.js';
import type { ClusterClient } from '../../src/kubernetes/cluster-client.js';
import { ClusterKindMissingError, ClusterRefusedError, ClusterUnreachableError } from '../../src/kubernetes/cluster-error.js';
import { until } from '../support/until.js';

/** A tenant's machine that answers as a test wants; what a good API server answers is tested with the simulator. */
let ca: KeyPairPem;
let server: KeyPairPem;
let admin: KeyPairPem;
let servers: Server[] = [];
let factories: ClusterClientFactory[] = [];
const now = new Date();

beforeAll(async () => {
  ca = await createCa('my-cluster', { now });
  server = await issueServerCertificate(ca, { commonName: 'kube-apiserver', names: ['127.0.0.1'], days: 2, now });
  admin = await issueClientCertificate(ca, { commonName: 'admin', organization: 'system:masters', days: 2, now });
});

afterEach(async () => {
  await Promise.all(factories.map((factory) => factory.close()));
  await Promise.all(
    servers.map((each) => {
      each.closeAllConnections();
      return new Promise((resolve) => each.close(resolve));
    }),
  );
  factories = [];
  servers = [];
});

async function listen(each: Server): Promise<number> {
  servers.push(each);
  each.listen(0, '127.0.0.1');
  await once(each, 'listening');
  return (each.address() as AddressInfo).port;
}

const serve = (listener: RequestListener): Promise<number> =>
  listen(createHttpsServer({ cert: server.certificatePem, key: server.privateKeyPem, ca: ca.certificatePem, requestCert: true, rejectUnauthorized: true }, listener));

const factory = (more: { timeoutMs?: number } = {}): ClusterClientFactory => {
  const made = new ClusterClientFactory({ connectTimeoutMs: 1000, timeoutMs: 2000, answerLimitBytes: 100_000, ...more });
  factories.push(made);
  return made;
};

const access = (port: number, more: Partial<ClusterAccess> = {}): ClusterAccess => ({
  clusterId: 'c1',
  apiAddress: `https://127.0.0.1:${port}`,
  caPem: ca.certificatePem,
  ...admin,
  ...more,
});

const client = async (listener: RequestListener, more: { timeoutMs?: number } = {}): Promise<ClusterClient> => factory(more).clientFor(access(await serve(listener)));

const answer = (response: ServerResponse, status: number, body: unknown): void => void response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));

const node = (name: string, ready: 'True' | 'Unknown' = 'True'): unknown => ({
  metadata: { name, uid: `uid-${name}`, creationTimestamp: '2026-03-01T12:00:00Z', labels: { role: 'worker' } },
  spec: { providerID: `openstack:///${name}` },
  status: {
    addresses: [{ type: 'InternalIP', address: '10.0.0.5' }],
    conditions: [{ type: 'Ready', status: ready, reason: 'KubeletReady', message: '', lastTransitionTime: null }],
    nodeInfo: { kubeletVersion: 'v1.32.4' },
  },
});

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  let text = '';
  for await (const chunk of request as AsyncIterable<Buffer>) text += chunk.toString('utf8');
  return JSON.parse(text);
}

describe('ClusterClient', () => {
  it('shows its certificate and keeps its connections', async () => {
    const sockets = new Set<unknown>();
    const names: unknown[] = [];
    const cluster = await client((request, response) => {
      sockets.add(request.socket);
      if (request.socket instanceof TLSSocket) names.push(request.socket.getPeerCertificate().subject);
      answer(response, 200, { gitVersion: 'v1.32.4' });
    });
    for (let count = 0; count < 20; count++) expect(await cluster.getVersion()).toBe('v1.32.4');
    // The second call may come while the first one's connection is being put back.
    expect(sockets.size).toBeLessThanOrEqual(2);
    expect(names[0]).toMatchObject({ O: 'system:masters', CN: 'admin' });
  });

  it('tells the API server who asks and what for', async () => {
    const seen: unknown[] = [];
    const cluster = await client((request, response) => {
      seen.push([request.headers['audit-id'], request.headers['user-agent']]);
      answer(response, 200, { gitVersion: 'v1.32.4' });
    });
    await cluster.getVersion();
    await cluster.getVersion({ requestId: 'req-1', purpose: 'cluster-create; await-nodes' });
    expect(seen).toEqual([
      [undefined, 'jeroboam'],
      ['req-1', 'jeroboam (cluster-create; await-nodes)'],
    ]);
  });

  it('lists nodes of all pages', async () => {
    const cluster = await client((request, response) => {
      const next = new URL(request.url ?? '', 'http://x').searchParams.get('continue');
      answer(response, 200, next === null ? { metadata: { continue: 'page2' }, items: [node('a')] } : { metadata: {}, items: [node('b', 'Unknown')] });
    });
    const nodes = await cluster.listNodes();
    expect(nodes.map(({ name, ready }) => [name, ready])).toEqual([['a', true], ['b', false]]);
    expect(nodes[0]).toMatchObject({
      kubeletVersion: 'v1.32.4',
      providerId: 'openstack:///a',
      unschedulable: false,
      addresses: [{ type: 'InternalIP', address: '10.0.0.5' }],
      labels: { role: 'worker' },
    });
  });

  it.each([
    [200, true],
    [500, false],
    [503, false],
  ])('takes a readiness of %d for %s', async (status, ready) => {
    const cluster = await client((_, response) => response.writeHead(status).end('ok'));
    expect(await cluster.isReady()).toBe(ready);
  });

  it('applies objects where the cluster serves their kind', async () => {
    const applied: unknown[] = [];
    const cluster = await client((request, response) => {
      if (request.url === '/apis/apps/v1') answer(response, 200, { resources: [{ name: 'daemonsets', kind: 'DaemonSet', namespaced: true }, { name: 'daemonsets/status', kind: 'DaemonSet', namespaced: true }] });
      else if (request.url === '/apis/rbac.authorization.k8s.io/v1') answer(response, 200, { resources: [{ name: 'clusterroles', kind: 'ClusterRole', namespaced: false }] });
      else {
        void bodyOf(request).then((body) => {
          applied.push([request.method, request.url, request.headers['content-type'], body]);
          answer(response, 200, {});
        });
      }
    });
    const daemonSet = { apiVersion: 'apps/v1', kind: 'DaemonSet', metadata: { name: 'cni', namespace: 'kube-system' }, spec: { aFieldOfTomorrow: 1 } };
    const role = { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata: { name: 'system:CNI' } };
    await cluster.applyManifest(daemonSet);
    await cluster.applyManifest(role);
    expect(applied).toEqual([
      ['PATCH', '/apis/apps/v1/namespaces/kube-system/daemonsets/cni?fieldManager=jeroboam&force=true', 'application/apply-patch+yaml', daemonSet],
      ['PATCH', '/apis/rbac.authorization.k8s.io/v1/clusterroles/system%3ACNI?fieldManager=jeroboam&force=true', 'application/apply-patch+yaml', role],
    ]);
  });

  it('waits for a kind that is not served yet', async () => {
    const cluster = await client((_, response) => answer(response, 404, { kind: 'Status', reason: 'NotFound', message: 'not here' }));
    const object = { apiVersion: 'example.org/v1', kind: 'Thing', metadata: { name: 'x' } };
    await expect(cluster.applyManifest(object)).rejects.toThrow(ClusterKindMissingError);
    await expect(cluster.applyManifest(object)).rejects.toMatchObject({ retryable: true });
  });

  it('makes a token good for joining, and takes it away', async () => {
    const calls: unknown[] = [];
    const cluster = await client((request, response) => {
      if (request.url === '/api/v1') answer(response, 200, { resources: [{ name: 'secrets', kind: 'Secret', namespaced: true }] });
      else if (request.method === 'DELETE') {
        calls.push(request.url);
        answer(response, calls.length === 2 ? 200 : 404, { kind: 'Status' });
      } else {
        void bodyOf(request).then((body) => {
          calls.push(body);
          answer(response, 201, {});
        });
      }
    });
    await cluster.ensureBootstrapToken({ token: 'abcdef.0123456789abcdef', description: 'node x', expiresAt: '2026-03-01T12:00:00Z' });
    await cluster.deleteBootstrapToken('abcdef.0123456789abcdef');
    await cluster.deleteBootstrapToken('abcdef.0123456789abcdef');
    expect(calls[0]).toMatchObject({ type: 'bootstrap.kubernetes.io/token', metadata: { name: 'bootstrap-token-abcdef', namespace: 'kube-system' } });
    expect(calls[0]).toHaveProperty('data.token-secret', Buffer.from('0123456789abcdef').toString('base64'));
    expect(calls[1]).toBe('/api/v1/namespaces/kube-system/secrets/bootstrap-token-abcdef');
  });

  it('tells what a cluster refuses from what it cannot do now', async () => {
    let status = 403;
    const cluster = await client((_, response) => answer(response, status, { kind: 'Status', reason: 'Forbidden', message: 'nodes is forbidden' }));
    await expect(cluster.listNodes()).rejects.toThrow(ClusterRefusedError);
    await expect(cluster.listNodes()).rejects.toMatchObject({ status: 403, reason: 'Forbidden', retryable: false, message: /cluster c1 answered 403 to GET \/api\/v1\/nodes: nodes is forbidden/ });
    for (status of [429, 500, 504, 410]) await expect(cluster.listNodes()).rejects.toThrow(ClusterUnreachableError);
  });

  it('does not go where an answer sends it', async () => {
    let visits = 0;
    const elsewhere = await serve((_, response) => {
      visits += 1;
      answer(response, 200, {});
    });
    const cluster = await client((_, response) => response.writeHead(307, { Location: `https://127.0.0.1:${elsewhere}/api/v1/nodes` }).end());
    await expect(cluster.listNodes()).rejects.toThrow(/redirect, which is not followed/);
    expect(visits).toBe(0);
  });

  it('does not hold more than it was told to', async () => {
    const cluster = await client((_, response) => response.writeHead(200).end('x'.repeat(200_000)));
    await expect(cluster.listNodes()).rejects.toThrow(/larger than 100000 bytes/);
  });

  it('does not wait longer than it was told to', async () => {
    const cluster = await client(() => undefined, { timeoutMs: 200 });
    await expect(cluster.listNodes()).rejects.toThrow(/no whole answer within 0.2 s/);
    await expect(cluster.listNodes({ timeoutMs: 100 })).rejects.toThrow(/within 0.1 s/);
    const reason = new Error('the lease is lost');
    await expect(cluster.listNodes({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });

  it('is named while it does not answer, and only then', async () => {
    let milliseconds = 0;
    const calls = new PendingCalls(() => milliseconds);
    const waiting: ServerResponse[] = [];
    const cluster = await client((_, response) => void waiting.push(response), { timeoutMs: 60_000 });
    const ready = cluster.isReady({ onAttempt: calls.begin });
    milliseconds = 5_000;
    expect(calls.reason(5_000)).toBe("the cluster's Kubernetes API, which does not answer to GET /readyz so far");
    await until(() => waiting.length === 1, { what: 'the call to arrive' });
    waiting[0]?.end('ok');
    expect(await ready).toBe(true);
    expect(calls.reason(5_000)).toBeUndefined();
  });

  it('is not called pending after its deadline, which the caller reports', async () => {
    const calls = new PendingCalls();
    const cluster = await client(() => undefined, { timeoutMs: 50 });
    await expect(cluster.isReady({ onAttempt: calls.begin })).rejects.toThrow(ClusterUnreachableError);
    expect(calls.reason(0)).toBeUndefined();
  });

  it('calls nobody ready who does not answer, answers something else, or is not the one it knows', async () => {
    const cluster = await client((_, response) => response.writeHead(200).end('<html>'));
    await expect(cluster.getVersion()).rejects.toThrow(/not what Kubernetes promises/);
    const foreign = await createCa('my-cluster', { now });
    const port = await serve((_, response) => response.end('ok'));
    await expect(factory().clientFor(access(port, { caPem: foreign.certificatePem })).isReady()).rejects.toThrow(ClusterUnreachableError);
    await expect(factory().clientFor(access(1)).isReady()).rejects.toThrow(/ECONNREFUSED/);
  });

  it('goes through a proxy into a network that it cannot reach itself', async () => {
    const port = await serve((_, response) => answer(response, 200, { gitVersion: 'v1.32.4' }));
    const asked: unknown[] = [];
    const proxy = createHttpServer();
    proxy.on('connect', (request, socket) => {
      asked.push(request.url);
      const target = connect(port, '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
        target.pipe(socket).pipe(target);
      });
      target.on('error', () => socket.destroy());
      socket.on('error', () => target.destroy());
      socket.on('close', () => target.destroy());
    });
    const proxyPort = await listen(proxy);
    // The name in the certificate is what counts, also behind the proxy.
    const cluster = factory().clientFor(access(port, { proxyUrl: `http://127.0.0.1:${proxyPort}` }));
    expect(await cluster.getVersion()).toBe('v1.32.4');
    expect(asked).toEqual([`127.0.0.1:${port}`]);
  });
});

describe('ClusterClientFactory', () => {
  it('shares one client while the access is the same', async () => {
    const clusters = factory();
    const first = clusters.clientFor(access(1));
    expect(clusters.clientFor(access(1))).toBe(first);
    expect(clusters.clientFor(access(2))).not.toBe(first);
    await clusters.evict('c1');
    expect(clusters.clientFor(access(2))).not.toBe(first);
  });

  it('lets a call end on the client that is replaced', async () => {
    const release = new AbortController();
    const port = await serve((request, response) => {
      if (request.url === '/version') release.signal.addEventListener('abort', () => answer(response, 200, { gitVersion: 'v1' }));
      else answer(response, 200, {});
    });
    const clusters = factory();
    const inFlight = clusters.clientFor(access(port)).getVersion();
    const other = await issueClientCertificate(ca, { commonName: 'admin', days: 2, now });
    const next = clusters.clientFor(access(port, other));
    expect(await next.isReady()).toBe(true);
    release.abort();
    expect(await inFlight).toBe('v1');
  });
});
