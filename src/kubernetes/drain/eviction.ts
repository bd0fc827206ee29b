import { z } from 'zod';
import { lenientJson } from '../../domain/lenient-json.js';
import { clusterErrorOf } from '../cluster-error.js';
import type { ClusterAnswer } from '../cluster-transport.js';
import type { Pod } from './pod.js';

/**
 * What the API server said to an eviction. asked: the pod goes after its grace · gone: it is not there any more · blocked: a
 * budget, or somebody else whom the server asks, forbids it for now · conflicting: several budgets claim the pod, and Kubernetes evicts none of those.
 */
export type EvictionOutcome =
  | { readonly kind: 'asked' }
  | { readonly kind: 'gone' }
  | { readonly kind: 'blocked'; readonly because: string; readonly retryAfterSeconds: number | null }
  | { readonly kind: 'conflicting'; readonly because: string };

/** Without an apiVersion, so that servers with policy/v1 and those with only policy/v1beta1 both take it. */
export const evictionBody = ({ name, namespace, uid }: Pod): unknown => ({
  metadata: { name, namespace },
  // Another pod of the same name (of a StatefulSet, say) is none of ours.
  deleteOptions: { preconditions: { uid } },
});

const statusSchema = z.object({
  message: z.string().default(''),
  reason: z.string().optional(),
  details: z
    .object({
      retryAfterSeconds: z.number().optional(),
      causes: z.array(z.object({ reason: z.string().optional(), message: z.string().default('') })).default([]),
    })
    .optional(),
});

/** Throws the ClusterError of any answer that says nothing about this pod. */
export function readEvictionAnswer(clusterId: string, pod: Pod, { status, text, retryAfterSeconds }: ClusterAnswer): EvictionOutcome {
  if (status === 201 || status === 200) return { kind: 'asked' };
  if (status === 404) return { kind: 'gone' };
  const said = statusSchema.safeParse(lenientJson(text)).data;
  const message = said?.message ?? text.slice(0, 300);
  // The precondition: the pod that we meant is gone, and another has its name.
  if (status === 409 && /precondition/i.test(message)) return { kind: 'gone' };
  // Its namespace is being deleted, and the pod with it.
  if (status === 403 && /being terminated/.test(message)) return { kind: 'asked' };
  const causes = said?.details?.causes ?? [];
  const budget = causes.find(({ reason }) => reason === 'DisruptionBudget');
  // Without a budget it is the API server itself that has too much to do.
  if (status === 429) {
    const because = budget ? budget.message || message : `the API server asks for patience: ${message}`;
    return { kind: 'blocked', because, retryAfterSeconds: said?.details?.retryAfterSeconds ?? retryAfterSeconds ?? null };
  }
  if (status === 500 && /more than one PodDisruptionBudget/.test(message)) {
    return { kind: 'conflicting', because: 'more than one PodDisruptionBudget selects it, and Kubernetes evicts no such pod; leave one of them' };
  }
  const call = `POST /api/v1/namespaces/${pod.namespace}/pods/${pod.name}/eviction`;
  throw clusterErrorOf({ clusterId, call, status, reason: said?.reason ?? null, detail: message });
}
