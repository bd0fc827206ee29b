import type { Pod } from './pod.js';

/** On a pod or a node: do not take it away now; the value says why. */
export const holdAnnotation = 'jeroboam.io/hold';

export interface DrainPolicy {
  /** Pods that nobody makes anew: without a controller, or of a DaemonSet that is gone. */
  readonly unmanagedPods: 'evict' | 'keep';
  /** Pods with an emptyDir volume, whose content ends with them. */
  readonly localStorage: 'evict' | 'keep';
}

export interface DrainView {
  readonly policy: DrainPolicy;
  /** When the node was made unschedulable; what is younger tolerates that. */
  readonly cordonedAt: Date;
  /** Uids of the DaemonSets that exist. */
  readonly daemonSets: ReadonlySet<string>;
}

/**
 * What a drain does about a pod. stays: it ends with the node, nobody waits for it · evict: it is asked to go · ending: it
 * was asked and its grace runs · held: its owner asked for it to be left alone just now · kept: the policy forbids it.
 */
export type PodVerdict =
  | { readonly kind: 'stays'; readonly because: string }
  | { readonly kind: 'evict' }
  | { readonly kind: 'ending'; readonly until: Date }
  | { readonly kind: 'held'; readonly because: string }
  | { readonly kind: 'kept'; readonly because: string };

export interface ClassifiedPod {
  readonly pod: Pod;
  readonly verdict: PodVerdict;
}

export const classifyPods = (pods: readonly Pod[], view: DrainView): readonly ClassifiedPod[] => pods.map((pod) => ({ pod, verdict: verdictOn(pod, view) }));

function verdictOn(pod: Pod, { policy, cordonedAt, daemonSets }: DrainView): PodVerdict {
  const { controller } = pod;
  if (pod.isMirror) return { kind: 'stays', because: 'its kubelet runs it from a file' };
  if (pod.phase === 'Succeeded' || pod.phase === 'Failed') return { kind: 'stays', because: 'it has finished' };
  const ofDaemonSet = controller?.kind === 'DaemonSet';
  if (ofDaemonSet && daemonSets.has(controller.uid)) return { kind: 'stays', because: `DaemonSet ${controller.name} would put it back` };
  if (pod.endsAt) return { kind: 'ending', until: pod.endsAt };
  const hold = pod.annotations[holdAnnotation];
  if (hold !== undefined) return { kind: 'held', because: hold === '' ? `annotation ${holdAnnotation}` : hold };
  // Asked once, it would be back at once: its place is on every node that it finds.
  if (controller && toleratesCordon(pod) && pod.createdAt > cordonedAt) return { kind: 'stays', because: 'it tolerates the cordon and came back' };
  if (policy.unmanagedPods === 'keep' && (!controller || ofDaemonSet)) {
    return { kind: 'kept', because: controller ? `its DaemonSet ${controller.name} is gone, nobody would make it anew` : 'nobody would make it anew' };
  }
  if (policy.localStorage === 'keep' && pod.hasLocalStorage) return { kind: 'kept', because: 'its emptyDir volume would be lost' };
  return { kind: 'evict' };
}

/** As the scheduler matches tolerations with the taint of a cordoned node. */
const toleratesCordon = ({ tolerations }: Pod): boolean =>
  tolerations.some(
    ({ key, operator, effect }) =>
      (effect === null || effect === 'NoSchedule') && (key === 'node.kubernetes.io/unschedulable' || (key === null && operator === 'Exists')),
  );
