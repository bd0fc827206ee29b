import { readFileSync } from 'node:fs';
import type { Config } from '../config/config.js';
import type { EndpointInterface } from './catalog.js';
import type { TransportOptions } from './http-transport.js';
import type { PasswordCredentials } from './keystone/credentials.js';

/** Everything `createCloud` needs to know about one cloud. */
export interface CloudOptions {
  /** The credential of our own processes; it makes cluster users and validates people's tokens. */
  readonly service: PasswordCredentials;
  readonly region: string;
  readonly interface: EndpointInterface;
  readonly transport: TransportOptions;
}

type CloudConfig = Pick<
  Config,
  | `OS_${'AUTH_URL' | 'USERNAME' | 'PASSWORD' | 'USER_DOMAIN_NAME' | 'PROJECT_NAME' | 'PROJECT_DOMAIN_NAME' | 'REGION_NAME' | 'INTERFACE' | 'CACERT'}`
  | `HTTP_${'CONNECT_TIMEOUT_SECONDS' | 'TIMEOUT_SECONDS' | 'RETRIES' | 'RETRY_WINDOW_SECONDS' | 'ANSWER_LIMIT_BYTES'}`
>;

/** The cloud that the configuration names. Reads the file of OS_CACERT and throws when it cannot. */
export function cloudOptions(config: CloudConfig): CloudOptions {
  return {
    service: {
      kind: 'password',
      authUrl: config.OS_AUTH_URL,
      user: { name: config.OS_USERNAME, domain: { name: config.OS_USER_DOMAIN_NAME } },
      password: config.OS_PASSWORD,
      scope: { project: { name: config.OS_PROJECT_NAME, domain: { name: config.OS_PROJECT_DOMAIN_NAME } } },
    },
    region: config.OS_REGION_NAME,
    interface: config.OS_INTERFACE,
    transport: {
      connectTimeoutMs: config.HTTP_CONNECT_TIMEOUT_SECONDS * 1000,
      timeoutMs: config.HTTP_TIMEOUT_SECONDS * 1000,
      retries: config.HTTP_RETRIES,
      retryWindowMs: config.HTTP_RETRY_WINDOW_SECONDS * 1000,
      answerLimitBytes: config.HTTP_ANSWER_LIMIT_BYTES,
      ...(config.OS_CACERT === undefined ? {} : { caPem: readFileSync(config.OS_CACERT, 'utf8') }),
    },
  };
}
