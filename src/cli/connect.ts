import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
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
  const transport = new HttpTransport({
    connectTimeoutMs,
    timeoutMs: options.timeoutSeconds * 1000,
    retries: 2,
    retryWindowMs: 20_000,
    answerLimitBytes,
    insecure: options.insecure === true || login.insecure,
    ...(caFile === null ? {} : { caPem: readFileSync(caFile, 'utf8') }),
  });
  const endpoint = options.endpoint ?? login.endpointOverrides[containerInfra];
  const session = createSession(login.credentials, {
    transport,
    region: login.region,
    interface: login.interface,
    // Every answer is asked for below /v1, whether the catalogue's URL ends with it or not.
    endpointOverrides: { ...login.endpointOverrides, ...(endpoint === undefined ? {} : { [containerInfra]: endpoint }) },
  });
  return { session, close: () => transport.close() };
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
