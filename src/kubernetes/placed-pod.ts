import { z } from 'zod';
import type { DisruptionBudget, SelectorRequirement } from './drain/disruption-budget.js';

type Texts = Readonly<Record<string, string>>;

/** A pod as far as its place and its budgets are concerned. */
export interface PlacedPod {
  readonly namespace: string;
  readonly name: string;
  readonly labels: Texts;
  readonly nodeName: string;
  /** Kind and name of what makes another one when it goes; null for a bare pod. */
  readonly controller: { readonly kind: string; readonly name: string } | null;
}

const podSchema = z
  .object({
    metadata: z.object({
      namespace: z.string(),
      name: z.string(),
      labels: z.record(z.string(), z.string()).default({}),
      ownerReferences: z.array(z.object({ kind: z.string(), name: z.string(), controller: z.boolean().default(false) })).default([]),
    }),
    spec: z.object({ nodeName: z.string().default('') }),
    status: z.object({ phase: z.string().default('Pending') }).default({ phase: 'Pending' }),
  })
  .transform(({ metadata, spec, status }) => {
    const owner = metadata.ownerReferences.find(({ controller }) => controller);
    return { ...metadata, nodeName: spec.nodeName, phase: status.phase, controller: owner ? { kind: owner.kind, name: owner.name } : null };
  });

/** Those that are bound to a node and have not finished. */
export const placedPodListSchema = z.object({
  metadata: z.object({ continue: z.string().optional() }).default({}),
  items: z
    .array(podSchema)
    .transform((pods): PlacedPod[] =>
      pods.flatMap(({ namespace, name, labels, nodeName, phase, controller }) =>
        nodeName === '' || phase === 'Succeeded' || phase === 'Failed' ? [] : [{ namespace, name, labels, nodeName, controller }],
      ),
    ),
});

/** As the API server matches a budget's selector with a pod; a budget without any requirement counts every pod of its namespace. */
export const isCountedBy = ({ namespace, matchLabels, matchExpressions }: DisruptionBudget, pod: PlacedPod): boolean =>
  namespace === pod.namespace &&
  Object.entries(matchLabels).every(([key, value]) => pod.labels[key] === value) &&
  matchExpressions.every((requirement) => isMet(requirement, pod.labels));

function isMet({ key, operator, values }: SelectorRequirement, labels: Texts): boolean {
  const value = labels[key];
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    default:
      return false;
  }
}
