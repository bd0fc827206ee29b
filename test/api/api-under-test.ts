import { randomBytes } from 'node:crypto';
import { pino } from 'pino';
import { loadK8sUbuntuDriver } from '../../drivers/k8s-ubuntu/k8s-ubuntu.driver.js';
import { loadConfig, type Config } from '../../src/config/config.js';
import { SecretStore } from '../../src/database/secret-store.js';
import type { Runtime } from '../../src/magnum-api/runtime.js';
import { startMagnumApi } from '../../src/magnum-api/start-magnum-api.js';
import { cloudOptions } from '../../src/openstack/cloud-options.js';
import { createCloud } from '../../src/openstack/cloud.js';
import { sealingKeyRing } from '../../src/secrets/sealing-key-ring.js';
import { startTestDatabase, type TestDatabase } from '../support/postgres.js';
import { startSimulatedCloud, type SimulatedCloud } from '../support/simulated-cloud.js';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
  /** A value inside the body, for example `errors.0.title`; undefined when there is none. */
  readonly at: (path: string) => unknown;
}

function valueAt(body: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((value, key) => (typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined), body);
}

export interface CallOptions {
  /** User whose token is sent (project of the same name); null sends none. */
  readonly as?: string | null;
  readonly body?: unknown;
  readonly version?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface ApiUnderTest {
  readonly url: string;
  readonly config: Config;
  readonly runtime: Runtime;
  readonly database: TestDatabase;
  readonly cloud: SimulatedCloud;
  /** Ids of operations that the API asked the queue to wake. */
  readonly woken: readonly string[];
  call(method: string, path: string, options?: CallOptions): Promise<Answer>;
  token(user: string): Promise<string>;
  /** Every row of every table, for "nothing changed". */
  dump(): Promise<Record<string, unknown[]>>;
  stop(): Promise<void>;
}

export interface StartOptions {
  readonly settings?: Readonly<Record<string, string>>;
  readonly simFlags?: readonly string[];
}

/** A real magnum-api over a real PostgreSQL and a simulated cloud. */
export async function startApi({ settings = {}, simFlags = [] }: StartOptions = {}): Promise<ApiUnderTest> {
  const [database, cloud] = await Promise.all([startTestDatabase(), startSimulatedCloud(simFlags)]);
  const config = loadConfig({
    JEROBOAM_DATABASE_URL: database.url,
    JEROBOAM_OS_AUTH_URL: cloud.authUrl,
    JEROBOAM_OS_USERNAME: 'jeroboam',
    JEROBOAM_OS_PASSWORD: cloud.password,
    JEROBOAM_API_LISTEN: '127.0.0.1:0',
    JEROBOAM_LOG_LEVEL: 'silent',
    JEROBOAM_SEALING_KEY: randomBytes(32).toString('base64'),
    JEROBOAM_HTTP_RETRIES: '0',
    ...settings,
  });
  const woken: string[] = [];
  const openStack = createCloud(cloudOptions(config));
  const runtime: Runtime = {
    config,
    dataSource: database.dataSource,
    cloud: openStack,
    drivers: [loadK8sUbuntuDriver()],
    queue: { wake: (operationId) => Promise.resolve(woken.push(operationId)) },
    secrets: new SecretStore(sealingKeyRing(config)),
    log: pino({ level: process.env['JEROBOAM_TEST_LOG'] ?? 'silent' }),
  };
  const api = await startMagnumApi(runtime);
  const tokens = new Map<string, Promise<string>>();
  const token = (user: string): Promise<string> => {
    const [name = '', project = name] = user.split('/');
    const known = tokens.get(user) ?? cloud.token(name, project);
    tokens.set(user, known);
    return known;
  };
  return {
    url: api.url,
    config,
    runtime,
    database,
    cloud,
    woken,
    token,
    call: async (method, path, { as = 'demo', body, version = 'latest', headers = {} } = {}) => {
      const response = await fetch(`${api.url}${path}`, {
        method,
        headers: {
          ...(as === null ? {} : { 'x-auth-token': await token(as) }),
          ...(version === '' ? {} : { 'openstack-api-version': `container-infra ${version}` }),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      });
      const text = await response.text();
      const answer: unknown = text === '' ? undefined : JSON.parse(text);
      return { status: response.status, headers: response.headers, body: answer, at: (where) => valueAt(answer, where) };
    },
    dump: () => dumpTables(database),
    stop: async () => {
      await api.close();
      await openStack.close();
      await Promise.all([database.stop(), cloud.stop()]);
    },
  };
}

async function dumpTables({ dataSource }: TestDatabase): Promise<Record<string, unknown[]>> {
  const dump: Record<string, unknown[]> = {};
  for (const { tableName } of dataSource.entityMetadatas) {
    const rows: { row: unknown }[] = await dataSource.query(`SELECT to_jsonb(t) AS row FROM ${tableName} t ORDER BY to_jsonb(t)::text`);
    dump[tableName] = rows.map(({ row }) => row);
  }
  return dump;
}
