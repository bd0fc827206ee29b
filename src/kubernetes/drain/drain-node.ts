import type { ClusterClient } from '../cluster-client.js';
import type { ClusterCallOptions } from '../cluster-transport.js';
import { classifyPods, type DrainPolicy } from './classify-pods.js';
import { drainProgress, type DrainProgress, type EvictedPod } from './drain-progress.js';
import type { Pod } from './pod.js';

export interface DrainOrder {
  readonly nodeName: string;
  readonly policy: DrainPolicy;
  /** When the node was first made unschedulable for this drain, by the clock of the cluster's objects. */
  readonly cordonedAt: Date;
}

/**
 * One pass of a drain: closes the node, looks at its pods, asks those to go that may, all at once. To be repeated until
 * nothing is waited for; what was asked before is asked again, which Kubernetes takes as the same wish.
 */
export async function drainNode(client: ClusterClient, { nodeName, policy, cordonedAt }: DrainOrder, options?: ClusterCallOptions): Promise<DrainProgress> {
  await client.setUnschedulable(nodeName, true, options);
  const pods = await client.listPodsOf(nodeName, options);
  const needsDaemonSets = pods.some(({ controller }) => controller?.kind === 'DaemonSet');
  const daemonSets = needsDaemonSets ? await client.listDaemonSets(options) : new Set<string>();
  const classified = classifyPods(pods, { policy, cordonedAt, daemonSets });
  const due = classified.filter(({ verdict }) => verdict.kind === 'evict').map(({ pod }) => pod);
  return drainProgress(classified, await evictAll(client, due, options));
}

/** One pod that cannot be asked keeps the others from nothing; its error is thrown when all were asked. */
async function evictAll(client: ClusterClient, pods: readonly Pod[], options?: ClusterCallOptions): Promise<EvictedPod[]> {
  const settled = await Promise.allSettled(pods.map(async (pod) => ({ pod, outcome: await client.evictPod(pod, options) })));
  const failure = settled.find((each) => each.status === 'rejected');
  if (failure) throw failure.reason;
  return settled.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
}
