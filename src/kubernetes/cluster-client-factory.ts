import { accessDigest, type ClusterAccess } from './cluster-access.js';
import { ClusterClient } from './cluster-client.js';
import type { ClusterClientOptions } from './cluster-client-options.js';

/** Clients that are kept: clusters that other processes delete are not told of here, so the least recently used one goes. */
const clientsMax = 1_000;

/** Hands out one client a cluster, so that connections are shared by all who look at it. */
export class ClusterClientFactory {
  private readonly clients = new Map<string, { readonly digest: string; readonly client: ClusterClient }>();

  /** Clients that were replaced or evicted while calls were in flight. */
  private readonly closing = new Set<Promise<void>>();

  constructor(private readonly options: ClusterClientOptions) {}

  /** The client for this access; another access to the same cluster replaces it, and the old one's calls may end. */
  clientFor(access: ClusterAccess): ClusterClient {
    const digest = accessDigest(access);
    const known = this.clients.get(access.clusterId);
    if (known?.digest === digest) {
      this.clients.delete(access.clusterId);
      this.clients.set(access.clusterId, known);
      return known.client;
    }
    void this.evict(access.clusterId);
    const [oldest] = this.clients.keys();
    if (oldest !== undefined && this.clients.size >= clientsMax) void this.evict(oldest);
    const client = new ClusterClient(access, this.options);
    this.clients.set(access.clusterId, { digest, client });
    return client;
  }

  /** Forgets a cluster that is gone; ends when calls to it have ended. */
  async evict(clusterId: string): Promise<void> {
    const known = this.clients.get(clusterId);
    if (!known) return;
    this.clients.delete(clusterId);
    const closed = known.client.close().finally(() => this.closing.delete(closed));
    this.closing.add(closed);
    await closed;
  }

  /** Ends when all calls have ended and all connections are closed. */
  async close(): Promise<void> {
    await Promise.all([...this.clients.keys()].map((clusterId) => this.evict(clusterId)));
    await Promise.all(this.closing);
  }
}
