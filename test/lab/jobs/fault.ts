import { setTimeout as pause } from 'node:timers/promises';
import { Clusters } from '../clusters.js';
import { stacksOf, type SeenStack } from '../leftovers.js';
import type { JobSurroundings } from './job.js';

export interface Mishap {
  readonly name: string;
  readonly workers: number;
  /** Fields of the cluster besides its name and count. */
  readonly cluster?: Record<string, unknown>;
  /** Happens while the cluster is being created, as soon as the API has accepted it. */
  readonly strike: (clusterId: string) => Promise<void>;
  /** Takes the cause away; called once the create has ended in failure. */
  readonly lift?: () => Promise<void>;
  /** CREATE_COMPLETE: the create must survive. A pattern: it must fail with a reason that matches. Both: either will do. */
  readonly mayComplete: boolean;
  readonly failure?: RegExp;
}

/** A create in whose middle something breaks: ends as it must, is completed by a retry, and has no machine too many. */
export async function sufferThrough({ person, tenant, timed, remember }: JobSurroundings, mishap: Mishap): Promise<void> {
  const clusters = new Clusters(person.session);
  const template = await clusters.createTemplate(`${mishap.name}-template`);
  const id = await clusters.create(mishap.name, template, { node_count: mishap.workers, ...mishap.cluster });
  remember(id);
  await timed('fault struck', () => mishap.strike(id));
  const view = await timed('create ended', () => clusters.settled(id));
  if (view?.status === 'CREATE_COMPLETE') {
    if (!mishap.mayComplete) throw new Error('the cluster was created as if nothing had happened');
  } else {
    const reason = view?.status_reason ?? '';
    if (view?.status !== 'CREATE_FAILED') throw new Error(`the create ended as ${view?.status ?? 'deleted'}: ${reason}`);
    if (!mishap.failure?.test(reason)) throw new Error(`CREATE_FAILED was not to be expected, or not with this reason: ${reason}`);
    await timed(`failed as it should: ${reason}`, async () => mishap.lift?.());
    await clusters.retry(id);
    await timed('retry completed', () => clusters.created(id));
  }
  const nodes = await clusters.nodes(id);
  const { servers } = await tenant.overseer.get<{ servers: { id: string; name: string }[] }>('compute', '/servers');
  const strangers = servers.filter((server) => !nodes.some((node) => node.server_id === server.id));
  if (strangers.length > 0) throw new Error(`servers that are no nodes: ${strangers.map(({ name }) => name).join(', ')}`);
  if (nodes.length !== mishap.workers + 1) throw new Error(`the cluster has ${nodes.length} nodes`);
  await timed('cluster deleted', () => clusters.delete(id));
  await clusters.deleteTemplate(template);
}

/** Waits until the project has a stack like this. */
export async function stackSeen({ tenant }: JobSurroundings, what: string, matches: (stack: SeenStack) => boolean): Promise<SeenStack> {
  const giveUpAt = Date.now() + 180_000;
  for (;;) {
    const found = (await stacksOf(tenant.overseer)).find(matches);
    if (found) return found;
    if (Date.now() > giveUpAt) throw new Error(`Waited in vain for ${what}.`);
    await pause(200);
  }
}
