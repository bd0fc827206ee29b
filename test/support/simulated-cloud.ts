import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { once } from 'node:events';

/** The line the simulator prints when it is ready. */
interface Ready {
  readonly auth_url: string;
  readonly admin_url: string;
  readonly region: string;
  readonly password: string;
}

export interface SeenRequest {
  readonly service: string;
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly request_id: string | null;
  readonly user_agent: string | null;
}

export interface SimulatedCloud {
  readonly authUrl: string;
  readonly adminUrl: string;
  readonly region: string;
  readonly password: string;
  /** A project-scoped token; by default of the project named like the user, domain Default. */
  token(user: string, project?: string | null): Promise<string>;
  /** Registers a fault (see the simulator's admin API); answers its id. */
  fault(fault: Record<string, unknown>): Promise<string>;
  clearFaults(): Promise<void>;
  /** Requests that reached a service since the last call of this function. */
  requests(): Promise<SeenRequest[]>;
  stop(): Promise<void>;
}

const simulatorMain = fileURLToPath(new URL('../../dist/src/sim/main.js', import.meta.url));

/** A simulated OpenStack of its own (built code, own process, own addresses). */
export async function startSimulatedCloud(flags: readonly string[] = []): Promise<SimulatedCloud> {
  const child = spawn(process.execPath, [simulatorMain, ...flags], { stdio: ['ignore', 'pipe', 'pipe'] });
  // A test that dies before it stops its cloud must neither hang nor leave it behind.
  child.unref();
  process.once('exit', () => child.kill('SIGKILL'));
  let lastWords = '';
  child.stderr.on('data', (text: Buffer) => {
    lastWords = (lastWords + text.toString()).slice(-4000);
  });
  const exited = once(child, 'exit').then(() => Promise.reject(new Error(`The simulator ended early: ${lastWords}`)));
  const [line] = (await Promise.race([once(createInterface({ input: child.stdout }), 'line'), exited])) as [string];
  exited.catch(() => undefined);
  const ready = JSON.parse(line) as Ready;
  let since = 0;
  const admin = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const response = await fetch(`${ready.admin_url}${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    const text = await response.text();
    return text === '' ? undefined : JSON.parse(text);
  };
  return {
    authUrl: ready.auth_url,
    adminUrl: ready.admin_url,
    region: ready.region,
    password: ready.password,
    token: (user, project = user) => logIn(ready, user, project),
    fault: async (fault) => ((await admin('POST', '/faults', fault)) as { id: string }).id,
    clearFaults: async () => {
      await admin('DELETE', '/faults');
    },
    requests: async () => {
      const seen = (await admin('GET', `/requests?since=${since}`)) as (SeenRequest & { seq: number })[];
      since = seen.at(-1)?.seq ?? since;
      return seen;
    },
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
    },
  };
}

async function logIn({ auth_url, password }: Ready, user: string, project: string | null): Promise<string> {
  const identity = { methods: ['password'], password: { user: { name: user, domain: { id: 'default' }, password } } };
  const scope = project === null ? 'unscoped' : { project: { name: project, domain: { id: 'default' } } };
  const response = await fetch(`${auth_url}/auth/tokens`, {
    method: 'POST',
    body: JSON.stringify({ auth: { identity, scope } }),
    headers: { 'content-type': 'application/json' },
  });
  const token = response.headers.get('x-subject-token');
  if (response.status !== 201 || token === null) throw new Error(`No token for ${user}: ${response.status} ${await response.text()}`);
  return token;
}
