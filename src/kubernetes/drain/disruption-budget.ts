import { z } from 'zod';

export interface SelectorRequirement {
  readonly key: string;
  readonly operator: string;
  readonly values: readonly string[];
}

/** A PodDisruptionBudget as its controller last saw it. */
export interface DisruptionBudget {
  readonly namespace: string;
  readonly name: string;
  readonly matchLabels: Readonly<Record<string, string>>;
  readonly matchExpressions: readonly SelectorRequirement[];
  /** Pods that may go now. */
  readonly disruptionsAllowed: number;
  readonly currentHealthy: number;
  readonly desiredHealthy: number;
  /** Pods that it counts. */
  readonly expectedPods: number;
}

const requirementSchema = z.object({ key: z.string(), operator: z.string(), values: z.array(z.string()).default([]) });

const budgetSchema = z
  .object({
    metadata: z.object({ namespace: z.string(), name: z.string() }),
    spec: z
      .object({ selector: z.object({ matchLabels: z.record(z.string(), z.string()).default({}), matchExpressions: z.array(requirementSchema).default([]) }).nullish() })
      .default({}),
    status: z
      .object({ disruptionsAllowed: z.number().default(0), currentHealthy: z.number().default(0), desiredHealthy: z.number().default(0), expectedPods: z.number().default(0) })
      .default({ disruptionsAllowed: 0, currentHealthy: 0, desiredHealthy: 0, expectedPods: 0 }),
  })
  .transform(
    ({ metadata, spec, status }): DisruptionBudget => ({
      ...metadata,
      matchLabels: spec.selector?.matchLabels ?? {},
      matchExpressions: spec.selector?.matchExpressions ?? [],
      ...status,
    }),
  );

export const disruptionBudgetListSchema = z.object({
  metadata: z.object({ continue: z.string().optional() }).default({}),
  items: z.array(budgetSchema),
});
