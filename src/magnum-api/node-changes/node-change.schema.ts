import { z } from 'zod';
import { acceptedSchema } from '../clusters/cluster.schema.js';
import { boolean, integer, optional, text } from '../http/lenient-scalars.js';

/** What Kubernetes itself is made for ("Considerations for large clusters"). */
const nodeCountMax = 5_000;

const nodeReference = text().describe('uuid of its server or of the node, its index in the group, its name or one of its addresses');

const resize = z.strictObject({
  node_count: integer({ min: 0, max: nodeCountMax }).describe('Nodes that the group is to have; 0 from microversion 1.10 on'),
  nodes_to_remove: optional(z.array(nodeReference).max(nodeCountMax)).describe(
    'Which nodes go: as many as node_count takes away; with an unchanged node_count they are replaced. Without it unhealthy, then closed, then emptier, then younger ones go',
  ),
  nodegroup: optional(text()).describe('uuid or name; default-worker by default'),
});

const replacement = z.strictObject({
  nodes: z.array(nodeReference).min(1, { error: 'expected at least one node' }).max(nodeCountMax),
  force: optional(boolean()).describe('Do not wait for pods that may not be evicted'),
  fenced: optional(boolean()).describe('You have seen to it that these machines are off: they are not waited for, and what they held may be used again'),
});

/** Body of POST actions/resize. */
export const resizeSchema = resize.meta({ id: 'ClusterResize' });
export type ResizeRequest = z.infer<typeof resizeSchema>;

/** Body of POST actions/replace-node. */
export const replaceNodesSchema = replacement.meta({ id: 'NodeReplacement' });
export type ReplaceNodesRequest = z.infer<typeof replaceNodesSchema>;

/** What a replacement of nodes answers: one operation a group. */
export const replacementAcceptedSchema = acceptedSchema
  .extend({ operations: z.array(z.string()).describe('Operations that do it, one a node group; none when all of the nodes are going already') })
  .meta({ id: 'NodeReplacementAccepted' });
export type ReplacementAccepted = z.infer<typeof replacementAcceptedSchema>;

/** The same bodies, as a plan is asked for. */
export const planRequestVariants = [
  resize.extend({ action: z.literal('resize') }).meta({ id: 'ResizePlanRequest' }),
  replacement.extend({ action: z.literal('replace-node') }).meta({ id: 'NodeReplacementPlanRequest' }),
] as const;
