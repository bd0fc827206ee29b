import { z } from 'zod';
import { lenientJson } from '../domain/lenient-json.js';

/** Something that happened to a pod. gone: it was removed · finished: it ran to its end · changed: anything else. */
export interface PodEvent {
  readonly kind: 'gone' | 'finished' | 'changed';
  readonly namespace: string;
  readonly name: string;
  /** Null for a pod that no node was found for. */
  readonly nodeName: string | null;
}

export interface PodWatch {
  /** Only pods of this node; all pods of the cluster without it. */
  readonly nodeName?: string;
  readonly signal: AbortSignal;
  /** The watch ends after so long (milliseconds). */
  readonly timeoutMs: number;
  /** Whatever happens from now on is told. */
  readonly onOpen: () => void;
  readonly onPod: (event: PodEvent) => void;
}

const podSchema = z.object({
  metadata: z.object({ namespace: z.string(), name: z.string() }),
  spec: z.object({ nodeName: z.string().optional() }).default({}),
  status: z.object({ phase: z.string().optional() }).default({}),
});

const frameSchema = z.object({ type: z.string(), object: z.unknown() });

/**
 * One line of a watch of pods. Undefined for a bookmark, which says nothing about a pod, and for a line that cannot be read; ended
 * for an error of the server, which ends the watch: 410 when it has forgotten what lay between (HTTP 200, and one such frame).
 */
export function readPodFrame(line: string): PodEvent | 'ended' | undefined {
  const frame = frameSchema.safeParse(lenientJson(line)).data;
  if (!frame || frame.type === 'ERROR') return 'ended';
  const pod = podSchema.safeParse(frame.object).data;
  if (!pod || !['ADDED', 'MODIFIED', 'DELETED'].includes(frame.type)) return undefined;
  const isFinished = pod.status.phase === 'Succeeded' || pod.status.phase === 'Failed';
  const kind = frame.type === 'DELETED' ? 'gone' : isFinished ? 'finished' : 'changed';
  return { kind, namespace: pod.metadata.namespace, name: pod.metadata.name, nodeName: pod.spec.nodeName ?? null };
}
