import { Agent, request } from 'undici';
import type { KubernetesView, SimulatedCluster } from '../sample.js';
import type { AdminAccess } from './cloud-eye.js';
import { readNodes, readPods } from './read-objects.js';

/** So long an API server may take (ms); a hung one is asked again and again, and shows nothing meanwhile. */
const patienceMs = 3_000;

/** So many clusters are asked at a time, those first that were not asked for longest: a burst of fifty must not be slowed down by who watches it. */
const askedAtOnce = 6;

interface Watched {
  readonly access: Promise<AdminAccess>;
  readonly agents: Map<string, Agent>;
  view: KubernetesView | undefined;
  isAsking: boolean;
  askedAt: number;
}

/**
 * Each cluster through its own API, with an administrator's certificate: nodes and pods. Every look asks those that do not owe
 * an answer, and shows the last answer of each: a cluster that hangs holds nobody up.
 */
export class KubernetesEye {
  private readonly watched = new Map<string, Watched>();
  answers = 0;
  failures = 0;

  constructor(private readonly accessOf: (cluster: string) => Promise<AdminAccess>) {}

  look(clusters: readonly SimulatedCluster[]): KubernetesView[] {
    const living = new Set(clusters.map(({ id }) => id));
    for (const [id, gone] of this.watched) if (!living.has(id)) this.forget(id, gone);
    const all = clusters.map((cluster) => ({ cluster, watched: this.watchedOf(cluster.id) }));
    const idle = all.filter(({ watched }) => !watched.isAsking).sort((one, other) => one.watched.askedAt - other.watched.askedAt);
    const room = Math.max(0, askedAtOnce - (all.length - idle.length));
    for (const { cluster, watched } of idle.slice(0, room)) void this.ask(cluster, watched);
    return [...this.watched.values()].flatMap(({ view }) => view ?? []);
  }

  close(): void {
    for (const [id, watched] of this.watched) this.forget(id, watched);
  }

  private async ask(cluster: SimulatedCluster, watched: Watched): Promise<void> {
    watched.askedAt = Date.now();
    const address = cluster.addresses[0];
    if (address === undefined) return;
    watched.isAsking = true;
    try {
      const access = await watched.access;
      const get = (path: string): Promise<unknown> => ask(agentFor(watched, address, access), `https://${address}${path}`, access.headers);
      const [nodes, pods] = await Promise.all([get('/api/v1/nodes'), get('/api/v1/pods')]);
      watched.view = { id: cluster.id, at: Date.now(), nodes: readNodes(nodes), pods: readPods(pods) };
      this.answers += 1;
    } catch {
      // Clusters come and go and are made to hang: that one could not be asked is counted and no violation.
      this.failures += 1;
    } finally {
      watched.isAsking = false;
    }
  }

  private watchedOf(id: string): Watched {
    const known = this.watched.get(id);
    if (known) return known;
    const access = this.accessOf(id);
    const watched: Watched = { access, agents: new Map(), view: undefined, isAsking: false, askedAt: 0 };
    this.watched.set(id, watched);
    // A simulator that went away is asked anew at the next look.
    access.catch(() => this.forget(id, watched));
    return watched;
  }

  private forget(id: string, watched: Watched): void {
    if (this.watched.get(id) === watched) this.watched.delete(id);
    for (const agent of watched.agents.values()) agent.destroy().catch(() => undefined);
  }
}

function agentFor({ agents }: Watched, address: string, { ca, certificate, key }: AdminAccess): Agent {
  const known = agents.get(address);
  if (known) return known;
  const agent = new Agent({
    ...{ connections: 2, keepAliveTimeout: 30_000, headersTimeout: patienceMs, bodyTimeout: patienceMs },
    // The listener on the loopback has no name of its own; every API server's certificate has this one.
    connect: { ca, cert: certificate, key, servername: 'kubernetes', timeout: patienceMs },
  });
  agents.set(address, agent);
  return agent;
}

async function ask(agent: Agent, url: string, headers: Readonly<Record<string, string>>): Promise<unknown> {
  const { statusCode, body } = await request(url, { dispatcher: agent, headers: { ...headers, accept: 'application/json' } });
  const text = await body.text();
  if (statusCode !== 200) throw new Error(`${url} answered ${statusCode}`);
  return JSON.parse(text);
}
