import { z } from 'zod';
import { boolean, integer, labels, optional, text } from '../http/lenient-scalars.js';

/** Sent back by clients that read a group before; of no effect. */
const ignored = z.unknown().optional().meta({ deprecated: true, description: 'Accepted and ignored' });

/** What Kubernetes itself is made for ("Considerations for large clusters"). */
const nodeCountMax = 5_000;

export const nodeLabelsSchema = z.record(text(317), text(63, 0), { error: 'expected an object of texts' });

/** Members besides key, value and effect are refused by the rules, with Magnum's status. */
export const nodeTaintsSchema = z.array(z.record(z.string(), text(317, 0), { error: 'expected an object of texts' }), { error: 'expected a list of objects {key, value, effect}' }).max(100);

const described = {
  nodeLabels: 'Kubernetes labels of the nodes; clients know them from microversion 1.14 on',
  nodeTaints: 'Kubernetes taints of the nodes: objects with key, effect and perhaps value',
} as const;

/** Body of POST nodegroups. */
export const createNodeGroupSchema = z
  .strictObject({
    name: text().describe('Unique in the cluster'),
    node_count: integer({ min: 0, max: nodeCountMax }).default(1),
    min_node_count: optional(integer({ min: 0 })).describe('0 by default'),
    max_node_count: optional(integer({ min: 0 })).describe('None by default; 0 means none, too'),
    role: optional(text()).describe('worker by default; any text but master'),
    flavor_id: optional(text()).describe("The cluster's by default"),
    image_id: optional(text()).describe("That of the cluster's template by default; it may have an older Kubernetes, within its version skew policy"),
    docker_volume_size: optional(integer({ min: 1 })).describe('GiB; none by default'),
    labels: optional(labels()).describe("The cluster's by default"),
    merge_labels: optional(boolean()).describe("Overlay the cluster's labels instead of replacing them"),
    node_labels: optional(nodeLabelsSchema).describe(described.nodeLabels),
    node_taints: optional(nodeTaintsSchema).describe(described.nodeTaints),
    id: ignored,
    uuid: ignored,
    cluster_id: ignored,
    is_default: ignored,
    status: ignored,
    status_reason: ignored,
    version: ignored,
  })
  .meta({ id: 'NodeGroupCreate' });
export type CreateNodeGroup = z.infer<typeof createNodeGroupSchema>;

/** What a patch of a group must leave. */
export const changeableNodeGroupSchema = z.object({
  min_node_count: optional(integer({ min: 0 })).transform((count) => count ?? 0),
  max_node_count: optional(integer({ min: 0 })).transform((count) => count ?? null),
  node_labels: optional(nodeLabelsSchema).transform((given) => given ?? null),
  node_taints: optional(nodeTaintsSchema).transform((given) => given ?? null),
});
