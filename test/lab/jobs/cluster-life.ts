import { Clusters, type ClusterNode } from '../clusters.js';
import type { JobSurroundings } from './job.js';

export interface ClusterWish {
  readonly name: string;
  /** Control-plane nodes; one without it. */
  readonly masters?: number;
  readonly workers: number;
  readonly template?: Record<string, unknown>;
  readonly cluster?: Record<string, unknown>;
  /** Looks at the finished cluster; throws when something is not as wished. */
  readonly check?: (nodes: readonly ClusterNode[], clusterId: string, apiAddress: string | null) => Promise<void> | void;
}

/** The main job for one shape of cluster: template, cluster, Ready nodes through its kubeconfig, delete. */
export async function liveThrough(surroundings: JobSurroundings, wish: ClusterWish): Promise<void> {
  const { lab, person, tenant, folder, timed, remember } = surroundings;
  const clusters = new Clusters(person.session);
  const { masters = 1 } = wish;
  const nodeCount = masters + wish.workers;
  const template = await timed('template created', () => clusters.createTemplate(`${wish.name}-template`, wish.template));
  const id = await clusters.create(wish.name, template, { node_count: wish.workers, master_count: masters, ...wish.cluster });
  remember(id);
  const { api_address: apiAddress } = await timed('cluster created', () => clusters.created(id));
  const nodes = await clusters.nodes(id);
  await timed('nodes Ready through the kubeconfig', async () => {
    const ready = await lab.readyNodes(person, tenant.projectName, id, folder);
    if (ready.length !== nodeCount) throw new Error(`${ready.length} of ${nodeCount} nodes are Ready: ${ready.join(', ')}`);
  });
  await wish.check?.(nodes, id, apiAddress);
  await timed('cluster deleted', () => clusters.delete(id));
  await clusters.deleteTemplate(template);
}
