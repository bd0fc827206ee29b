import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { createAdminApp } from './admin/admin.js';
import { FaultBoard } from './http/fault-board.js';
import { RequestLog } from './http/request-log.js';
import { createServiceApp } from './http/service-app.js';
import { Journal } from './journal.js';
import { registerKeystone } from './keystone/keystone.js';
import { IdentityStore } from './keystone/identity-store.js';
import { seedIdentity } from './keystone/seed-identity.js';
import { TokenKeeper } from './keystone/tokens.js';
import type { SimOptions } from './options.js';
import { leaseRange } from './range-lease.js';
import { SeedRegister } from './seed-register.js';
import type { ServiceName, SimContext, SimSettings } from './sim-context.js';
import { unpluggedAddresses, unpluggedGuests, unpluggedKubernetes } from './unplugged.js';

const ports: Record<ServiceName, number> = { identity: 5000, image: 9292, compute: 8774, network: 9696, volumev3: 8776, orchestration: 8004 };
const adminPort = 9000;
const proxyPort = 3128;
const region = 'RegionOne';

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
  };
  const store = new IdentityStore(journal);
  const tokens = new TokenKeeper(journal, store, settings);
  const readyActions: (() => void)[] = [];
  const closeActions: (() => Promise<void> | void)[] = [];
  const context: SimContext = {
    journal,
    settings,
    dataDir,
    rangePrefix: lease.prefix,
    region,
    baseUrl: (service) => `http://${host}:${ports[service]}`,
    verifyToken: (token) => tokens.verify(token),
    internalToken: (projectId, userId) => tokens.forService(projectId, userId),
    internalSecret: randomBytes(24).toString('hex'),
    volumeDir: (volumeId) => join(dataDir, 'volumes', volumeId),
    addresses: unpluggedAddresses,
    guests: unpluggedGuests,
    kubernetes: unpluggedKubernetes,
    onReady: (action) => void readyActions.push(action),
    onClose: (action) => void closeActions.push(action),
    log,
  };
  mkdirSync(join(dataDir, 'volumes'), { recursive: true });

  const seeds = new SeedRegister();
  seedIdentity(context, store, seeds, options.containerInfra);
  const plumbing = { faults: new FaultBoard(), requests: new RequestLog() };
  const apps = new Map<number, FastifyInstance>();
  const appOf = (service: ServiceName): FastifyInstance => {
    const app = createServiceApp(service, context, plumbing);
    apps.set(ports[service], app);
    return app;
  };
  registerKeystone(appOf('identity'), { context, store, tokens });
  apps.set(adminPort, createAdminApp(context, plumbing, () => ({})));

  for (const [port, app] of apps) await app.listen({ host, port });
  for (const action of readyActions) action();

  return {
    context,
    adminUrl: `http://${host}:${adminPort}`,
    proxyUrl: `http://${host}:${proxyPort}`,
    range: `${lease.prefix}.0/24`,
    close: async () => {
      plumbing.faults.clear();
      for (const action of closeActions) await action();
      await Promise.all([...apps.values()].map((app) => app.close()));
      await context.guests.close?.();
      await context.kubernetes.close?.();
      journal.close();
      await lease.release();
      if (options.dataDir === undefined) rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
