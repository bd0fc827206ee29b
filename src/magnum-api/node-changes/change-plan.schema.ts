import { z } from 'zod';
import { planRequestVariants } from './node-change.schema.js';

/** Body of POST plan: the body of the action itself, and which action. */
export const planRequestSchema = z.discriminatedUnion('action', planRequestVariants).meta({ id: 'ChangePlanRequest' });
export type ChangePlanRequest = z.infer<typeof planRequestSchema>;

const nullableText = z.string().nullable();
const secondsOrNull = z.number().nullable();

const stepSchema = z.object({
  what: z.enum(['create', 'replace', 'remove']),
  node: nullableText.describe('Name; null for a node that is still to be made or chosen'),
  node_uuid: nullableText,
  nodegroup: z.string(),
  because: z.string(),
});

/** What an action would do, and what stands in its way. Asking changes nothing. */
export const changePlanSchema = z
  .object({
    action: z.string(),
    cluster_uuid: z.string(),
    summary: z.string(),
    nodes: z.array(stepSchema).describe('Every node that comes or goes, and why'),
    extra_capacity: z.object({
      nodes: z.int().describe('Nodes that there are for a time, or for good, beyond those of now'),
      resources: z.record(z.string(), z.number()).describe('What they take of the quotas'),
      fits: z.boolean().nullable().describe('Whether the quotas leave room for them; null: they could not be asked'),
      shortages: z.array(z.string()),
    }),
    blockers: z.array(z.string()).describe('What has to be out of the way before it can begin or end'),
    unchecked: z.array(z.string()).describe('What only the conductor can look at, once it begins'),
    estimate: z.object({
      seconds_min: secondsOrNull.describe('Were all nodes changed at the same time; null: there is nothing to go by'),
      seconds_max: secondsOrNull.describe('Were they changed one after the other'),
      because: z.string(),
    }),
  })
  .meta({ id: 'ChangePlan' });
export type ChangePlan = z.infer<typeof changePlanSchema>;
