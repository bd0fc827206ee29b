import { z } from 'zod';
import { boolean, integer, labels, optional, text } from '../http/lenient-scalars.js';
import { linkSchema } from '../http/links.js';

/** Minutes that Magnum gives a create without create_timeout. */
const createTimeoutDefault = 60;

const clusterName = text(242).regex(/^[A-Za-z][A-Za-z0-9_.-]*$/, { error: "expected a letter, then letters, digits, '_', '.' or '-' (1 to 242 characters)" });

/** Sent back by clients that read a cluster before; of no effect. */
const ignored = z.unknown().optional().meta({ deprecated: true, description: 'Accepted and ignored' });

/** What Kubernetes itself is made for ("Considerations for large clusters"). */
const nodeCountMax = 5_000;

/** Body of POST clusters. */
export const createClusterSchema = z
  .strictObject({
    name: optional(clusterName).describe('Made up when absent; not unique'),
    cluster_template_id: text().describe('uuid or name of a cluster template'),
    keypair: optional(text(255, 0)).describe("Nova keypair whose public key goes onto the nodes; the template's by default"),
    node_count: integer({ min: 0, max: nodeCountMax }).optional().describe('Workers, 1 by default; 0 from microversion 1.10 on'),
    master_count: integer({ min: 1 }).optional().describe('Control-plane nodes: 1, 3 or 5, 1 by default; more than one needs master_lb_enabled'),
    docker_volume_size: optional(integer({ min: 1 })).describe('GiB'),
    labels: optional(labels()),
    merge_labels: optional(boolean()).describe("Overlay the template's labels instead of replacing them"),
    flavor_id: optional(text()),
    master_flavor_id: optional(text()),
    create_timeout: optional(integer({ min: 0 })).default(createTimeoutDefault).describe("Minutes, 60 by default; 0 and null mean the service's own limit"),
    discovery_url: optional(text(2048, 0)),
    fixed_network: optional(text()),
    fixed_subnet: optional(text()),
    floating_ip_enabled: optional(boolean()).describe("Whether nodes and API have floating addresses; the template's by default"),
    master_lb_enabled: optional(boolean()).describe("Whether an Octavia load balancer stands before the Kubernetes API; the template's by default"),
    uuid: ignored,
    status: ignored,
    status_reason: ignored,
    health_status: ignored,
    health_status_reason: ignored,
    labels_overridden: ignored,
    labels_added: ignored,
    labels_skipped: ignored,
    faults: ignored,
  })
  .meta({ id: 'ClusterCreate' });
export type CreateCluster = z.infer<typeof createClusterSchema>;

const nullableText = z.string().nullable();
const texts = z.record(z.string(), z.string());

export const clusterStatusSchema = z.enum([
  'CREATE_IN_PROGRESS',
  'CREATE_COMPLETE',
  'CREATE_FAILED',
  'UPDATE_IN_PROGRESS',
  'UPDATE_COMPLETE',
  'UPDATE_FAILED',
  'DELETE_IN_PROGRESS',
  'DELETE_COMPLETE',
  'DELETE_FAILED',
]);

export const shortClusterSchema = z
  .object({
    uuid: z.string(),
    name: z.string(),
    cluster_template_id: z.string(),
    keypair: nullableText,
    node_count: z.int(),
    master_count: z.int(),
    docker_volume_size: z.int().nullable(),
    labels: texts,
    flavor_id: nullableText,
    master_flavor_id: nullableText,
    create_timeout: z.int().nullable(),
    status: clusterStatusSchema,
    health_status: nullableText,
    stack_id: nullableText.describe('Infra stack'),
    cluster_id: nullableText.optional().describe('The same, from microversion 1.13 on'),
    links: z.array(linkSchema),
    merge_labels: z.boolean(),
  })
  .meta({ id: 'ClusterSummary' });
export type ShortCluster = z.infer<typeof shortClusterSchema>;

export const clusterSchema = shortClusterSchema
  .extend({
    status_reason: nullableText,
    health_status_reason: texts,
    discovery_url: nullableText,
    api_address: nullableText,
    coe_version: nullableText,
    container_version: nullableText,
    project_id: z.string(),
    user_id: z.string(),
    node_addresses: z.array(z.string()),
    master_addresses: z.array(z.string()),
    fixed_network: nullableText,
    fixed_subnet: nullableText,
    floating_ip_enabled: z.boolean(),
    master_lb_enabled: z.boolean(),
    labels_overridden: texts,
    labels_added: texts,
    labels_skipped: texts,
    faults: texts.optional().describe('Node group to reason, when the cluster failed'),
    created_at: z.string().meta({ format: 'date-time' }),
    updated_at: nullableText.meta({ format: 'date-time' }),
  })
  .meta({ id: 'Cluster' });
export type ClusterView = z.infer<typeof clusterSchema>;

export const shortClusterListSchema = z.object({ clusters: z.array(shortClusterSchema), next: z.string().optional() }).meta({ id: 'ClusterList' });
export const clusterListSchema = z.object({ clusters: z.array(clusterSchema), next: z.string().optional() }).meta({ id: 'ClusterDetailList' });

/** Query of DELETE clusters, and of its plan. */
export const deleteQuerySchema = z.strictObject({
  keep_volumes: boolean().optional().describe('Volumes of PersistentVolumes stay, whatever their policy says'),
  force: boolean().optional().describe('What the cluster made and cannot be removed is left behind and named, instead of failing the delete'),
});
export type DeleteQuery = z.infer<typeof deleteQuerySchema>;

/** What every accepted change answers. */
export const acceptedSchema = z.object({ uuid: z.string() }).meta({ id: 'Accepted' });
export type Accepted = z.infer<typeof acceptedSchema>;
