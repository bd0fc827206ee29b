import { mkdtempSync, mkdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FastifyInstance, InjectOptions } from 'fastify';
import { createCloud, type Cloud } from '../../src/sim/cloud.js';
import { FaultBoard } from '../../src/sim/http/fault-board.js';
import { RequestLog } from '../../src/sim/http/request-log.js';
import { createServiceApp } from '../../src/sim/http/service-app.js';
import { Journal } from '../../src/sim/journal.js';
import { IdentityStore } from '../../src/sim/keystone/identity-store.js';
import { TokenKeeper } from '../../src/sim/keystone/tokens.js';
import { AddressDirectory } from '../../src/sim/neutron/address-directory.js';
import { NetworkStore } from '../../src/sim/neutron/network-store.js';
import type { GuestHost, ServiceName, SimContext } from '../../src/sim/sim-context.js';
import type { Network, NetworkAnswer, NetworkRequest, Service } from './network.js';
import { currentProcess, type WorldProcess } from './scheduler.js';

/** The simulator's services in this process, each behind its usual URL of the virtual network. */
export interface SimulatedServices {
  readonly context: SimContext;
  readonly cloud: Cloud;
  readonly directory: AddressDirectory;
  find(origin: string): Service | undefined;
  serviceAt(origin: string): ServiceName | undefined;
  close(): Promise<void>;
}

const origins: Readonly<Record<ServiceName, string>> = {
  identity: 'http://keystone:5000',
  image: 'http://glance:9292',
  compute: 'http://nova:8774',
  network: 'http://neutron:9696',
  volumev3: 'http://cinder:8776',
  orchestration: 'http://heat:8004',
  'load-balancer': 'http://octavia:9876',
};

export const authUrl = `${origins.identity}/v3`;

/** Builds the services; they answer from the moment this resolves. */
export async function buildServices(network: () => Network, guests: (context: SimContext, directory: AddressDirectory) => GuestHost): Promise<SimulatedServices> {
  const dataDir = mkdtempSync(join(tmpdir(), 'jeroboam-seed-'));
  mkdirSync(join(dataDir, 'volumes'));
  const journal = new Journal(dataDir);
  const settings = { bootSeconds: 0, heatResourceMs: 0, callMs: 0, tokenSeconds: 3_600, cinder: true, octavia: false };
  const identity = new IdentityStore(journal);
  const tokens = new TokenKeeper(journal, identity, settings);
  const store = new NetworkStore(journal);
  const directory = new AddressDirectory(store);
  const closing: (() => Promise<void> | void)[] = [];
  const plugged: { guests?: GuestHost } = {};
  const context: SimContext = {
    ...{ journal, settings, dataDir, rangePrefix: '127.250.0', region: 'RegionOne', addresses: directory },
    baseUrl: (service) => origins[service],
    verifyToken: (token) => tokens.verify(token),
    internalToken: (projectId, userId) => tokens.forService(projectId, userId),
    internalSecret: 'between-services',
    internalDispatcher: network().dispatcher(),
    volumeDir: (volumeId) => join(dataDir, 'volumes', volumeId),
    get guests() {
      if (!plugged.guests) throw new Error('no machines yet');
      return plugged.guests;
    },
    get kubernetes(): never {
      throw new Error('the machines of this world have an API of their own');
    },
    onReady: (action) => action(),
    onClose: (action) => void closing.push(action),
    log: () => undefined,
  };
  plugged.guests = guests(context, directory);
  const plumbing = { faults: new FaultBoard(), requests: new RequestLog() };
  const services = new Map<string, Service & { readonly name: ServiceName; readonly app: FastifyInstance }>();
  const cloud = createCloud({ context, identity, tokens, network: store, directory, containerInfra: undefined }, (name) => {
    const app = createServiceApp(name, context, plumbing);
    const process: WorldProcess = { name, state: 'running' };
    services.set(origins[name], { name, app, process, answer: (request) => currentProcess.run(process, () => inject(app, request)) });
    return app;
  });
  for (const { app } of services.values()) await app.ready();
  return {
    context,
    cloud,
    directory,
    find: (origin) => services.get(origin),
    serviceAt: (origin) => services.get(origin)?.name,
    close: async () => {
      cloud.close();
      for (const action of closing) await action();
      journal.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** A request to a Fastify application without a listener. */
export async function inject(app: FastifyInstance, request: NetworkRequest): Promise<NetworkAnswer> {
  const options: InjectOptions = {
    method: request.method,
    url: request.path,
    headers: { ...request.headers },
    ...(request.body === '' ? {} : { payload: request.body }),
  };
  const { statusCode, headers, payload } = await app.inject(options);
  return {
    status: statusCode,
    headers: Object.fromEntries(Object.entries(headers).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]]))),
    body: payload,
  };
}
