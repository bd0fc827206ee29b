import { Agent, request } from 'undici';
import type { LifecycleEnvironment } from './lifecycle-environment.js';

interface SimulatedClusters {
  readonly clusters: readonly { readonly id: string; readonly addresses: readonly string[] }[];
}
interface Access {
  readonly ca: string;
  readonly certificate: string;
  readonly key: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** A node as the simulated cluster's own API shows it. */
export interface KubernetesNode {
  readonly metadata: { readonly name: string; readonly labels: Readonly<Record<string, string>> };
  readonly spec: { readonly taints?: readonly { readonly key: string; readonly value?: string; readonly effect: string }[] };
}

/** The only simulated cluster's API, as an administrator. */
export async function askKubernetes(world: LifecycleEnvironment, method: 'GET' | 'PATCH', path: string, body?: unknown): Promise<unknown> {
  const { clusters } = (await world.admin('GET', '/world')) as SimulatedClusters;
  const [cluster] = clusters;
  const address = cluster?.addresses[0];
  if (!cluster || address === undefined) throw new Error('the simulated cloud has no cluster');
  const access = (await world.admin('GET', `/clusters/${encodeURIComponent(cluster.id)}/admin-access`)) as Access;
  const dispatcher = new Agent({ connect: { ca: access.ca, cert: access.certificate, key: access.key, checkServerIdentity: () => undefined } });
  try {
    const headers = { ...access.headers, 'content-type': 'application/merge-patch+json' };
    const answer = await request(`https://${address}${path}`, { method, dispatcher, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
    const text = await answer.body.text();
    if (answer.statusCode !== 200) throw new Error(`${method} ${path} answered ${answer.statusCode}: ${text}`);
    return JSON.parse(text);
  } finally {
    await dispatcher.close();
  }
}

/** Those whose label says that they belong to the group. */
export async function kubernetesNodes(world: LifecycleEnvironment, group: string): Promise<readonly KubernetesNode[]> {
  const { items } = (await askKubernetes(world, 'GET', '/api/v1/nodes')) as { items: readonly KubernetesNode[] };
  return items.filter(({ metadata }) => metadata.labels['magnum.openstack.org/nodegroup'] === group);
}
