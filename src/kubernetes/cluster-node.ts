import { z } from 'zod';

export interface NodeCondition {
  readonly type: string;
  readonly status: 'True' | 'False' | 'Unknown';
  readonly reason: string;
  readonly message: string;
  readonly lastTransitionAt: Date | null;
}

export interface NodeTaint {
  readonly key: string;
  readonly value: string | null;
  readonly effect: string;
}

/** A node as its cluster shows it. */
export interface ClusterNode {
  readonly name: string;
  readonly uid: string;
  /** Condition Ready is True. */
  readonly ready: boolean;
  readonly conditions: readonly NodeCondition[];
  /** Types InternalIP, ExternalIP, Hostname and others. */
  readonly addresses: readonly { readonly type: string; readonly address: string }[];
  /** `v1.32.4`; the empty text until its kubelet reported. */
  readonly kubeletVersion: string;
  readonly unschedulable: boolean;
  /** `openstack:///<server id>` once a cloud controller or the kubelet said so. */
  readonly providerId: string | null;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly taints: readonly NodeTaint[];
  readonly createdAt: Date;
}

const conditionSchema = z
  .object({
    type: z.string(),
    status: z.enum(['True', 'False', 'Unknown']),
    reason: z.string().default(''),
    message: z.string().default(''),
    lastTransitionTime: z.coerce.date().nullish(),
  })
  .transform(({ lastTransitionTime, ...condition }): NodeCondition => ({ ...condition, lastTransitionAt: lastTransitionTime ?? null }));

const taintSchema = z
  .object({ key: z.string(), value: z.string().optional(), effect: z.string() })
  .transform(({ key, value, effect }): NodeTaint => ({ key, value: value ?? null, effect }));

export const clusterNodeSchema = z
  .object({
    metadata: z.object({
      name: z.string(),
      uid: z.string(),
      labels: z.record(z.string(), z.string()).default({}),
      annotations: z.record(z.string(), z.string()).default({}),
      creationTimestamp: z.coerce.date(),
    }),
    spec: z
      .object({ unschedulable: z.boolean().default(false), providerID: z.string().optional(), taints: z.array(taintSchema).default([]) })
      .default({ unschedulable: false, taints: [] }),
    status: z
      .object({
        conditions: z.array(conditionSchema).default([]),
        addresses: z.array(z.object({ type: z.string(), address: z.string() })).default([]),
        nodeInfo: z.object({ kubeletVersion: z.string().default('') }).default({ kubeletVersion: '' }),
      })
      .default({ conditions: [], addresses: [], nodeInfo: { kubeletVersion: '' } }),
  })
  .transform(({ metadata, spec, status }): ClusterNode => ({
    name: metadata.name,
    uid: metadata.uid,
    ready: status.conditions.some(({ type, status: state }) => type === 'Ready' && state === 'True'),
    conditions: status.conditions,
    addresses: status.addresses,
    kubeletVersion: status.nodeInfo.kubeletVersion,
    unschedulable: spec.unschedulable,
    providerId: spec.providerID ?? null,
    labels: metadata.labels,
    annotations: metadata.annotations,
    taints: spec.taints,
    createdAt: metadata.creationTimestamp,
  }));

export const nodeListSchema = z.object({
  metadata: z.object({ continue: z.string().optional() }).default({}),
  items: z.array(clusterNodeSchema),
});
