import { createHash } from 'node:crypto';
import type { CallOptions } from './call-options.js';
import { CinderClient } from './cinder/cinder.client.js';
import type { CloudOptions } from './cloud-options.js';
import { GlanceClient } from './glance/glance.client.js';
import { HeatClient } from './heat/heat.client.js';
import { HttpTransport } from './http-transport.js';
import { ApplicationCredentialsClient } from './keystone/application-credentials.client.js';
import { KeystoneClient } from './keystone/keystone.client.js';
import type { KeystoneToken } from './keystone/token.js';
import { NeutronClient } from './neutron/neutron.client.js';
import { NovaClient } from './nova/nova.client.js';
import { OctaviaClient } from './octavia/octavia.client.js';
import { OpenStackSession, type CloudConnection } from './session.js';

/** The services of one cloud, called as one identity. */
export interface CloudClients {
  readonly session: OpenStackSession;
  readonly keystone: KeystoneClient;
  readonly applicationCredentials: ApplicationCredentialsClient;
  readonly glance: GlanceClient;
  readonly nova: NovaClient;
  readonly neutron: NeutronClient;
  readonly cinder: CinderClient;
  readonly heat: HeatClient;
  readonly octavia: OctaviaClient;
}

export interface ClusterUser {
  readonly userId: string;
  readonly password: string;
  readonly projectId: string;
}

/** Sessions of cluster users that are kept: the least recently used one goes first, and costs a log-in when it is wanted again. */
const usersMax = 1_000;

/** One cloud: hands out clients for each identity that acts on it, over shared connections. */
export class Cloud {
  private readonly transport: HttpTransport;
  private readonly connection: CloudConnection;
  private readonly service: CloudClients;
  private readonly users = new Map<string, { readonly passwordDigest: string; readonly clients: CloudClients }>();

  constructor(private readonly options: CloudOptions) {
    this.transport = new HttpTransport(options.transport);
    this.connection = { transport: this.transport, region: options.region, interface: options.interface };
    this.service = clientsOf(new OpenStackSession(options.service, this.connection));
  }

  /** Acts with our own credential. */
  asService(): CloudClients {
    return this.service;
  }

  /** Acts as a cluster's user on the tenant's project. The same session serves all callers, so that turns do not log in anew. */
  asUser({ userId, password, projectId }: ClusterUser): CloudClients {
    const key = `${userId}/${projectId}`;
    const passwordDigest = createHash('sha256').update(password).digest('hex');
    const known = this.users.get(key);
    this.users.delete(key);
    if (known?.passwordDigest === passwordDigest) {
      this.users.set(key, known);
      return known.clients;
    }
    const [oldest] = this.users.keys();
    if (oldest !== undefined && this.users.size >= usersMax) this.users.delete(oldest);
    const { authUrl } = this.options.service;
    const credentials = { kind: 'password', authUrl, user: { id: userId }, password, scope: { project: { id: projectId } } } as const;
    const clients = clientsOf(new OpenStackSession(credentials, this.connection));
    this.users.set(key, { passwordDigest, clients });
    return clients;
  }

  /** Acts with a token that somebody sent us; when it ends, calls fail with CloudUnauthorizedError. */
  withToken(token: KeystoneToken, defaults: Pick<CallOptions, 'requestId'> = {}): CloudClients {
    return clientsOf(new OpenStackSession({ kind: 'given', authUrl: this.options.service.authUrl, token }, this.connection, defaults));
  }

  /** Drops what is kept for a deleted user. */
  forgetUser(userId: string): void {
    for (const key of this.users.keys()) if (key.startsWith(`${userId}/`)) this.users.delete(key);
  }

  async close(): Promise<void> {
    await this.transport.close();
  }
}

export const createCloud = (options: CloudOptions): Cloud => new Cloud(options);

const clientsOf = (session: OpenStackSession): CloudClients => ({
  session,
  keystone: new KeystoneClient(session),
  applicationCredentials: new ApplicationCredentialsClient(session),
  glance: new GlanceClient(session),
  nova: new NovaClient(session),
  neutron: new NeutronClient(session),
  cinder: new CinderClient(session),
  heat: new HeatClient(session),
  octavia: new OctaviaClient(session),
});
