import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DataSource } from 'typeorm';
import { startEnvironment, type Environment } from '../../src/launch/environment.js';
import { CloudSession, putServerIntoError } from './cloud-session.js';
import { apiClient, type ApiClient } from './api-client.js';
import { startInvariantMonitor, type InvariantMonitor } from './invariant-monitor.js';
import { joinLab } from './lab-world.js';
import { startTestDatabase, type TestDatabase } from './postgres.js';
import { patience, realCloud } from './real-cloud.js';
import { installStateGuards, stateViolations } from './state-guards.js';
import { systemEnvironment } from './system-environment.js';
import { until } from './until.js';

/** Short times, so that what production waits minutes for is seen in seconds; nothing but durations differs. */
const quickSettings = {
  JEROBOAM_LEASE_SECONDS: '2',
  JEROBOAM_LEASE_RENEW_SECONDS: '0.5',
  JEROBOAM_SWEEP_SECONDS: '0.5',
  JEROBOAM_POLL_MIN_SECONDS: '0.2',
  JEROBOAM_POLL_MAX_SECONDS: '1',
  JEROBOAM_HTTP_TIMEOUT_SECONDS: '5',
  JEROBOAM_CLEANUP_PATIENCE_SECONDS: '2',
  JEROBOAM_LOG_LEVEL: 'debug',
};

/** Real services may be slow to answer; takeovers still need not wait for a quarter of a minute. */
const patientSettings = {
  JEROBOAM_LEASE_SECONDS: '5',
  JEROBOAM_LEASE_RENEW_SECONDS: '1',
  JEROBOAM_SWEEP_SECONDS: '1',
  JEROBOAM_POLL_MAX_SECONDS: '3',
  JEROBOAM_LOG_LEVEL: 'debug',
};

export interface LifecycleEnvironment {
  readonly environment: Environment;
  readonly database: DataSource;
  readonly demo: ApiClient;
  /** Creates a template and answers its id. */
  createTemplate(name: string, overrides?: Record<string, unknown>): Promise<string>;
  createCluster(name: string, template: string, overrides?: Record<string, unknown>): Promise<string>;
  /** The cluster's status once it ends in one of the suffixes; 404 counts as DELETE_COMPLETE. */
  settledStatus(clusterId: string, deadlineMs?: number): Promise<{ status: string; reason: string | null }>;
  /** What the cloud has beyond its seeds, as `kind: name`. */
  leftovers(): Promise<string[]>;
  /** Names of the servers and stacks in the cloud. */
  existing(): Promise<{ servers: string[]; stacks: string[] }>;
  /**
   * Starts a create that the cloud has a router for when it is accepted, and none any more when it is to be made. `because`
   * is what the reason of the failed stack must then say.
   */
  createWithoutRouter(create: () => Promise<string>): Promise<{ id: string; because: RegExp; lift: () => Promise<void> }>;
  /** Nova shows this server in ERROR from now on. */
  breakServer(serverId: string): Promise<void>;
  /** The simulator's admin API. */
  admin(method: string, path: string, body?: unknown): Promise<unknown>;
  /**
   * Announces harm that the test itself does and that the invariant monitor (docs/testing.md) would lay at the product's
   * door: violations of this rule about this subject are forgiven. What somebody deletes or stops through OpenStack's API
   * needs no announcement.
   */
  allowViolation(rule: string, subject?: RegExp): void;
  /** Ends everything; throws when the invariant monitor saw violations, died, or saw nothing. */
  stop(): Promise<void>;
}

export interface LifecycleOptions {
  readonly settings?: Record<string, string>;
  readonly simulatorOptions?: readonly string[];
  readonly processes?: 'all' | 'separate';
  /** Puts something between the product and its database; answers the URL that the product is given. */
  readonly databaseUrl?: (url: string) => Promise<string>;
}

/** What differs between the simulated cloud and the lab's. */
export interface LifecycleWorld extends Pick<LifecycleEnvironment, 'leftovers' | 'existing' | 'createWithoutRouter' | 'breakServer' | 'admin'> {
  readonly demo: ApiClient;
  /** Of `demo`. */
  readonly keypair: string;
  stop(): Promise<void>;
}

/** A cloud, a database of its own and every server role as real processes. */
export async function startLifecycleEnvironment({ settings = {}, simulatorOptions = [], processes = 'separate', databaseUrl = (url) => Promise.resolve(url) }: LifecycleOptions = {}): Promise<LifecycleEnvironment> {
  const folder = mkdtempSync(join(tmpdir(), 'jeroboam-lifecycle-'));
  const database = await startTestDatabase();
  await installStateGuards(database.dataSource);
  const environment = await startEnvironment({
    dataFolder: folder,
    settings: { ...(realCloud ? { ...patientSettings, ...realCloud.settings } : quickSettings), JEROBOAM_DATABASE_URL: await databaseUrl(database.url), ...settings },
    system: systemEnvironment(),
    simulatorOptions: ['--boot-seconds', '0.3', ...simulatorOptions],
    processes,
    say: () => undefined,
  });
  const { world, monitor } = await enter(environment, database).catch(async (error: unknown) => {
    await environment.stop();
    await database.stop();
    throw error;
  });
  const { demo } = world;
  return {
    ...world,
    environment,
    database: database.dataSource,
    createTemplate: async (name, overrides = {}) => {
      const { uuid } = await demo.post<{ uuid: string }>('/v1/clustertemplates', { ...templateFields, keypair_id: world.keypair, name, ...overrides });
      return uuid;
    },
    createCluster: async (name, template, overrides = {}) => {
      const { uuid } = await demo.post<{ uuid: string }>('/v1/clusters', { name, cluster_template_id: template, node_count: 1, ...overrides });
      return uuid;
    },
    settledStatus: (clusterId, deadlineMs = 60_000 * patience) => settledStatus(demo, clusterId, deadlineMs),
    allowViolation: (rule, subject) => monitor?.allow(rule, subject),
    stop: async () => {
      const complaint = await monitor?.stop();
      await environment.stop();
      await world.stop();
      const violations = await stateViolations(database.dataSource);
      await database.stop();
      rmSync(folder, { recursive: true, force: true });
      const complaints = [
        ...(complaint === undefined ? [] : [complaint]),
        ...(violations.length === 0 ? [] : [`States changed as their tables do not allow:\n${violations.join('\n')}`]),
      ];
      if (complaints.length > 0) throw new Error(complaints.join('\n'));
    },
  };
}

/** The test's own ways into the world, and the monitor that watches a simulated one. */
async function enter(environment: Environment, database: TestDatabase): Promise<{ world: LifecycleWorld; monitor: InvariantMonitor | undefined }> {
  const { cloud, logFolder: folder } = environment;
  const world = realCloud ? await joinLab(realCloud, environment.apiUrl) : await simulatedWorld(environment);
  const monitor = cloud && (await startInvariantMonitor({ adminUrl: cloud.admin_url, databaseUrl: database.url, system: systemEnvironment(), folder }));
  return { world, monitor };
}

async function simulatedWorld(environment: Environment): Promise<LifecycleWorld> {
  const admin = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const answer = await fetch(`${environment.cloud?.admin_url ?? ''}${path}`, {
      method,
      ...(body === undefined ? {} : { headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${text}`);
    return text === '' ? undefined : JSON.parse(text);
  };
  const leftovers = async (): Promise<Leftovers> => (await admin('GET', '/leftovers')) as Leftovers;
  const names = (things: Leftovers[string] = []): string[] => things.map(({ id, name }) => name ?? id);
  return {
    admin,
    demo: await apiClient(environment, 'demo'),
    keypair: templateFields.keypair_id,
    leftovers: async () => listLeftovers(await leftovers()),
    existing: async () => {
      const { servers, stacks } = await leftovers();
      return { servers: names(servers), stacks: names(stacks) };
    },
    createWithoutRouter: async (create) => {
      await admin('POST', '/heat-faults', { stack: 'infra$', resource: 'router', action: 'CREATE', reason: 'the fault of this test', times: 1 });
      return { id: await create(), because: /the fault of this test/, lift: () => Promise.resolve() };
    },
    breakServer: async (serverId) => {
      if (!environment.cloud) throw new Error('no simulated cloud runs');
      const { auth_url: authUrl, password } = environment.cloud;
      await putServerIntoError(await CloudSession.logIn(authUrl, { user: 'admin', password, project: 'admin' }), serverId);
    },
    stop: () => Promise.resolve(),
  };
}

export const templateFields = {
  coe: 'kubernetes',
  image_id: 'ubuntu-2404-kube-v1.32.4',
  external_network_id: 'public',
  flavor_id: 'm1.small',
  master_flavor_id: 'm1.small',
  keypair_id: 'demo',
};

type Leftovers = Record<string, { id: string; name?: string }[]>;

const listLeftovers = (leftovers: Leftovers): string[] =>
  Object.entries(leftovers).flatMap(([kind, things]) => things.map((thing) => `${kind}: ${thing.name ?? thing.id}`));

async function settledStatus(api: ApiClient, clusterId: string, deadlineMs: number): Promise<{ status: string; reason: string | null }> {
  let last = { status: 'unknown', reason: null as string | null };
  await until(
    async () => {
      const answer = await api.call('GET', `/v1/clusters/${clusterId}`);
      if (answer.status === 404) last = { status: 'DELETE_COMPLETE', reason: null };
      else {
        const { status, status_reason: reason } = answer.body as { status: string; status_reason: string | null };
        last = { status, reason };
      }
      return /_(COMPLETE|FAILED)$/.test(last.status);
    },
    { deadlineMs, everyMs: 100, what: `cluster ${clusterId} to settle` },
  ).catch((error: unknown) => {
    throw new Error(`${String(error)} Last seen: ${last.status} (${last.reason ?? 'no reason'})`, { cause: error });
  });
  return last;
}
