import { z } from 'zod';
import type { NodeTaint } from '../cluster-node.js';
import { holdAnnotation } from './classify-pods.js';

/** Stands on nodes that a drain of ours has closed, so that ending it opens no node that somebody else wants closed. */
export const closedByUsAnnotation = 'jeroboam.io/closed-for-drain';

/** A node as far as emptying it is concerned. */
export interface DrainedNode {
  readonly name: string;
  readonly resourceVersion: string;
  /** Unknown: its kubelet has fallen silent, and nothing on it obeys. */
  readonly ready: 'True' | 'False' | 'Unknown';
  /** When it became so, by the cluster's clock; null when the cluster does not say. */
  readonly readySince: Date | null;
  readonly unschedulable: boolean;
  /** It is a drain of ours that made it unschedulable. */
  readonly isClosedByUs: boolean;
  readonly taints: readonly NodeTaint[];
  /** Why its owner wants it to be left alone now; null when nobody asked for that. */
  readonly hold: string | null;
}

/** Also when it was set, which others count from. */
const taintSchema = z
  .looseObject({ key: z.string(), value: z.string().optional(), effect: z.string() })
  .transform((taint): NodeTaint => ({ ...taint, value: taint.value ?? null }));

export const drainedNodeSchema = z
  .object({
    metadata: z.object({ name: z.string(), resourceVersion: z.string().default(''), annotations: z.record(z.string(), z.string()).default({}) }),
    spec: z.object({ unschedulable: z.boolean().default(false), taints: z.array(taintSchema).default([]) }).default({ unschedulable: false, taints: [] }),
    status: z
      .object({
        conditions: z.array(z.object({ type: z.string(), status: z.enum(['True', 'False', 'Unknown']), lastTransitionTime: z.coerce.date().nullish() })).default([]),
      })
      .default({ conditions: [] }),
  })
  .transform(({ metadata, spec, status }): DrainedNode => {
    const ready = status.conditions.find(({ type }) => type === 'Ready');
    return {
      name: metadata.name,
      resourceVersion: metadata.resourceVersion,
      ready: ready?.status ?? 'False',
      readySince: ready?.lastTransitionTime ?? null,
      unschedulable: spec.unschedulable,
      isClosedByUs: closedByUsAnnotation in metadata.annotations,
      taints: spec.taints,
      hold: holdOf(metadata.annotations),
    };
  });

/** The reason that a hold gives; null without one. */
export function holdOf(annotations: Readonly<Record<string, string>>): string | null {
  const hold = annotations[holdAnnotation];
  if (hold === undefined) return null;
  return hold === '' ? `annotation ${holdAnnotation}` : hold;
}

/**
 * Tells Kubernetes that the machine is off for certain (fenced): its pods and volumes may be had elsewhere at once. From 1.24 on;
 * older servers keep it as any other taint.
 */
export const outOfServiceTaint = { key: 'node.kubernetes.io/out-of-service', value: 'nodeshutdown', effect: 'NoExecute' } as const;

/** As Kubernetes writes it. */
export const taintObject = ({ value, ...taint }: NodeTaint): object => (value === null ? taint : { ...taint, value });
