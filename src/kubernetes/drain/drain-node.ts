import type { ClusterClient } from '../cluster-client.js';
import { ClusterError } from '../cluster-error.js';
import type { ClusterCallOptions } from '../cluster-transport.js';
import { classifyPods, type ClassifiedPod, type DrainPolicy } from './classify-pods.js';
import { drainProgress, type DrainProgress, type EvictedPod } from './drain-progress.js';
import type { EvictionOutcome } from './eviction.js';
import type { EvictionPauses } from './eviction-pauses.js';
import type { DrainedNode } from './node-state.js';
import type { Pod } from './pod.js';
import { isClaimOf } from './volume-attachment.js';

export interface DrainOrder {
  readonly nodeName: string;
  readonly policy: DrainPolicy;
  /** When the node was first made unschedulable for this drain, and the present, both by the caller's clock. */
  readonly cordonedAt: Date;
  readonly now: Date;
  /** Pods are deleted within their own grace, whatever budgets and the policy say. Pods on hold are left alone even so. */
  readonly force?: boolean;
  /** Shared by all passes, so that what was refused is not asked again too soon. */
  readonly pauses?: EvictionPauses;
}

/** What one pass found and did. */
export interface DrainPass extends DrainProgress {
  /** As it was before the pass; undefined when the cluster does not know it (any more). */
  readonly node: DrainedNode | undefined;
  /** Names of the volumes that are still attached for pods that are to go, or have gone; asked only when no pod is waited for. */
  readonly attachedVolumes: readonly string[];
  /** The present by the cluster's clock. */
  readonly clusterTime: Date;
}

/**
 * One pass of a drain: closes the node, looks at its pods, asks those to go that may, all at once. To be repeated until nothing is
 * waited for; what was asked before is asked again, which Kubernetes takes as the same wish. A node on hold is not touched.
 */
export async function drainNode(client: ClusterClient, order: DrainOrder, options?: ClusterCallOptions): Promise<DrainPass> {
  const { nodeName, policy, pauses } = order;
  const { node, serverTime } = await client.findDrainedNode(nodeName, options);
  const clusterTime = serverTime ?? order.now;
  if (node && node.hold !== null) return { node, waitingFor: [], retryAfterSeconds: null, attachedVolumes: [], clusterTime };
  if (node && !node.unschedulable) await client.setUnschedulable(nodeName, true, options);
  const pods = await client.listPodsOf(nodeName, options);
  const needsDaemonSets = pods.some(({ controller }) => controller?.kind === 'DaemonSet');
  const daemonSets = needsDaemonSets ? await client.listDaemonSets(options) : new Set<string>();
  const classified = classifyPods(pods, { policy, cordonedAt: byClusterClock(order, clusterTime), daemonSets });
  const answers = order.force === true ? await deleteAll(client, dueByForce(classified), options) : await evictAll(client, dueOf(classified), pauses, options);
  const progress = drainProgress(classified, answers);
  const attachedVolumes = progress.waitingFor.length > 0 ? [] : await volumesOfLeavers(client, nodeName, classified, options);
  return { node, ...progress, attachedVolumes, clusterTime };
}

const dueOf = (classified: readonly ClassifiedPod[]): Pod[] => classified.filter(({ verdict }) => verdict.kind === 'evict').map(({ pod }) => pod);

const dueByForce = (classified: readonly ClassifiedPod[]): Pod[] =>
  classified.filter(({ verdict }) => verdict.kind === 'evict' || verdict.kind === 'kept').map(({ pod }) => pod);

/** Objects of the cluster bear its clock's time, which may differ from ours; less than the second of its header is no difference. */
function byClusterClock({ cordonedAt, now }: DrainOrder, clusterTime: Date): Date {
  const aheadMs = clusterTime.getTime() - now.getTime();
  return Math.abs(aheadMs) < 2_000 ? cordonedAt : new Date(cordonedAt.getTime() + aheadMs);
}

async function evictAll(client: ClusterClient, pods: readonly Pod[], pauses?: EvictionPauses, options?: ClusterCallOptions): Promise<EvictedPod[]> {
  return allAnswers(
    pods.map(async (pod) => {
      const known = pauses?.answerOf(pod.uid, performance.now());
      if (known) return { pod, outcome: known };
      const outcome = await refusalAsOutcome(client.evictPod(pod, options));
      pauses?.note(pod.uid, outcome, performance.now());
      return { pod, outcome };
    }),
  );
}

function deleteAll(client: ClusterClient, pods: readonly Pod[], options?: ClusterCallOptions): Promise<EvictedPod[]> {
  const remove = async (pod: Pod): Promise<EvictionOutcome> => ({ kind: await client.deletePod(pod, options) });
  return allAnswers(pods.map(async (pod) => ({ pod, outcome: await refusalAsOutcome(remove(pod)) })));
}

/**
 * A pod that cannot be asked (an admission webhook says no, or does not answer) is for people to see, and no reason to give up the
 * others: it is still listed, so nobody takes the node for empty. A cluster that is away altogether answers no list either.
 */
async function refusalAsOutcome(asked: Promise<EvictionOutcome>): Promise<EvictionOutcome> {
  try {
    return await asked;
  } catch (error) {
    if (!(error instanceof ClusterError)) throw error;
    return { kind: 'blocked', because: error.status === null ? error.message : `the cluster answers ${error.status}: ${error.detail}`, retryAfterSeconds: null };
  }
}

async function allAnswers(asked: readonly Promise<EvictedPod>[]): Promise<EvictedPod[]> {
  const settled = await Promise.allSettled(asked);
  const failure = settled.find((each) => each.status === 'rejected');
  if (failure) throw failure.reason;
  return settled.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
}

/** Its volumes are let go although it is still listed. */
const isFinished = ({ phase }: Pod): boolean => phase === 'Succeeded' || phase === 'Failed';

/** Volumes of pods that stay with the node to its end are nobody's loss; those of all others are to be free for their successors. */
async function volumesOfLeavers(client: ClusterClient, nodeName: string, classified: readonly ClassifiedPod[], options?: ClusterCallOptions): Promise<string[]> {
  const attachments = await client.listVolumeAttachments(nodeName, options);
  const staying = classified.flatMap(({ pod, verdict }) => (verdict.kind === 'stays' && !isFinished(pod) && pod.claims.length > 0 ? [pod] : []));
  const names = attachments.map(({ name, volumeName }) => volumeName ?? name);
  if (staying.length === 0) return names;
  const claims = await Promise.all(attachments.map(({ volumeName }) => (volumeName === null ? Promise.resolve(null) : client.findVolumeClaim(volumeName, options))));
  return names.filter((_, index) => !isClaimOf(claims[index] ?? null, staying));
}
