import { execFile } from 'node:child_process';
import { chmodSync, mkdirSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { builtScript } from './built-script.js';
import { startChild, type Child } from './child.js';
import { freePort } from './free-port.js';
import { lockFolder, type FolderLock } from './folder-lock.js';
import { ensureOwnSecrets } from './own-secrets.js';
import { startPostgres, type RunningPostgres } from './postgres.js';
import { startSimulatedCloud, type CloudFacts, type SimulatedCloud } from './simulated-cloud.js';

export interface EnvironmentOptions {
  readonly dataFolder: string;
  /** JEROBOAM_* of the caller; they win over what is chosen here. */
  readonly settings: Readonly<Record<string, string>>;
  /** PATH, HOME and the like for the children; nothing of OS_*. */
  readonly system: Readonly<Record<string, string>>;
  readonly simulatorOptions: readonly string[];
  /** Wanted ports of magnum-api and node-api, where they are free; default: any free ones. */
  readonly ports?: { readonly api: number; readonly node: number };
  /** One process for every role, or one a role. */
  readonly processes: 'all' | 'separate';
  readonly say: (line: string) => void;
  /** Ends the starting; what was started until then is stopped. */
  readonly signal?: AbortSignal;
}

export interface Environment {
  readonly apiUrl: string;
  readonly authUrl: string;
  /** Undefined on a real cloud. */
  readonly cloud: CloudFacts | undefined;
  readonly logFolder: string;
  /** Server processes by role: `all`, or `magnum-api` and `conductor`. */
  readonly servers: Readonly<Record<string, Child>>;
  readonly databaseUrl: string;
  /** Starts one more server process of a role, as it was configured or with these settings over it (JEROBOAM_*). */
  startRole(role: string, settings?: Readonly<Record<string, string>>): Child;
  /** Rejects when one of the children ends by itself. */
  readonly broken: Promise<never>;
  stop(): Promise<void>;
}

/** PostgreSQL, the simulated cloud (unless a real one is configured) and every server role, each a child process. */
export async function startEnvironment(options: EnvironmentOptions): Promise<Environment> {
  const { dataFolder, settings, system, say, signal } = options;
  mkdirSync(dataFolder, { recursive: true });
  // Others may pass but not look: PostgreSQL runs as another user when this one is root.
  chmodSync(dataFolder, 0o711);
  const lock = await lockFolder(dataFolder);
  const logFolder = join(dataFolder, 'log');
  const secrets = await ensureOwnSecrets(join(dataFolder, 'secrets'));
  const apiPort = await freePort(options.ports?.api);
  const nodePort = await freePort(options.ports?.node);
  const apiUrl = `http://127.0.0.1:${apiPort}`;
  const stops: (() => Promise<void>)[] = [];
  const stop = async (): Promise<void> => {
    for (const end of stops.splice(0).reverse()) await end();
    lock.release();
  };
  try {
    const [postgres, cloud] = await Promise.all([
      settings['JEROBOAM_DATABASE_URL'] ? undefined : begin(stops, startPostgres(join(dataFolder, 'postgres'), 'jeroboam')),
      settings['JEROBOAM_OS_AUTH_URL'] || settings['JEROBOAM_OS_CLOUD']
        ? undefined
        : begin(stops, startSimulatedCloud(join(dataFolder, 'sim'), logFolder, system, ['--container-infra', apiUrl, ...options.simulatorOptions])),
    ]);
    noteChild(lock, cloud);
    signal?.throwIfAborted();
    const environment: Record<string, string> = {
      ...system,
      ...chosenSettings({ postgres, cloud, apiPort, nodePort }),
      JEROBOAM_SEALING_KEY_FILE: secrets.sealingKeyFile,
      JEROBOAM_NODE_CA_FILE: secrets.nodeCaFile,
      JEROBOAM_NODE_CERT_FILE: secrets.nodeCertFile,
      JEROBOAM_NODE_KEY_FILE: secrets.nodeKeyFile,
      ...settings,
    };
    await migrate(environment);
    signal?.throwIfAborted();
    say('Database and cloud are up; starting Jeroboam …');
    const roles = options.processes === 'all' ? ['all'] : ['magnum-api', 'conductor'];
    const servers = Object.fromEntries(roles.map((role) => [role, startRole(role, environment, logFolder)]));
    for (const server of Object.values(servers)) {
      stops.push(() => server.stop());
      noteChild(lock, server);
    }
    await answers(apiUrl, Object.values(servers), signal);
    const authUrl = cloud?.facts.auth_url ?? settings['JEROBOAM_OS_AUTH_URL'] ?? '';
    const databaseUrl = environment['JEROBOAM_DATABASE_URL'] ?? '';
    const startAgain = (role: string, settingsOfIts: Readonly<Record<string, string>> = {}): Child => {
      const child = startRole(role, { ...environment, ...settingsOfIts }, logFolder);
      stops.push(() => child.stop());
      noteChild(lock, child);
      return child;
    };
    return { apiUrl, databaseUrl, startRole: startAgain, authUrl, cloud: cloud?.facts, logFolder, servers, broken: firstToEnd([...Object.values(servers), cloud]), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function noteChild(lock: FolderLock, child: Child | undefined): void {
  if (child?.process.pid !== undefined) lock.addChild(child.process.pid);
}

function startRole(role: string, environment: Readonly<Record<string, string>>, logFolder: string): Child {
  return startChild({
    name: `Jeroboam (${role})`,
    command: [builtScript(`${role}/main.js`)],
    environment,
    logFile: join(logFolder, `${role}.log`),
    graceMs: 30_000,
  });
}

async function begin<T extends { stop(): Promise<void> }>(stops: (() => Promise<void>)[], starting: Promise<T>): Promise<T> {
  const started = await starting;
  stops.push(() => started.stop());
  return started;
}

interface Parts {
  readonly postgres: RunningPostgres | undefined;
  readonly cloud: SimulatedCloud | undefined;
  readonly apiPort: number;
  readonly nodePort: number;
}

function chosenSettings({ postgres, cloud, apiPort, nodePort }: Parts): Record<string, string> {
  return {
    ...(postgres && { JEROBOAM_DATABASE_URL: postgres.url }),
    ...(cloud && {
      JEROBOAM_OS_AUTH_URL: cloud.facts.auth_url,
      JEROBOAM_OS_REGION_NAME: cloud.facts.region,
      JEROBOAM_OS_USERNAME: 'jeroboam',
      JEROBOAM_OS_PASSWORD: cloud.facts.password,
      JEROBOAM_CLUSTER_PROXIES: JSON.stringify({ '*': cloud.facts.proxy_url }),
    }),
    JEROBOAM_API_LISTEN: `127.0.0.1:${apiPort}`,
    JEROBOAM_NODE_LISTEN: `127.0.0.1:${nodePort}`,
    JEROBOAM_NODE_URL: `https://127.0.0.1:${nodePort}`,
  };
}

async function migrate(environment: Record<string, string>): Promise<void> {
  try {
    await promisify(execFile)(process.execPath, [builtScript('migrate/main.js')], { env: environment });
  } catch (error) {
    throw new Error(`The database could not be migrated: ${(error as { stderr?: string }).stderr ?? String(error)}`, { cause: error });
  }
}

/** Waits until /healthcheck answers 200; fails at once when a server ends. */
async function answers(apiUrl: string, servers: readonly Child[], signal?: AbortSignal): Promise<void> {
  let died: string | undefined;
  for (const server of servers) void server.ended.then((sentence) => (died = sentence));
  const giveUpAt = Date.now() + 60_000;
  while (!(await isHealthy(apiUrl))) {
    signal?.throwIfAborted();
    if (died !== undefined) throw new Error(died);
    if (Date.now() > giveUpAt) throw new Error(`Jeroboam did not answer at ${apiUrl} within 60 s.`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function isHealthy(apiUrl: string): Promise<boolean> {
  return new Promise((resolve) => {
    const call = request(`${apiUrl}/healthcheck`, { timeout: 2_000 }, (answer) => {
      answer.resume();
      resolve(answer.statusCode === 200);
    });
    call.on('timeout', () => call.destroy());
    call.on('error', () => resolve(false));
    call.end();
  });
}

function firstToEnd(children: readonly (Child | undefined)[]): Promise<never> {
  const ends = children.flatMap((child) => (child ? [child.ended] : []));
  const broken = Promise.race(ends).then((sentence) => Promise.reject(new Error(sentence)));
  // Whoever does not wait for it must not be killed by it.
  broken.catch(() => undefined);
  return broken;
}
