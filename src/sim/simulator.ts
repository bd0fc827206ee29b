import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import type { Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { createAdminApp } from './admin/admin.js';
import { createCloud } from './cloud.js';
import { createGuestHost } from './guest/guest-host.js';
import { FaultBoard } from './http/fault-board.js';
import { Listeners } from './http/listeners.js';
import { RequestLog } from './http/request-log.js';
import { createServiceApp } from './http/service-app.js';
import { Journal } from './journal.js';
import { createKubernetesHost } from './kubernetes/kubernetes-host.js';
import { IdentityStore } from './keystone/identity-store.js';
import { TokenKeeper } from './keystone/tokens.js';
import { AddressDirectory } from './neutron/address-directory.js';
import { NetworkStore } from './neutron/network-store.js';
import type { SimOptions } from './options.js';
import { createProxy } from './proxy/http-proxy.js';
import { leaseRange } from './range-lease.js';
import type { GuestHost, KubernetesHost, ServiceName, SimContext, SimSettings } from './sim-context.js';

const ports: Record<ServiceName, number> = { identity: 5000, image: 9292, compute: 8774, network: 9696, volumev3: 8776, orchestration: 8004, 'load-balancer': 9876 };
const adminPort = 9000;
const proxyPort = 3128;

export interface Simulator {
  context: SimContext;
  adminUrl: string;
  proxyUrl: string;
  range: string;
  close(): Promise<void>;
}

/** Leases a range, restores what the data directory remembers, seeds the rest and listens with every service. */
export async function startSimulator(options: SimOptions, log: SimContext['log']): Promise<Simulator> {
  const dataDir = resolve(options.dataDir ?? mkdtempSync(join(tmpdir(), 'jeroboam-sim-')));
  const lease = await leaseRange(dataDir);
  const host = `${lease.prefix}.1`;
  const journal = new Journal(dataDir);
  const settings: SimSettings = {
    bootSeconds: options.bootSeconds,
    heatResourceMs: options.heatResourceMs,
    callMs: options.callMs,
    tokenSeconds: options.tokenSeconds,
    cinder: options.cinder,
    octavia: options.octavia,
  };
  const identity = new IdentityStore(journal);
  const tokens = new TokenKeeper(journal, identity, settings);
  const network = new NetworkStore(journal);
  const directory = new AddressDirectory(network);
  const readyActions: (() => void)[] = [];
  const closeActions: (() => Promise<void> | void)[] = [];
  // Both are made from the context that they are part of.
  const hosts: { guests?: GuestHost; kubernetes?: KubernetesHost } = {};
  const context: SimContext = {
    journal,
    settings,
    dataDir,
    rangePrefix: lease.prefix,
    region: 'RegionOne',
    baseUrl: (service) => `http://${host}:${ports[service]}`,
    verifyToken: (token) => tokens.verify(token),
    internalToken: (projectId, userId) => tokens.forService(projectId, userId),
    internalSecret: randomBytes(24).toString('hex'),
    volumeDir: (volumeId) => join(dataDir, 'volumes', volumeId),
    addresses: directory,
    get guests() {
      return pluggedIn(hosts.guests);
    },
    get kubernetes() {
      return pluggedIn(hosts.kubernetes);
    },
    onReady: (action) => void readyActions.push(action),
    onClose: (action) => void closeActions.push(action),
    log,
  };
  mkdirSync(join(dataDir, 'volumes'), { recursive: true });
  const plumbing = { faults: new FaultBoard(), requests: new RequestLog() };
  hosts.kubernetes = createKubernetesHost(context, plumbing);
  hosts.guests = createGuestHost(context);

  const apps: { name: string; port: number; app: FastifyInstance }[] = [];
  const listenAs = (service: ServiceName): FastifyInstance => {
    const app = createServiceApp(service, context, plumbing);
    apps.push({ name: service, port: ports[service], app });
    return app;
  };
  const cloud = createCloud({ context, identity, tokens, network, directory, containerInfra: options.containerInfra }, listenAs);
  const listeners = new Listeners(apps.map(({ name, port, app }) => ({ name, server: app.server, host, port })));
  apps.push({ name: 'admin', port: adminPort, app: createAdminApp(context, { ...plumbing, listeners }, cloud.heatFaults, cloud) });
  const proxy = createProxy(context);

  for (const { port, app } of apps) await app.listen({ host, port });
  await listen(proxy, host, proxyPort);
  cloud.resume();
  for (const action of readyActions) action();

  return {
    context,
    adminUrl: `http://${host}:${adminPort}`,
    proxyUrl: `http://${host}:${proxyPort}`,
    range: `${lease.prefix}.0/24`,
    close: async () => {
      cloud.close();
      plumbing.faults.clear();
      for (const action of closeActions) await action();
      await context.guests.close?.();
      await context.kubernetes.close?.();
      await Promise.all([...apps.map(({ app }) => app.close()), new Promise((closed) => proxy.close(closed))]);
      journal.close();
      await lease.release();
      if (options.dataDir === undefined) rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((done, failed) => {
    server.once('error', failed);
    server.listen(port, host, done);
  });
}

function pluggedIn<T>(host: T | undefined): T {
  if (host === undefined) throw new Error('asked for a host before it was made');
  return host;
}
