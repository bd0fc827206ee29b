import { Agent, request } from 'undici';
import type { LifecycleEnvironment } from './lifecycle-environment.js';
import { until } from './until.js';

interface Access {
  readonly ca: string;
  readonly certificate: string;
  readonly key: string;
  readonly headers: Readonly<Record<string, string>>;
}

interface Listed {
  readonly id: string;
  readonly cluster_name: string;
  readonly addresses: readonly string[];
}

/** An administrator of one simulated cluster, through the cluster's own API: unseen by faults and the request log. */
export class ClusterObjects {
  private constructor(
    private readonly world: LifecycleEnvironment,
    private readonly cluster: Listed,
    private readonly access: Access,
    private readonly agent: Agent,
  ) {}

  static async of(world: LifecycleEnvironment, clusterName: string): Promise<ClusterObjects> {
    const clusters = (await world.admin('GET', '/clusters')) as Listed[];
    const cluster = clusters.find(({ cluster_name: name }) => name === clusterName);
    if (!cluster) throw new Error(`no simulated cluster is called ${clusterName}`);
    const access = (await world.admin('GET', `/clusters/${encodeURIComponent(cluster.id)}/admin-access`)) as Access;
    // The listener on the loopback has no name of its own; every API server's certificate has this one.
    const agent = new Agent({ connect: { ca: access.ca, cert: access.certificate, key: access.key, servername: 'kubernetes' } });
    return new ClusterObjects(world, cluster, access, agent);
  }

  async create(path: string, object: unknown): Promise<void> {
    await this.send('POST', path, object);
  }

  /** A merge patch. */
  async change(path: string, patch: unknown): Promise<void> {
    await this.send('PATCH', path, patch);
  }

  async remove(path: string): Promise<void> {
    await this.send('DELETE', path);
  }

  async get<T>(path: string): Promise<T> {
    return (await this.send('GET', path)) as T;
  }

  /** Waits until an object is as wanted. */
  async untilSeen<T>(path: string, isAsWanted: (object: T) => boolean): Promise<void> {
    await until(async () => isAsWanted(await this.get<T>(path)), { deadlineMs: 120_000, everyMs: 100, what: `${path} of ${this.cluster.cluster_name} to be as wanted` });
  }

  /** See the simulator's ClusterDisturbance. */
  async disturb(disturbance: unknown): Promise<void> {
    await this.world.admin('POST', `/clusters/${encodeURIComponent(this.cluster.id)}`, disturbance);
  }

  close(): Promise<void> {
    return this.agent.destroy();
  }

  private async send(method: 'GET' | 'POST' | 'PATCH' | 'DELETE', path: string, body?: unknown): Promise<unknown> {
    const url = `https://${this.cluster.addresses[0] ?? ''}${path}`;
    const contentType = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';
    const headers = { ...this.access.headers, accept: 'application/json', ...(body === undefined ? {} : { 'content-type': contentType }) };
    const answer = await request(url, { method, dispatcher: this.agent, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
    const text = await answer.body.text();
    if (answer.statusCode >= 300) throw new Error(`${method} ${path} answered ${answer.statusCode}: ${text}`);
    return JSON.parse(text);
  }
}
