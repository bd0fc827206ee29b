import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { Agent, request } from 'undici';
import { HttpTransport } from '../openstack/http-transport.js';
import { cloudLogin, cloudsYamlPaths, type CloudLogin } from '../openstack/keystone/clouds-yaml.js';
import { createSession, type OpenStackSession } from '../openstack/session.js';

/** What a person typed before the command, or has in the environment; --os-… options win over OS_… . */
export interface ConnectionOptions {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly osCloud?: string;
  readonly osCacert?: string;
  readonly insecure?: boolean;
  /** URL of Jeroboam instead of the catalogue's. */
  readonly endpoint?: string;
  /** Seconds a call may take. */
  readonly timeoutSeconds: number;
}

export interface Connection {
  readonly session: OpenStackSession;
  /** Opens an answer that goes on until somebody ends it; rejects unless its status is 200. */
  openStream(source: { readonly url: string; readonly headers: Readonly<Record<string, string>> }, signal: AbortSignal): Promise<AsyncIterable<unknown>>;
  close(): Promise<void>;
}

const containerInfra = 'container-infra';
const connectTimeoutMs = 5_000;
/** Lists have at most 1000 items of a few kilobytes each. */
const answerLimitBytes = 64 * 1024 * 1024;

/** Reads clouds.yaml and OS_* as OpenStack's own clients do; logs in at the first call. */
export function connect(options: ConnectionOptions): Connection {
  const login = readLogin(options);
  const caFile = options.osCacert ?? login.caFile;
  const insecure = options.insecure === true || login.insecure;
  const ca = caFile === null ? undefined : readFileSync(caFile, 'utf8');
  const transport = new HttpTransport({
    connectTimeoutMs,
    timeoutMs: options.timeoutSeconds * 1000,
    retries: 2,
    retryWindowMs: 20_000,
    answerLimitBytes,
    insecure,
    ...(ca === undefined ? {} : { caPem: ca }),
  });
  const streams = new Agent({ bodyTimeout: 0, connect: { timeout: connectTimeoutMs, rejectUnauthorized: !insecure, ...(ca === undefined ? {} : { ca }) } });
  const endpoint = options.endpoint ?? login.endpointOverrides[containerInfra];
  const session = createSession(login.credentials, {
    transport,
    region: login.region,
    interface: login.interface,
    // Every answer is asked for below /v1, whether the catalogue's URL ends with it or not.
    endpointOverrides: { ...login.endpointOverrides, ...(endpoint === undefined ? {} : { [containerInfra]: endpoint }) },
  });
  return {
    session,
    openStream: async ({ url, headers }, signal) => {
      const answer = await request(url, { dispatcher: streams, headers: { ...headers }, signal });
      if (answer.statusCode === 200) return answer.body;
      await answer.body.dump();
      throw new Error(`${url} answered ${answer.statusCode}`);
    },
    close: async () => {
      await streams.destroy();
      await transport.close();
    },
  };
}

function readLogin({ environment, osCloud }: ConnectionOptions): CloudLogin {
  const file = cloudsYamlPaths(environment, homedir(), process.cwd()).find((path) => existsSync(path));
  const secure = file === undefined ? undefined : join(dirname(file), 'secure.yaml');
  return cloudLogin({
    environment,
    ...(osCloud === undefined ? {} : { cloud: osCloud }),
    ...(file === undefined ? {} : { cloudsYaml: readFileSync(file, 'utf8') }),
    ...(secure !== undefined && existsSync(secure) ? { secureYaml: readFileSync(secure, 'utf8') } : {}),
  });
}
