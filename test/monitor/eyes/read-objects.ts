import type { KubernetesView, PodView } from '../sample.js';

interface Listed<T> {
  readonly items: readonly T[];
}
interface NodeObject {
  readonly metadata: { readonly name: string };
  readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
}
interface PodObject {
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly ownerReferences?: readonly { readonly kind: string }[];
  };
  readonly spec: { readonly nodeName?: string };
  readonly status?: { readonly phase?: string };
}

/** A NodeList as the API answers it. */
export function readNodes(list: unknown): KubernetesView['nodes'] {
  return (list as Listed<NodeObject>).items.map(({ metadata, status }) => ({
    name: metadata.name,
    ready: status?.conditions?.some(({ type, status: value }) => type === 'Ready' && value === 'True') ?? false,
  }));
}

/** A PodList as the API answers it; pods that no node was found for are left out. */
export function readPods(list: unknown): PodView[] {
  return (list as Listed<PodObject>).items.flatMap((pod) => {
    const { nodeName } = pod.spec;
    return nodeName === undefined ? [] : [{ name: `${pod.metadata.namespace}/${pod.metadata.name}`, node: nodeName, evictable: isEvictable(pod) }];
  });
}

/** What a drain leaves alone: mirrors of static pods, pods of DaemonSets, pods that have ended. */
function isEvictable({ metadata, status }: PodObject): boolean {
  const isMirror = metadata.annotations?.['kubernetes.io/config.mirror'] !== undefined;
  const isDaemon = metadata.ownerReferences?.some(({ kind }) => kind === 'DaemonSet') ?? false;
  const hasEnded = status?.phase === 'Succeeded' || status?.phase === 'Failed';
  return !isMirror && !isDaemon && !hasEnded;
}
